"""A PostgreSQL whose clock the test sets: libfaketime stands between the real server and the system's time."""

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from etl.embedded import EmbeddedServer, packaged_binaries
from tests.fix_database import make_open_folder, running_server

# Time that passes (latches, timeouts) stays true; only what a clock on the wall says is moved.
_SERVER = """#!/bin/sh
export LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={file} FAKETIME_NO_CACHE=1
export DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1
exec {program} "$@"
"""


@dataclass(frozen=True)
class Clock:
    """The clock of one server; libfaketime reads `file` at each look at the time."""

    file: Path

    def set(self, *, days: int = 0, seconds: int = 0) -> None:
        """Moves it so far from the true time."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{days * 86_400 + seconds:+d}\n")
        fresh.chmod(0o644)
        fresh.rename(self.file)


@contextmanager
def clocked_server() -> Iterator[tuple[EmbeddedServer, Clock]]:
    """A server with a clock of its own, which begins with the true time."""
    spec = importlib.util.find_spec("libfaketime")
    assert spec
    assert spec.origin, "`pip install '.[test]'` brings libfaketime"
    with make_open_folder() as folder:
        library = folder / "libfaketime.so.1"
        shutil.copy(Path(spec.origin).parent / "vendor/libfaketime/src" / library.name, library)
        library.chmod(0o755)
        clock = Clock(folder / "offset")
        clock.set()
        with running_server(_programs(folder, library, clock)) as server:
            yield server, clock


def _programs(folder: Path, library: Path, clock: Clock) -> Path:
    """The wheel's programs, copied; the server is a script that puts the library before it."""
    whole = packaged_binaries().parent
    home = folder / whole.parent.name / whole.name
    shutil.copytree(whole, home, symlinks=True)
    shared = whole.parents[1] / f"{whole.parent.name}.libs"
    if shared.is_dir():
        shutil.copytree(shared, folder / shared.name, symlinks=True)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755)
    itself = home / "bin/postgres-itself"
    (home / "bin/postgres").rename(itself)
    (home / "bin/postgres").write_text(_SERVER.format(library=library, file=clock.file, program=itself))
    (home / "bin/postgres").chmod(0o755)
    return home / "bin"
