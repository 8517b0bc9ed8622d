"""A folder's files into in_fileStorage, each under its own name.

A user who may write into the folder must not make us read what only we may read. So every name is opened below the
folder that is open already, never through a symbolic link, and only regular files count; a further name (hard link) of
another user's file is refused too. The file that is read must be the one that was checked.
"""

import mimetypes
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy

from etl.database import SqlTemplates, copy_in, execute, transaction
from etl.errors import ConfigurationError, EnvironmentFault, Problem, RunStopped
from etl.files.fill import Filled, Filling, Progress
from etl.files.noted import note_fill
from etl.files.target import InTable

_sql = SqlTemplates(__package__)
_UNIQUE_VIOLATION = "23505"
_COLUMNS = ("file_id", "file_name", "mime_type", "content")
_CHUNK_BYTES = 1024 * 1024
# The binary format of COPY: signature, flags, length of the header's extension; at the end a tuple of -1 fields.
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
# A name that is a pipe must not make us wait for its other end.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True)
class _File:
    """A regular file as it was found. `state`: device, number, size and time of its last change."""

    name: str
    state: tuple[int, int, int, int]

    @property
    def size(self) -> int:
        return self.state[2]


def fill_folder(
    engine: sqlalchemy.Engine, filling: Filling, storage: InTable, folder: Path, progress: Progress
) -> Filled:
    """Loads every file directly in the folder, in one transaction; its name is its file_id.

    Hidden files and folders are passed over. Raises ConfigurationError with all that a name, a size or a kind forbids,
    before anything is loaded, and for a file that changes while it is read; RunStopped when a file_id is there already.
    """
    started = time.monotonic()
    with _opened(folder) as at:
        files = _found(at, folder, storage, filling.max_value_bytes)
        variables = {"schema": filling.schema, "table": storage.name, "columns": _COLUMNS}
        try:
            with transaction(engine) as connection:
                note_fill(connection, filling.schema)
                if filling.takes_newest:
                    execute(connection, _sql("forget_files", **variables), {"ids": [file.name for file in files]})
                copy_in(connection, _sql("copy_files", **variables), _stream(at, files, folder, progress))
        except EnvironmentFault as error:
            if error.sqlstate != _UNIQUE_VIOLATION:
                raise
            raise RunStopped(
                f"{folder}: nothing loaded, a file of one of these names is in {storage.name} already "
                "(--on-duplicate newest takes the newest)"
            ) from error
    return Filled(str(folder), storage.name, len(files), 0, None, (), 0, time.monotonic() - started)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    try:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigurationError(Problem(f"cannot be read: {error.strerror}", str(folder))) from error
    try:
        yield at
    finally:
        os.close(at)


def _found(at: int, folder: Path, storage: InTable, max_bytes: int) -> list[_File]:
    longest = {column.name: column.max_length or 0 for column in storage.columns}["file_id"]
    owner = os.fstat(at).st_uid
    files: list[_File] = []
    problems: list[Problem] = []
    for name in sorted(one for one in os.listdir(at) if not one.startswith(".")):
        try:
            if stat.S_ISDIR(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
                continue
            found = _File(name, _state(_checked(at, name, owner)))
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror}", _path(folder, name)))
            continue
        except _Refused as error:
            problems.append(Problem(str(error), _path(folder, name)))
            continue
        if reason := _objection(found, longest, max_bytes):
            problems.append(Problem(reason, _path(folder, name)))
        files.append(found)
    if problems:
        raise ConfigurationError(*problems)
    return files


class _Refused(Exception):
    """The entry of a name must not be read."""


def _checked(at: int, name: str, owner: int) -> os.stat_result:
    """Checks before it opens, since opening a device may have an effect; and checks what it has opened again."""
    _refuse(os.stat(name, dir_fd=at, follow_symlinks=False), owner)
    with _open(at, name) as file:
        found = os.fstat(file.fileno())
    _refuse(found, owner)
    return found


def _refuse(found: os.stat_result, owner: int) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise _Refused("is a symbolic link: put the file itself into the folder")
    if not stat.S_ISREG(found.st_mode):
        raise _Refused("is not a regular file: take it out of the folder")
    if found.st_nlink > 1 and found.st_uid != owner:
        raise _Refused("is a further name (hard link) of a file that belongs to another user: put a copy here")


def _open(at: int, name: str) -> BinaryIO:
    return os.fdopen(os.open(name, _FLAGS, dir_fd=at), "rb")


def _state(found: os.stat_result) -> tuple[int, int, int, int]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _objection(file: _File, longest: int, max_bytes: int) -> str:
    try:
        file.name.encode()
    except UnicodeEncodeError:
        return "the name is the file_id, and is not in UTF-8: rename it"
    if len(file.name) > longest:
        return f"the name is the file_id, which holds {longest} characters: shorten it"
    return f"has more bytes than maxValueBytes ({max_bytes})" if file.size > max_bytes else ""


def _path(folder: Path, name: str) -> str:
    return str(folder / os.fsencode(name).decode(errors="backslashreplace"))


def _stream(at: int, files: list[_File], folder: Path, progress: Progress) -> Iterator[bytes]:
    yield _HEAD
    for number, one in enumerate(files, 1):
        name = one.name.encode()
        kind = mimetypes.guess_type(one.name)[0]
        yield len(_COLUMNS).to_bytes(2, "big") + _field(name) + _field(name) + _field(kind.encode() if kind else None)
        yield one.size.to_bytes(4, "big")
        yield from _content(at, one, folder)
        progress(str(folder), number, len(files))
    yield _END


def _content(at: int, one: _File, folder: Path) -> Iterator[bytes]:
    """The bytes of the checked file, whose number is fixed in COPY's format."""
    try:
        with _open(at, one.name) as file:
            is_same = _state(os.fstat(file.fileno())) == one.state
            left = one.size if is_same else 0
            while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
                left -= len(chunk)
                yield chunk
            is_same = is_same and not left and not file.read(1) and _state(os.fstat(file.fileno())) == one.state
    except OSError as error:
        raise ConfigurationError(Problem(f"cannot be read: {error.strerror}", _path(folder, one.name))) from error
    if not is_same:
        message = "changed while the folder was read: nothing is loaded, fill it again"
        raise ConfigurationError(Problem(message, _path(folder, one.name)))


def _field(value: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if value is None else len(value).to_bytes(4, "big") + value
