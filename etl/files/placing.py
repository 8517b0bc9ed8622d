"""Writes files under temporary names and renames them together when all are complete; only their owner can read
them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from etl.errors import ConfigurationError
from etl.private_files import new_private_file


class Placing:
    """The unfinished files of one export; after an error they are deleted and the old ones unchanged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[Path, Path] = {}

    def __enter__(self) -> "Placing":
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        return self

    def _sweep(self) -> None:
        """Removes files of exports that were killed, not of running ones."""
        for path in self._folder.glob(".*.part-*"):
            number = path.name.removesuffix(".old").rpartition("-")[2]
            if number.isdigit() and not _lives(int(number)):
                _remove(path)

    def __exit__(self, *_: object) -> None:
        for part in self._parts.values():
            _remove(part)

    @contextmanager
    def open(self, target: Path) -> Iterator[BinaryIO]:
        """As `file`, opened for writing and readable by its owner only."""
        with self.file(target) as part, new_private_file(part) as file:
            yield file

    @contextmanager
    def file(self, target: Path) -> Iterator[Path]:
        part = target.with_name(f".{target.name}.part-{os.getpid()}")
        self._parts[target] = part
        _remove(part)
        try:
            yield part
        except OSError as error:
            raise _unwritable(target, error) from error

    @contextmanager
    def folder(self, target: Path) -> Iterator[Path]:
        """As `file`, for a folder of files."""
        with self.file(target) as part:
            part.mkdir()
            part.chmod(0o700)  # independent of the umask
            yield part
            for path in part.rglob("*"):
                path.chmod(0o700 if path.is_dir() else 0o600)

    def size(self, target: Path) -> int:
        """The size in bytes of what has been written for a target."""
        part = self._parts[target]
        files = [path for path in part.rglob("*") if path.is_file()] if part.is_dir() else [part]
        return sum(path.stat().st_size for path in files)

    def finish(self) -> None:
        """Renames each file to its final name."""
        for target, part in self._parts.items():
            try:
                if part.is_dir() and target.exists():
                    old = part.with_name(f"{part.name}.old")
                    target.rename(old)
                    part.rename(target)
                    _remove(old)
                else:
                    part.replace(target)
            except OSError as error:
                raise _unwritable(target, error) from error


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{path} cannot be written: {error.strerror or error}")
