"""The files of the log on this host: values in them are replaced by stars, byte by byte."""

import fcntl
import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path

from etl.config import etl_home, log_folder
from etl.operations.erase.subject import Subject
from etl.operations.erase.tables import Holder

_LOG = "log"


def log_holders(subject: Subject, *, is_erasing: bool) -> list[Holder]:
    """The files that have values, each with the number of its lines that do; with `is_erasing` they are replaced."""
    pattern = _pattern(subject)
    if pattern is None:
        return []
    found = [(path, _erase_in(path, pattern, is_erasing=is_erasing)) for path in _files()]
    return [Holder(_LOG, str(path), lines, is_deleting=False) for path, lines in found if lines]


def _files() -> Iterator[Path]:
    """Those of our own log, and that of the embedded server."""
    folder = log_folder(os.environ)
    if folder.is_dir():
        yield from sorted(one for one in folder.rglob("*.log*") if one.is_file() and not one.is_symlink())
    server = etl_home(os.environ) / "postgres" / "server.log"
    if server.is_file():
        yield server


def _pattern(subject: Subject) -> re.Pattern[bytes] | None:
    longest = [re.escape(one.encode()) for one in subject.spellings]
    return re.compile(rb"(?<![0-9A-Za-z_])(?:" + b"|".join(longest) + rb")(?![0-9A-Za-z_])") if longest else None


def _erase_in(path: Path, pattern: re.Pattern[bytes], *, is_erasing: bool) -> int:
    is_compressed = path.suffix == ".gz"
    with path.open("r+b" if is_erasing else "rb") as file:
        if is_erasing:
            fcntl.flock(file, fcntl.LOCK_EX)  # who appends holds a shared lock
        data = gzip.decompress(file.read()) if is_compressed else file.read()
        lines = sum(1 for line in data.split(b"\n") if pattern.search(line))
        if lines and is_erasing:
            file.seek(0)
            starred = pattern.sub(lambda found: b"*" * len(found[0]), data)
            file.write(gzip.compress(starred) if is_compressed else starred)
            if is_compressed:
                file.truncate()
    return lines
