"""A structure export -> its objects, read as a stream that no archive can make long.

The archive holds `data-<timestamp>/0000001.mybpm`, an object a line, and `metadata.mybpm` with their number.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from etl.errors import ConfigurationError, Problem
from etl.metadata.platform_export.json_text import parse_json
from etl.quoting import shown

MAX_MEMBERS: Final = 1_000
MAX_BYTES: Final = 256 * 1024 * 1024
"""Of all lines together, unpacked: a structure of thousands of business objects is a few dozen MiB."""
MAX_LINE_BYTES: Final = 16 * 1024 * 1024
_PART: Final = re.compile(r"data-[^/]+/\d+\.mybpm")
_COUNT: Final = re.compile(r"(?:data-[^/]+/)?metadata\.mybpm")
_ENCRYPTED: Final = 0x1


def exported(path: Path, notes: list[str]) -> Iterator[dict[str, Any]]:
    """The objects of the archive in their order; `notes` takes what is odd and no fault.

    Raises ConfigurationError for an archive that is not sound.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _objects(archive, _checked(archive, path), path, notes)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, OSError) as error:
        raise _refused(path, f"is not a sound archive: {error}") from None


def _checked(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise _refused(path, f"has {len(members)} members, and a structure export has a handful")
    for member in members:
        name = member.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise _refused(path, f"names a file outside of itself: {shown(name)}")
        if member.flag_bits & _ENCRYPTED:
            raise _refused(path, f"{shown(name)} is encrypted: export it without a password")
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise _refused(path, "has two members of one name")
    parts = sorted((one for one in members if _PART.fullmatch(one.filename)), key=lambda one: one.filename)
    folders = {one.filename.split("/")[0] for one in parts}
    if len(folders) != 1:
        raise _refused(path, "is not a structure export: that has one folder data-… with files 0000001.mybpm, …")
    return parts


def _objects(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], path: Path, notes: list[str]
) -> Iterator[dict[str, Any]]:
    left = MAX_BYTES
    read = 0
    for part in parts:
        with archive.open(part) as stream:
            # What is unpacked counts, not what the archive says of it: each read is bounded.
            while line := stream.readline(MAX_LINE_BYTES + 1):
                left -= len(line)
                if len(line) > MAX_LINE_BYTES or left < 0:
                    raise _refused(path, f"{part.filename} unpacks to more than a structure can hold")
                if line.strip():
                    read += 1
                    yield parse_json(line.decode("utf-8"), f"{path}: {part.filename}: object {read}")
    expected = _count(archive)
    if expected is not None and expected != read:
        # What exactly the number counts is not established, so that a different one refuses nothing.
        notes.append(f"metadata.mybpm says that it holds {expected} objects, and {read} were read")


def _count(archive: zipfile.ZipFile) -> int | None:
    for member in archive.infolist():
        if _COUNT.fullmatch(member.filename):
            with archive.open(member) as stream:
                found = re.fullmatch(rb"objectCount-(\d{1,9})\s*", stream.read(64))
            return int(found[1]) if found else None
    return None


def _refused(path: Path, message: str) -> ConfigurationError:
    return ConfigurationError(Problem(message, str(path)))
