"""A folder's files into in_fileStorage, each under its own name."""

import mimetypes
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy

from etl.database import Statements, copy_in, execute, transaction
from etl.errors import ConfigurationError, EnvironmentFault, Problem, RunStopped
from etl.files.fill import Filled, Filling, Progress
from etl.files.target import InTable

_sql = Statements(__package__)
_UNIQUE_VIOLATION = "23505"
_COLUMNS = ("file_id", "file_name", "mime_type", "content")
# The binary format of COPY: signature, flags, length of the header's extension; at the end a tuple of -1 fields.
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"


def fill_folder(
    engine: sqlalchemy.Engine, filling: Filling, storage: InTable, folder: Path, progress: Progress
) -> Filled:
    """Loads every file directly in the folder, in one transaction; its name is its file_id.

    Raises ConfigurationError with all that a name or a size forbids, before anything is loaded; RunStopped when a
    file_id is there already.
    """
    started = time.monotonic()
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    _refuse(files, storage, filling.max_value_bytes)
    names = {"schema": filling.schema, "table": storage.name, "columns": _COLUMNS}
    try:
        with transaction(engine) as connection:
            if filling.takes_newest:
                ids = [path.name for path in files]
                execute(connection, _sql("forget_files", **names), {"ids": ids})
            copy_in(connection, _sql("copy_files", **names), _stream(files, folder, progress))
    except EnvironmentFault as error:
        if error.sqlstate != _UNIQUE_VIOLATION:
            raise
        raise RunStopped(
            f"{folder}: nothing loaded, a file of one of these names is in {storage.name} already "
            "(--on-duplicate newest takes the newest)"
        ) from error
    return Filled(str(folder), storage.name, len(files), 0, None, (), 0, time.monotonic() - started)


def _refuse(files: list[Path], storage: InTable, max_bytes: int) -> None:
    longest = {column.name: column.max_length or 0 for column in storage.columns}["file_id"]
    problems = [
        Problem(f"the name is the file_id, which holds {longest} characters: shorten it", str(path))
        for path in files
        if len(path.name) > longest
    ]
    problems += [
        Problem(f"has more bytes than maxValueBytes ({max_bytes})", str(path))
        for path in files
        if path.stat().st_size > max_bytes
    ]
    if problems:
        raise ConfigurationError(*problems)


def _stream(files: list[Path], folder: Path, progress: Progress) -> Iterator[bytes]:
    yield _HEAD
    for number, path in enumerate(files, 1):
        name = path.name.encode()
        kind = mimetypes.guess_type(path.name)[0]
        yield len(_COLUMNS).to_bytes(2, "big") + _field(name) + _field(name) + _field(kind.encode() if kind else None)
        content = path.read_bytes()
        yield len(content).to_bytes(4, "big")
        yield content
        progress(str(folder), number, len(files))
    yield _END


def _field(value: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if value is None else len(value).to_bytes(4, "big") + value
