"""A file of the log that is rolled by size: `x.log` becomes `x.1.log.gz`, the oldest goes.

Several processes may write the same file: each event is one append under a shared lock of the file, and the process
that finds it full rolls it under a lock of its own; the others notice that the file they hold is no longer the one of
that name. A file is compressed when no other process is about to append to it.
"""

import fcntl
import gzip
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO

_PATIENCE_SECONDS = 1.0


class RollingFile(logging.Handler):
    """Appends to `path` up to about `max_bytes`, and keeps `files_count` older ones."""

    def __init__(self, path: str, max_bytes: int, files_count: int) -> None:
        super().__init__()
        self.path, self.max_bytes, self.files_count = Path(path), max_bytes, files_count
        self._file: FileIO | None = None
        self._has_complained = False

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one event. A fault of the disk is reported once on standard error, and the event is lost."""
        try:
            data = (self.format(record) + "\n").encode("utf-8", "backslashreplace")
            self._write(data)
            self._has_complained = False
        except OSError as error:
            if not self._has_complained:
                self._has_complained = True
                with suppress(OSError, ValueError):
                    print(f"etl: {self.path} cannot be written: {error.strerror}", file=sys.stderr)

    def close(self) -> None:
        self.acquire()
        try:
            if self._file:
                self._file.close()
                self._file = None
        finally:
            self.release()
        super().close()

    def _write(self, data: bytes) -> None:
        size = os.fstat(self._current().fileno()).st_size
        if size and size + len(data) > self.max_bytes:
            self._roll(len(data))
        while True:
            file = self._current()
            with _locked(file, fcntl.LOCK_SH):
                if _is_at(file, self.path):
                    file.write(data)
                    return

    def _current(self) -> FileIO:
        """The file of that name, opened again where another process has rolled or removed it."""
        if self._file and not _is_at(self._file, self.path):
            self._file.close()
            self._file = None
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Owner and group only: a log may contain personal data.
            self._file = FileIO(os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640), "a")
        return self._file

    def _roll(self, size: int) -> None:
        with self._alone():
            # Another process may have rolled it while we waited for the lock.
            with suppress(FileNotFoundError):
                if self.path.stat().st_size + size <= self.max_bytes:
                    return
            for number in range(self.files_count - 1, 0, -1):
                with suppress(FileNotFoundError):
                    self._rolled(number).replace(self._rolled(number + 1))
            moved = self.path.with_name(f".{self.path.name}.rolling")
            with suppress(FileNotFoundError):
                self.path.replace(moved)
                _compress(moved, self._rolled(1))

    def _rolled(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name.removesuffix('.log')}.{number}.log.gz")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o640)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _is_at(file: FileIO, path: Path) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    opened = os.fstat(file.fileno())
    return (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino)


def _compress(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    with source.open("rb") as plain, gzip.open(part, "wb") as packed:
        _wait_for_writers(plain)
        shutil.copyfileobj(plain, packed)
    part.chmod(0o640)
    part.replace(target)
    source.unlink()


@contextmanager
def _locked(file: FileIO, kind: int) -> Iterator[None]:
    fcntl.flock(file, kind)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _wait_for_writers(file: BinaryIO) -> None:
    """Until none is between its look at the file's name and its append; for a suspended one only so long."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.01)
