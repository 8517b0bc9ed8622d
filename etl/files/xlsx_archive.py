"""The parts of an Excel workbook, unpacked piece by piece: no size that the archive states is trusted."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol
from xml.parsers import expat

from etl.errors import ConfigurationError
from etl.files.unreadable import Growth, unreadable

_CHUNK_BYTES: Final = 64 * 1024
_MOST_DIRECTORY_BYTES: Final = 4 * 1024 * 1024
_MOST_TAG_BYTES: Final = 4 * 1024 * 1024
_OLD_OR_ENCRYPTED: Final = b"\xd0\xcf\x11\xe0"
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
)


class Archive:
    """An open workbook file. Raises ConfigurationError for what is no archive or is damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = _BoundedReads(path)
        try:
            self._refuse_others(self._file.peek(4)[:4])
            self._zip = zipfile.ZipFile(self._file)
            self._growth = Growth(path, self._file.size)
            self._growth.refuse_stated(sum(info.file_size for info in self._zip.infolist()))
            self._names = {name.replace("\\", "/").lower(): name for name in self._zip.namelist()}
            if "mimetype" in self._names and "content.xml" in self._names:
                raise unreadable(path, "is an OpenDocument file: save it as .xlsx")
        except _DAMAGE as error:
            self._file.close()
            raise unreadable(path, f"is not an Excel workbook (.xlsx): {error}") from error
        except ConfigurationError:
            self._file.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._names

    def _refuse_others(self, magic: bytes) -> None:
        if magic == _OLD_OR_ENCRYPTED:
            raise unreadable(self.path, "is encrypted, or an old workbook (.xls): save it as .xlsx without a password")

    def chunks(self, part: str, *, is_held: bool = False) -> Iterator[bytes]:
        """The contents of a part. Raises ConfigurationError when it is missing, damaged, or grows beyond any data.
        `is_held`: it stays in memory."""
        if part not in self:
            raise unreadable(self.path, f"is not an Excel workbook (.xlsx): it has no part {part}")
        info = self._zip.getinfo(self._names[part.lower()])
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unreadable(self.path, f"part {part} is packed in a way that Excel does not know")
        self._growth.again(part)
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(_CHUNK_BYTES):
                    self._growth.add(len(chunk), part, is_held=is_held)
                    yield chunk
        except _DAMAGE as error:
            raise unreadable(self.path, f"part {part} is damaged: {error}") from error

    def parse(self, part: str, handlers: "Handlers", *, is_held: bool = False) -> Iterator[int]:
        """Feeds a part to the handlers; yields after each piece how many bytes have been read. Entities are refused."""
        parser = _parser(handlers)
        fed = 0
        try:
            for chunk in self.chunks(part, is_held=is_held):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(parser.CurrentByteIndex, 0) > _MOST_TAG_BYTES:
                    raise unreadable(self.path, f"part {part} has a tag of over {_MOST_TAG_BYTES} bytes")
                yield fed
            parser.Parse(b"", True)
        # For an unknown encoding, or one of several bytes a letter, the parser raises errors of other types.
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise unreadable(self.path, f"part {part} is damaged: {error}") from error
        except ForbiddenMarkup as error:
            raise unreadable(self.path, f"part {part} {error}") from error
        yield fed

    def read(self, part: str, handlers: "Handlers") -> None:
        """The contents of a part at once."""
        for _ in self.parse(part, handlers, is_held=True):
            pass


class _BoundedReads(io.BufferedReader):
    """A file that returns at most as many bytes at once as a table of contents may have, whatever size is declared."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self.size = path.stat().st_size

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MOST_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its table of contents is too large")
        return super().read(size)


class ForbiddenMarkup(Exception):
    """Declares a document type, as no workbook does."""


class Handlers(Protocol):
    """Callbacks for the beginning and end of an element, and for texts. Names come with their prefix."""

    @property
    def start(self) -> Callable[[str, dict[str, str]], None]:
        """An element begins: its name and attributes."""
        ...

    @property
    def end(self) -> Callable[[str], None]:
        """An element ends."""
        ...

    @property
    def text(self) -> Callable[[str], None]:
        """Some of an element's text."""
        ...


class Ignoring:
    def start(self, name: str, attributes: dict[str, str]) -> None:
        """See Handlers."""

    def end(self, name: str) -> None:
        """See Handlers."""

    def text(self, data: str) -> None:
        """See Handlers."""


def local_name(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def attribute(attributes: dict[str, str], name: str) -> str:
    """The attribute of a local name with any prefix; empty: there is none."""
    return next((value for key, value in attributes.items() if local_name(key) == name), "")


def part_path(base: str, target: str) -> str:
    """The part that a relation of the part `base` names."""
    target = target.replace("\\", "/")
    joined = target.lstrip("/") if target.startswith("/") else posixpath.join(posixpath.dirname(base), target)
    return posixpath.normpath(joined)


def _parser(handlers: Handlers) -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _forbid
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.text
    return parser


def _forbid(*_: object) -> None:
    raise ForbiddenMarkup("declares a document type (DOCTYPE), as no workbook does")
