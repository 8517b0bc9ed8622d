"""Wheel and source archive, the same bytes for the same commit."""

import sys
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from scripts.packages.steps import VERSION, copy_of_sources, pack, run


@cache
def build(into: Path) -> Path:
    """Builds both, once in a process: one that lies there may be of other sources. The path of the wheel."""
    with tempfile.TemporaryDirectory() as made:
        sources = copy_of_sources(Path(made) / "sources")
        run(sys.executable, "-m", "build", "--sdist", "--wheel", cwd=sources)
        [wheel], [archive] = (list((sources / "dist").glob(f"etl-{VERSION}*.{kind}")) for kind in ("whl", "tar.gz"))
        target = into / wheel.name
        target.write_bytes(wheel.read_bytes())
        _repack(archive, Path(made), into / archive.name)
    return target


def _repack(archive: Path, folder: Path, target: Path) -> None:
    """setuptools writes the time of the build into the archive."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "archive", filter="data")
    [top] = (folder / "archive").iterdir()
    for path in top.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    pack(top, target)
