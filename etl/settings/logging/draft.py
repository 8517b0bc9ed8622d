"""Checks the instructions of a logging file against each other and makes a LogStructure of them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from etl.settings.logging.pattern import PatternError, Piece, parse_pattern
from etl.settings.logging.structure import LEVELS, ROOT, Destination, LineLayout, LogCategory, LogStructure

_KINDS = ("rolling_file", "stdout", "stderr")
_DEFAULT_LAYOUT = "default"
_UNITS = {"": 1, "b": 1, "k": 10**3, "kb": 10**3, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9}
_UNITS |= {f"{letter}{end}": 1024**power for power, letter in enumerate("kmg", start=1) for end in ("i", "ib")}
_SIZE = re.compile(r"(\d{1,12}(?:[.,]\d{1,6})?)\s*([A-Za-z]*)")
_MOST_FILES = 20
# Only in the log folder.
_FILE = re.compile(r"(?!/)(?:(?!\.{1,2}(?:/|$))[^/\s]+/?)+(?<!/)")


@dataclass(frozen=True)
class Instruction:
    """One line: its words with their positions (from 0); `start` and `length`: the text without surrounding blanks."""

    number: int
    text: str
    start: int
    length: int
    words: tuple[tuple[str, int], ...]

    @property
    def values(self) -> tuple[tuple[str, int], ...]:
        """The words after the first one."""
        return self.words[1:]


@dataclass(frozen=True)
class Top:
    """An instruction with the lines below it. One that is off is parsed, but has no effect."""

    kind: str
    names: tuple[str, ...]
    line: Instruction
    is_off: bool = False
    details: list[Instruction] = field(default_factory=list)

    def last(self, name: str) -> Instruction | None:
        """The line of a detail; a later line overrides an earlier one."""
        return next((line for line in reversed(self.details) if line.words[0][0] == name), None)


Complain = Callable[..., None]


@dataclass(frozen=True)
class _DestinationKind:
    """A destination_to: the common properties of its destinations."""

    kind: str
    layout: Instruction | None
    max_bytes: int
    files_count: int


def assemble(tops: Iterable[Top], complain: Complain) -> LogStructure:
    """The routing of all instructions; faults are passed to `complain`."""
    by_kind: dict[str, dict[str, Top]] = {}
    off: set[tuple[str, str]] = set()
    for top in tops:
        name = top.names[0] if top.names else (_DEFAULT_LAYOUT if top.kind == "layout" else ROOT)
        named = by_kind.setdefault(top.kind, {})
        if top.is_off:
            off.add((top.kind, name))
        elif name in named:
            complain(top.line, f"is already on line {named[name].line.number}: delete one of the two")
        else:
            named[name] = top
    layouts = {name: _layout(top, complain) for name, top in by_kind.get("layout", {}).items()}
    kinds = {name: _kind(top, complain) for name, top in by_kind.get("destination_to", {}).items()}
    destinations: dict[str, Destination] = {}
    for name, top in by_kind.get("destination", {}).items():
        destination = _destination(top, kinds, layouts, off, complain)
        if destination is None:
            off.add(("destination", name))
        else:
            destinations[name] = destination
    categories = {
        name: _category(top, destinations, off, complain)
        for kind in ("category", "root")
        for name, top in by_kind.get(kind, {}).items()
    }
    return LogStructure(destinations, categories)


def _layout(top: Top, complain: Complain) -> LineLayout | None:
    plain, colored = top.last("pattern"), top.last("colored_pattern")
    if plain is None:
        complain(top.line, "has no pattern below it")
        return None
    pattern = _pattern(plain, complain)
    return LineLayout(pattern, _pattern(colored, complain) if colored else None) if pattern is not None else None


def _pattern(line: Instruction, complain: Complain) -> tuple[Piece, ...] | None:
    text, start = line.words[1]
    try:
        return parse_pattern(text)
    except PatternError as error:
        complain(line, str(error), start + error.start, error.length)
        return None


def _kind(top: Top, complain: Complain) -> _DestinationKind | None:
    line = top.last("type")
    if line is None:
        complain(top.line, f"has no type below it: write one of {', '.join(_KINDS)}")
        return None
    kind, start = line.values[0]
    if kind not in _KINDS:
        complain(line, f"is not a type: write one of {', '.join(_KINDS)}", start, len(kind))
        return None
    found = _DestinationKind(kind, top.last("layout"), 100 * 1024, 3)
    size, count = top.last("max_file_size"), top.last("files_count")
    if size:
        found = replace(found, max_bytes=_size(size, complain))
    if count:
        found = replace(found, files_count=_count(count, complain))
    return found


def _size(line: Instruction, complain: Complain) -> int:
    text, start = " ".join(word for word, _ in line.values), line.values[0][1]
    match = _SIZE.fullmatch(text)
    factor = _UNITS.get(match[2].lower()) if match else None
    found = int(float(match[1].replace(",", ".")) * factor) if match and factor else 0
    if found < 1:
        complain(line, "is not a size: write it like 50MiB, 10 MB or 100000", start, len(text))
    return found


def _count(line: Instruction, complain: Complain) -> int:
    text, start = line.values[0]
    if not re.fullmatch(r"\d{1,3}", text) or not 1 <= int(text) <= _MOST_FILES:
        complain(line, f"is not a number of files: write 1 to {_MOST_FILES}", start, len(text))
        return 1
    return int(text)


def _destination(
    top: Top,
    kinds: dict[str, _DestinationKind | None],
    layouts: dict[str, LineLayout | None],
    off: set[tuple[str, str]],
    complain: Complain,
) -> Destination | None:
    _, to, *files = top.names
    kind = kinds.get(to)
    if kind is None:
        if to not in kinds and ("destination_to", to) not in off:
            complain(top.line, f"names the destination_to {to}, which does not exist")
        return None
    layout = _layout_of(top, kind, layouts, complain)
    if (kind.kind == "rolling_file") != bool(files):
        wanted = "needs the path of its file" if not files else "takes no file"
        complain(top.line, f"goes to {to} of type {kind.kind}, which {wanted}")
    elif files and not _FILE.fullmatch(files[0]):
        complain(top.line, "names a file outside the log folder: write a path like traces/in_pg_migration")
    elif layout:
        level = _level(top, complain)
        return Destination(
            kind.kind,
            layout,
            LEVELS["TRACE"] if level is None else level,
            files[0] if files else "",
            kind.max_bytes,
            kind.files_count,
        )
    return None


def _layout_of(
    top: Top, kind: _DestinationKind, layouts: dict[str, LineLayout | None], complain: Complain
) -> LineLayout | None:
    line = top.last("layout") or kind.layout
    name = line.values[0][0] if line else _DEFAULT_LAYOUT
    if name not in layouts:
        complain(line or top.line, f"needs the layout {name}, which does not exist")
    return layouts.get(name)


def _category(
    top: Top, destinations: dict[str, Destination], off: set[tuple[str, str]], complain: Complain
) -> LogCategory:
    names: list[str] = []
    for line in top.details:
        for name, start in line.values if line.words[0][0] == "assign_to" else ():
            if name in destinations:
                names.append(name)
            elif ("destination", name) not in off:
                complain(line, "is not a destination of this file", start, len(name))
    return LogCategory(_level(top, complain), tuple(dict.fromkeys(names)))


def _level(top: Top, complain: Complain) -> int | None:
    line = top.last("level")
    if line is None:
        return None
    text, start = line.values[0]
    if text not in LEVELS:
        complain(line, f"is not a level: write one of {', '.join(LEVELS)}", start, len(text))
    return LEVELS.get(text)
