"""Packages as a release has them: built twice the same, and installed in a clean Debian without network.

Building a Debian needs root, mmdebstrap and apt's sources, the chart Go: a part of `make nightly`.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import etl
from scripts.packages import bundle, chart, debian, distributions, image, materials, release
from scripts.packages.clean import run_in, unpack
from scripts.packages.roots import bootstrap
from scripts.packages.steps import PackagingError, run
from tests.documentation import CHECKOUT, blocks

pytestmark = pytest.mark.nightly

CLIENT = """\
code: Client
name: {eng: Client}
fields:
  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}
"""
# As root, in /etc/etl.
SET_UP = """\
etl=/opt/etl/.venv/bin/etl
$etl --config file:/etc/etl config init
sed -i 's/^companyCode=.*/companyCode=shop/' configs/InMigrationConfig.txt
sed -i 's/^hasInMigration=.*/hasInMigration=true/' configs/InMigrationPostgresConfig.txt
sed -i 's/^hasOutMigration=.*/hasOutMigration=true/' configs/OutMigrationPostgresConfig.txt
mkdir -p /tmp/tree/companies/shop/business-objects
cp /tmp/kept /tmp/tree/companies/shop/business-objects/Client.yaml
$etl --config file:/etc/etl config import /tmp/tree
/usr/local/sbin/etl generate-ddl --apply
"""


# What each shell says behind each of two beginnings, found where it looks by itself.
SHELLS = {
    "bash": """\
. /usr/share/bash-completion/bash_completion
_completion_loader etl
for typed in 'etl generate-d' 'etl run --l'; do
    COMP_WORDS=($typed)
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _etl_completion etl
    echo "${COMPREPLY[@]}"
done
""",
    "fish": """\
complete -C 'etl generate-d'
complete -C 'etl run --l'
""",
    # Keys go to a shell at a terminal of its own.
    "zsh": """\
zmodload zsh/zpty
export TERM=dumb
for typed in 'etl generate-d' 'etl run --l'; do
    zpty shell zsh -f -i
    zpty -w shell "autoload -Uz compinit && compinit -u -D && print rea''dy"
    zpty -r -m shell said '*ready*'
    zpty -w -n shell "$typed"$'\\t'
    zpty -r -m shell said '*(generate-ddl|--loop)*'
    print -r -- "$said"
    zpty -d shell
done
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packages lie."""
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def base(folder: Path) -> Path:
    return bootstrap(folder.parent / "root.tar")


@pytest.fixture(scope="module")
def with_shells(folder: Path) -> Path:
    return bootstrap(folder.parent / "shells.tar", packages=("bash-completion", "fish", "man-db", "zsh"))


def shell(root: Path, script: str) -> str:
    done = run_in(root, "sh", "-ec", script)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def page_block(has: str, language: str = "sh", page: str = "install.md") -> str:
    """The commands of a page in the only block that has this."""
    [text] = [one.text for one in blocks(CHECKOUT / "docs" / page) if one.language == language and has in one.text]
    return text


def materials_of(folder: Path) -> set[str]:
    """What an administrator copies, of share/etl."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("etl-*.*")}


def test_wheel_and_source_archive_are_built_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        distributions.build(tmp_path / name)
    assert len(digests(tmp_path / "a")) == 2
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    [archive] = (tmp_path / "a").glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {one.name.partition("/share/etl/")[2] for one in tar if one.isfile()}
    assert names - {""} == materials_of(CHECKOUT / "share/etl")


def test_the_wheel_installs_in_a_clean_machine(folder: Path, base: Path, tmp_path: Path) -> None:
    """With the wheels of the bundle as the index of a closed network."""
    archive = bundle.build(folder)
    root = unpack(base, tmp_path / "root")
    with tarfile.open(archive) as tar:
        tar.extractall(root / "tmp", filter="data")
    wheel = distributions.build(folder)
    shutil.copy(wheel, root / "tmp")
    index = f"/tmp/{bundle.name()}/wheels"
    (root / "tmp" / bundle.name() / "wheels" / wheel.name).unlink()
    install = f"python3 $(echo {index}/pip-*.whl)/pip --python /opt/tool/bin/python install --no-index --quiet"
    shell(
        root,
        f"""python3 -m venv --without-pip /opt/tool
        {install} --find-links {index} 'etl[embedded] @ file:///tmp/{wheel.name}'
        useradd -m someone""",
    )
    assert "etl demo --stay" in shell(root, "su -s /bin/sh someone -c '/opt/tool/bin/etl demo'")


