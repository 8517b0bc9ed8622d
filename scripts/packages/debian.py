"""The Debian package: an environment in /opt/etl for Debian's own Python, units, the command in /usr/bin."""

import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from scripts.packages import bundle, distributions
from scripts.packages.steps import CHECKOUT, VERSION, PackagingError, moment, need, run

_HOME = "/opt/etl/.venv"
# The package of Debian with Python, which the environment needs in this minor version.
_PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"
_SCRIPTS = Path(__file__).parent / "maintainer"


@cache
def build(into: Path) -> Path:
    """Builds it for the Debian of this machine, once in a process."""
    python = Path("/usr/bin", _PYTHON)
    if not python.exists():
        raise PackagingError(f"the package is made for Debian's Python: apt-get install {_PYTHON}, as {python}")
    architecture = run(need("dpkg", "dpkg"), "--print-architecture").strip()
    package = into / f"etl_{VERSION}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as made:
        wheels, root = Path(made) / "bundle", Path(made) / "root"
        bundle.fill(wheels, distributions.build(into))
        _install(wheels / "wheels", python, root)
        _add_system_files(root)
        _describe(root, architecture)
        run(need("dpkg-deb", "dpkg"), "--root-owner-group", "-Zgzip", "-z6", "--build", root, package)
    return package


def _install(wheels: Path, python: Path, root: Path) -> None:
    """The environment, as `python -m venv` makes it, whose scripts name the place where it will lie."""
    home = root / _HOME.lstrip("/")
    (home / "bin").mkdir(parents=True)
    for name in ("python", "python3", _PYTHON):
        (home / "bin" / name).symlink_to(python)
    version = ".".join(str(one) for one in sys.version_info[:2])
    (home / "pyvenv.cfg").write_text(f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {version}\n")
    (home / "lib" / _PYTHON / "site-packages").mkdir(parents=True)
    pip = (sys.executable, "-m", "pip", "--python", home / "bin/python", "--disable-pip-version-check", "install")
    run(*pip, "--quiet", "--no-compile", "--no-index", "--find-links", wheels, f"etl[{bundle.EXTRAS}]")
    for script in (home / "bin").iterdir():
        if not script.is_symlink():
            script.write_text(script.read_text().replace(str(home), _HOME))
    # The folder belongs to root: what is not compiled now would be compiled at each start.
    compiling = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", root, "-p", "/", home / "lib")
    run(python, *compiling)


def _add_system_files(root: Path) -> None:
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/etl").symlink_to(f"{_HOME}/bin/etl")
    # Manual pages and completions lie where the system looks for them.
    shared = root / _HOME.lstrip("/") / "share"
    shutil.copytree(shared, root / "usr/share", dirs_exist_ok=True)
    shutil.rmtree(shared)
    # Debian's zsh looks in no other folder of /usr/share.
    (root / "usr/share/zsh/site-functions").replace(root / "usr/share/zsh/vendor-completions")
    (root / "lib/systemd").mkdir(parents=True)
    (root / "usr/share/etl/systemd").replace(root / "lib/systemd/system")
    documents = root / "usr/share/doc/etl"
    documents.mkdir(parents=True)
    shutil.copy(CHECKOUT / "LICENSE", documents / "copyright")
    (root / "etc/etl").mkdir(parents=True)


def _describe(root: Path, architecture: str) -> None:
    control = root / "DEBIAN"
    control.mkdir()
    for script in _SCRIPTS.iterdir():
        shutil.copyfile(script, control / script.name)
        (control / script.name).chmod(0o755)
    for path in (root, *root.rglob("*")):
        if not path.is_symlink() and control not in (path, *path.parents):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    control.chmod(0o755)
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink()) // 1024
    major, minor = sys.version_info[:2]
    (control / "control").write_text(
        f"""\
Package: etl
Version: {VERSION}
Architecture: {architecture}
Maintainer: the authors of etl <root@localhost>
Installed-Size: {size}
Depends: python3 (>= {major}.{minor}), python3 (<< {major}.{minor + 1}), adduser
Suggests: postgresql-client
Section: database
Priority: optional
Description: SQL-table ETL engine for process_tracking handshakes
 Partners fill in_ tables and hand over through a marker table; etl merges the rows into a golden store in PostgreSQL
 and shows the result as versioned out_ tables. It has a PostgreSQL of its own for a first try.
"""
    )
    (control / "control").chmod(0o644)
    _same_times(root)


def _same_times(root: Path) -> None:
    now = moment()
    for path in (*root.rglob("*"), root):
        os.utime(path, (now, now), follow_symlinks=False)
