"""Packages as a release has them: built twice the same, and installed in a clean Debian without network.

Building a Debian needs root, mmdebstrap and apt's sources: a part of `make nightly`.
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import etl
from scripts.packages import bundle, debian, distributions, image, materials, release
from scripts.packages.clean import run_in, unpack
from scripts.packages.roots import bootstrap
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
    assert shell(root, "stat -c '%U %a' /var/lib/etl /etc/etl").split("\n")[:2] == ["etl 750", "root 750"]
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