def test_the_bundle_installs_without_network(folder: Path, base: Path, tmp_path: Path) -> None:
    archive = bundle.build(folder)
    root = unpack(base, tmp_path / "root")
    shutil.copy(archive, root / "tmp")
    said = shell(root, f"cd /tmp; {page_block(archive.name)}")
    assert "is installed: /opt/etl/.venv/bin/etl\n" in said
    assert "etl demo --stay" in said
    assert "etl demo --stay" in shell(
        root, "useradd -m someone; su -s /bin/sh someone -c '/opt/etl/.venv/bin/etl demo'"
    )
    shell(root, f"echo damage >> /tmp/{bundle.name()}/wheels/$(ls /tmp/{bundle.name()}/wheels | head -1)")
    refused = run_in(root, "sh", f"/tmp/{bundle.name()}/install.sh", "/opt/second")
    assert (refused.returncode, "the bundle is damaged" in refused.stderr) == (2, True)


def test_a_service_is_set_up_as_the_pages_say(folder: Path, base: Path, tmp_path: Path) -> None:
    """From the bundle: account, folders, configuration by root, commands by hand, a nightly backup."""
    archive = bundle.build(folder)
    root = unpack(base, tmp_path / "root")
    shutil.copy(archive, root / "tmp")
    shell(root, f"cd /tmp; {page_block(archive.name)} rm -rf /var/lib/etl")
    installed = root / "opt/etl/.venv/share/etl"
    assert materials_of(installed) == materials_of(CHECKOUT / "share/etl")
    shell(root, page_block("adduser", "shell"))
    made = "/etc/etl /var/lib/etl /var/log/etl"
    assert shell(root, f"stat -c '%U %G %a' {made}").split("\n")[:3] == ["etl etl 750"] * 3
    shell(root, page_block("sbin/etl", "shell", "service.md"))
    shell(root, f"cd /etc/etl; cat > /tmp/kept <<'END'\n{CLIENT}END\n{SET_UP}")
    assert shell(root, "find /etc/etl /var/lib/etl /var/log/etl ! -user etl").split() == []
    said = shell(root, "/usr/local/sbin/etl run; /usr/local/sbin/etl check")
    assert "ok      marker: " in said
    assert "error" not in said
    shell(root, page_block("/var/backups/etl", "shell", "backup.md"))
    assert shell(root, "stat -c '%U %a' /etc/cron.d/etl-backup /var/backups/etl").split() == [
        "root",
        "600",
        "etl",
        "700",
    ]
    [line] = [one for one in (root / "etc/cron.d/etl-backup").read_text().splitlines() if "/opt/etl" in one]
    variables = " ".join(re.findall(r"(?m)^ETL_\w+=.*$", (root / "etc/cron.d/etl-backup").read_text()))
    shell(root, f"runuser -u etl -- env {variables} sh -c '{line.split(None, 6)[6]}'")
    assert "complete" in shell(root, "/usr/local/sbin/etl backup --into /var/backups/etl --list")


def test_the_debian_package_installs_and_goes(folder: Path, base: Path, tmp_path: Path) -> None:
    package = debian.build(folder)
    root = unpack(base, tmp_path / "root")
    shutil.copy(package, root / "tmp")
    said = shell(root, f"cd /tmp; {page_block(package.name)}")
    assert etl.__version__ in said
    assert "etl demo --stay" in said
    assert shell(root, "stat -c '%U %a' /var/lib/etl /etc/etl").split("\n")[:2] == ["etl 750"] * 2
    units = materials_of(CHECKOUT / "share/etl/systemd")
    assert units == {path.name for path in (root / "lib/systemd/system").resolve().glob("etl*")}
    others = {one for one in materials_of(CHECKOUT / "share/etl") if not one.startswith("systemd/")}
    assert materials_of(root / "usr/share/etl") == others
    shell(root, "/opt/etl/.venv/bin/etl --config file:/etc/etl config init")
    assert shell(root, "find /etc/etl ! -user etl") == ""
    assert shell(root, "dpkg --verify etl") == ""
    said = shell(root, "dpkg --purge etl 2>&1")
    assert "the data stay in /var/lib/etl" in said
    assert shell(root, "ls -d /var/lib/etl /opt/etl 2>/dev/null || true").split() == ["/var/lib/etl"]


