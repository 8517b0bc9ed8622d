"""A workbook without its cells: sheets, formats of dates, epoch, and shared texts."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Final

from etl.files.unreadable import unreadable
from etl.files.xlsx_archive import Archive, Ignoring, attribute, local_name, part_path

_MOST_TEXT_BYTES: Final = 1024 * 1024 * 1024
_BYTES_OF_A_TEXT: Final = 64  # what Python needs for one beside its characters
MOST_CHARACTERS: Final = 1024 * 1024
"""A cell of Excel holds 32,767 characters; of others somewhat more is read, and nothing without end."""

_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS: Final = re.compile(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", re.IGNORECASE)
_DURATION: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


class NumberFormat(Enum):
    """How a number is shown, as far as it says what the number means."""

    NUMBER = auto()
    DAY = auto()
    CLOCK = auto()
    DURATION = auto()


# ECMA-376, 18.8.30; 27 to 36 and 50 to 58 are days in the languages of East Asia.
_BUILT_IN: Final = {
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)), NumberFormat.DAY),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), NumberFormat.CLOCK),
    46: NumberFormat.DURATION,
}


class FlawedText(str):
    """A text that no column can take; `reason` says why."""

    reason = ""

    @classmethod
    def of(cls, text: str, reason: str) -> "FlawedText":
        made = cls(text)
        made.reason = reason
        return made


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name and the part of the archive that holds it."""

    name: str
    part: str


@dataclass
class Book:
    """`formats`: by the number of the style that a cell names. `is_1904`: day 0 is 1904-01-01."""

    path: Path
    sheets: list[Sheet]
    formats: list[NumberFormat]
    is_1904: bool
    texts_part: str


def read_book(path: Path) -> Book:
    """Reads all but cells and texts. Raises ConfigurationError when it is no workbook."""
    with Archive(path) as archive:
        part = _workbook_part(archive)
        book = _Workbook()
        archive.read(part, book)
        relations = _relations(archive, part)
        sheets = [
            Sheet(name, part_path(part, relations.by_id[key][1]))
            for name, key in book.sheets
            if key in relations.by_id and local_name(relations.by_id[key][0].replace("/", ":")) == "worksheet"
        ]
        if not sheets:
            raise unreadable(path, "has no sheet of cells")
        styles = _Styles()
        if (styles_part := relations.of_kind("styles", part)) and styles_part in archive:
            archive.read(styles_part, styles)
        return Book(path, sheets, styles.formats, book.is_1904, relations.of_kind("sharedStrings", part))


def read_texts(book: Book, archive: Archive, wanted: int | None = None) -> list[str]:
    """The texts that cells name by number, all or the first `wanted`."""
    texts = _Texts(book.path)
    if book.texts_part:
        for _ in archive.parse(book.texts_part, texts, is_held=True):
            if wanted is not None and len(texts.found) >= wanted:
                break
    return texts.found


def _workbook_part(archive: Archive) -> str:
    if "_rels/.rels" not in archive:
        raise unreadable(archive.path, "is not an Excel workbook (.xlsx)")
    part = _relations(archive, "").of_kind("officeDocument", "") or "xl/workbook.xml"
    if part.lower().endswith(".bin"):
        raise unreadable(archive.path, "is a binary workbook (.xlsb): save it as .xlsx")
    return part


def _relations(archive: Archive, part: str) -> "_Relations":
    folder, _, name = part.rpartition("/")
    relations = _Relations()
    archive.read(f"{folder}/_rels/{name}.rels".lstrip("/"), relations)
    return relations


@dataclass
class _Relations(Ignoring):
    """`by_id`: id -> (type, target)."""

    by_id: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "Relationship" and attributes.get("TargetMode") != "External":
            self.by_id[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))

    def of_kind(self, kind: str, base: str) -> str:
        """The part of the first relation whose type ends so; empty: there is none."""
        return next((part_path(base, target) for one, target in self.by_id.values() if one.endswith(f"/{kind}")), "")


@dataclass
class _Workbook(Ignoring):
    sheets: list[tuple[str, str]] = field(default_factory=list)
    is_1904: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local_name(name):
            case "sheet":
                self.sheets.append((attributes.get("name", ""), _relation_id(attributes)))
            case "workbookPr":
                self.is_1904 = attributes.get("date1904", "").lower() in ("1", "true", "on")


def _relation_id(attributes: dict[str, str]) -> str:
    return attribute({key: value for key, value in attributes.items() if ":" in key}, "id")


@dataclass
class _Styles(Ignoring):
    formats: list[NumberFormat] = field(default_factory=list)
    _codes: dict[str, NumberFormat] = field(default_factory=dict)
    _is_of_cells: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local_name(name):
            case "numFmt":
                self._codes[attributes.get("numFmtId", "")] = format_of(attributes.get("formatCode", ""))
            case "cellXfs":
                self._is_of_cells = True
            case "xf" if self._is_of_cells:
                number = attributes.get("numFmtId", "0")
                known = _BUILT_IN.get(int(number)) if number.isascii() and number.isdigit() else None
                self.formats.append(self._codes.get(number) or known or NumberFormat.NUMBER)

    def end(self, name: str) -> None:
        if local_name(name) == "cellXfs":
            self._is_of_cells = False


def format_of(code: str) -> NumberFormat:
    """What a number format shows; of several sections the first counts, which is that of positive numbers."""
    shown = _BRACKETS.sub("", _QUOTED.sub("", code)).split(";")[0].lower()
    if _DURATION.search(shown):
        return NumberFormat.DURATION
    if shown == "general" or not set(shown) & set("ymdhs"):
        return NumberFormat.NUMBER
    return NumberFormat.CLOCK if set(shown) & set("hs") and not set(shown) & set("yd") else NumberFormat.DAY


@dataclass
class _Texts(Ignoring):
    """The texts of `sst`; phonetic hints are left out."""

    path: Path
    found: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _size: int = 0
    _bytes: int = 0
    _takes: bool = False
    _is_phonetic: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local_name(name):
            case "t":
                self._takes = not self._is_phonetic
            case "si":
                self._parts, self._size = [], 0
            case "rPh":
                self._is_phonetic = True

    def end(self, name: str) -> None:
        match local_name(name):
            case "t":
                self._takes = False
            case "rPh":
                self._is_phonetic = False
            case "si":
                text = cell_text(self._parts, self._size)
                self._bytes += _BYTES_OF_A_TEXT + len(text) * (1 if text.isascii() else 2)
                if self._bytes > _MOST_TEXT_BYTES:
                    raise unreadable(self.path, "its texts do not fit into memory: save the sheet as CSV")
                self.found.append(text)

    def text(self, data: str) -> None:
        if self._takes:
            self._size += len(data)
            if self._size <= MOST_CHARACTERS:
                self._parts.append(data)


def cell_text(parts: list[str], size: int) -> str:
    """A text as it is meant: Excel writes what XML cannot hold as _xHHHH_, and _x005F_ before what only looks so."""
    text = "".join(parts)
    if size > MOST_CHARACTERS:
        return FlawedText.of(text[:100], "has more characters than a cell can hold")
    if "_x" not in text or not _ESCAPE.search(text):
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        shown = text.encode(errors="backslashreplace").decode()
        return FlawedText.of(shown, "holds half of a character (_xD800_ to _xDFFF_)")
