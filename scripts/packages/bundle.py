"""Everything that an installation without network needs: etl, what it depends on, checksums, an installer."""

import atexit
import platform
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from scripts.packages import distributions
from scripts.packages.release import write_sums
from scripts.packages.steps import VERSION, PackagingError, pack, run

EXTRAS = "embedded,files,kafka,otel,prometheus,web"
_INSTALLER = Path(__file__).with_name("install.sh")


def name() -> str:
    """Of the bundle, which fits one version of Python and one kind of machine."""
    major, minor = sys.version_info[:2]
    return f"etl-{VERSION}-cp{major}{minor}-linux-{platform.machine()}"


def build(into: Path) -> Path:
    """Builds it for the Python that runs this."""
    archive = into / f"{name()}.tar.gz"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / name()
        fill(folder, distributions.build(into))
        return pack(folder, archive)


@cache
def _wheels(etl_wheel: Path) -> Path:
    """The folder with that of etl and all that it needs, downloaded once in a process."""
    wheels = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, wheels)
    shutil.copy(etl_wheel, wheels)
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", wheels)
    run(*pip, f"etl[{EXTRAS}] @ {etl_wheel.as_uri()}", "pip")
    if strangers := [one.name for one in wheels.iterdir() if one.suffix != ".whl"]:
        raise PackagingError(f"not wheels, and so not installed without a compiler: {', '.join(strangers)}")
    return wheels


def fill(folder: Path, etl_wheel: Path) -> None:
    """The bundle as a folder."""
    wheels = folder / "wheels"
    shutil.copytree(_wheels(etl_wheel), wheels)
    for one in wheels.iterdir():
        one.chmod(0o644)
    wheels.chmod(0o755)
    installer = folder / "install.sh"
    text = _INSTALLER.read_text().replace("@PYTHON@", f"{sys.version_info[0]}.{sys.version_info[1]}")
    installer.write_text(text.replace("@EXTRAS@", EXTRAS).replace("@MACHINE@", platform.machine()))
    installer.chmod(0o755)
    write_sums(folder)