def test_man_pages_and_completion_are_where_man_and_shells_look(
    folder: Path, with_shells: Path, tmp_path: Path
) -> None:
    root = unpack(with_shells, tmp_path / "root")
    shutil.copy(debian.build(folder), root / "tmp/etl.deb")
    shell(root, "dpkg --install /tmp/etl.deb")
    assert "Import the rows that are ready" in shell(root, "man etl-run | cat")
    for program, script in SHELLS.items():
        (root / "tmp" / program).write_text(script)
        said = shell(root, f"timeout 120 {program} /tmp/{program}")
        assert [word in said for word in ("generate-ddl", "--loop")] == [True, True], (program, said)


def test_the_image_has_an_account_without_privileges(folder: Path) -> None:
    archive = image.build(folder)
    index = json.loads(read(archive, "index.json"))
    manifest = json.loads(read(archive, blob(index["manifests"][0])))
    config = json.loads(read(archive, blob(manifest["config"])))["config"]
    assert (config["User"], config["Entrypoint"], config["Cmd"]) == (
        str(image.USER),
        ["/usr/bin/etl"],
        ["run", "--loop"],
    )


def read(archive: Path, name: str) -> bytes:
    done = subprocess.run(["tar", "xOf", archive, name], capture_output=True, check=True)
    return done.stdout


def blob(described: dict[str, str]) -> str:
    return "blobs/" + described["digest"].replace(":", "/")


@pytest.fixture(scope="module")
def packed(folder: Path) -> Path:
    return chart.build(folder)


def objects(archive: Path, *options: str) -> list[dict[str, Any]]:
    """What Helm makes of the example with three runners and the console."""
    [values] = [one for one in chart.value_sets() if one.name == "zookeeper.yaml"]
    return [one for one in yaml.safe_load_all(chart.render(archive, values, *options)) if one]


def test_the_chart_is_checked_and_keeps_volumes(packed: Path) -> None:
    made = objects(packed)
    claims = [one for one in made if one["kind"] == "PersistentVolumeClaim"]
    assert {one["metadata"]["annotations"]["helm.sh/resource-policy"] for one in claims} == {"keep"}
    [runners] = [one["spec"] for one in made if one["kind"] == "StatefulSet"]
    [template] = runners["volumeClaimTemplates"]
    taken = {f"{template['metadata']['name']}-etl-runner-{number}" for number in range(runners["replicas"])}
    assert {one["metadata"]["name"] for one in claims} == taken | {"etl-console"}


def test_pods_of_the_chart_have_no_privileges(packed: Path) -> None:
    made = objects(packed)
    pods = {
        one["kind"]: one["spec"]["template"]["spec"] for one in made if one["kind"] in ("StatefulSet", "Deployment")
    }
    for pod in pods.values():
        [container] = pod["containers"]
        assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, image.USER)
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        secrets = [one for one in container["env"] if "PASSWORD" in one["name"]]
        assert [list(one) for one in secrets] == [["name", "valueFrom"]] * 2
    [runner], [console] = pods["StatefulSet"]["containers"], pods["Deployment"]["containers"]
    assert (runner["args"], console["args"][0]) == (["run", "--loop"], "web")
    asked = [console[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")]
    assert asked == ["/health", "/ready"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("configuration.claim=tree", "configuration has three sources, zookeeper, files, claim: give exactly one"),
        ("configuration.zookeeper=", "configuration has three sources, zookeeper, files, claim: give exactly one"),
        ("image.repository=", "image.repository is empty: name the image, such as registry.example/etl"),
        ("password=secret", "additional properties 'password' not allowed"),
    ],
)
def test_the_chart_refuses_values(packed: Path, option: str, said: str) -> None:
    with pytest.raises(PackagingError, match=re.escape(said)):
        objects(packed, "--set", option)


def test_the_commands_for_a_cluster_fit_the_chart(packed: Path, tmp_path: Path) -> None:
    """Of docs/install.md; there is no cluster here, so Helm says what it would send, and kubectl is not started."""
    making, helm, asking = page_block("helm install", "shell").splitlines()
    [values] = [one for one in blocks(CHECKOUT / "docs/install.md") if one.language == "yaml"]
    (tmp_path / "my-values.yaml").write_text(values.text)
    shutil.copy(packed, tmp_path)
    assert packed.name in helm
    program, *words = shlex.split(helm)
    assert program == "helm"
    said = run(chart.helm(), *words, "--dry-run=client", cwd=tmp_path)
    chart.check(said.partition("MANIFEST:\n")[2].partition("NOTES:")[0], "my-values.yaml")
    wanted = yaml.safe_load(values.text)["secrets"]["environment"]
    _, _, _, _, secret, *files = shlex.split(making)
    assert {one["secret"] for one in wanted} == {secret}
    assert {one["key"] for one in wanted} == {file.partition("=")[0] for file in files if "=" in file}
    assert f"name: {shlex.split(asking)[2].partition('/')[2]}\n" in said


def test_what_kubernetes_does_not_know_is_a_fault() -> None:
    known = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sample}\n"
    chart.check(known, "known.yaml")
    with pytest.raises(PackagingError, match="'colour' was unexpected"):
        chart.check(f"{known}colour: red\n", "unknown.yaml")
    with pytest.raises(PackagingError, match="Couldn't find schema for kind Sample"):
        chart.check(known.replace("ConfigMap", "Sample"), "kind.yaml")
    with pytest.raises(PackagingError, match="makes nothing"):
        chart.check("", "empty.yaml")


@pytest.mark.parametrize("tool", ["pipx", "uv"])
def test_the_wheel_installs_as_a_tool(folder: Path, open_folder: Path, tool: str) -> None:
    """By the line of docs/install.md."""
    wheel = distributions.build(folder)
    [line] = [one for one in page_block("pipx", "shell").splitlines() if one.startswith(f"{tool} ")]
    assert wheel.name in line
    tools = open_folder / "tools"
    subprocess.run([sys.executable, "-m", "venv", tools], check=True)
    subprocess.run([tools / "bin/pip", "install", "--quiet", tool], check=True)
    home = open_folder / "home"
    home.mkdir()
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("ETL_", "XDG_", "PIPX_", "UV_"))
    }
    # Neither may bring a Python of its own.
    environ = {
        **inherited,
        "HOME": str(home),
        "ETL_HOME": str(home / "etl"),
        "PATH": f"{tools}/bin:{os.environ['PATH']}",
    }
    environ |= {"UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": sys.executable, "PIPX_DEFAULT_PYTHON": sys.executable}
    installed = subprocess.run(
        ["bash", "-c", line], cwd=wheel.parent, env=environ, capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr
    command = home / ".local/bin/etl"
    assert home in command.resolve().parents
    for words, said in ((["--version"], etl.__version__), (["demo"], "etl demo --stay")):
        done = subprocess.run([command, *words], env=environ, capture_output=True, text=True, check=False)
        assert (done.returncode, said in done.stdout) == (0, True), done.stdout + done.stderr


def test_the_materials_are_listed(folder: Path) -> None:
    listed = json.loads(materials.build(folder).read_text())
    names = {one["name"].lower() for one in listed["components"]}
    assert {"sqlalchemy", "psycopg", "pyarrow", "click"} <= names
    assert listed["metadata"]["component"]["name"] == "etl"


def test_the_checksums_are_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    made = [
        "gpg",
        "--batch",
        "--passphrase",
        "",
        "--quick-gen-key",
        "release@example.test",
        "default",
        "default",
        "never",
    ]
    subprocess.run(made, check=True, capture_output=True)
    files = tmp_path / "files"
    files.mkdir()
    (files / "etl.whl").write_text("a")
    release.write_sums(files)
    signature = release.sign(files, "release@example.test")
    verify = ["gpg", "--verify", str(signature), str(files / release.SUMS)]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    assert subprocess.run(["sha256sum", "--check", release.SUMS], cwd=files, check=False).returncode == 0
    (files / release.SUMS).write_text("")
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 1
    subprocess.run(["gpgconf", "--kill", "all"], check=True)
