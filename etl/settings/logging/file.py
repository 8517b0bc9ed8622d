"""Parses `logging/structure.txt` into a LogStructure: instructions, and details indented below them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from etl.errors import Problem
from etl.settings.logging.draft import Instruction, Top, assemble
from etl.settings.logging.structure import BUILT_IN, LogStructure

LOGGING = "logging/structure.txt"

_WORD = re.compile(r"\S+")
# Instruction -> how many names it takes, and the details that may follow it.
_TOPS: dict[str, tuple[range, tuple[str, ...]]] = {
    "layout": (range(2), ("pattern", "colored_pattern")),
    "destination_to": (range(1, 2), ("type", "layout", "max_file_size", "files_count")),
    "destination": (range(2, 4), ("level", "layout")),
    "category": (range(1, 2), ("level", "assign_to")),
    "root": (range(1), ("level", "assign_to")),
}


@dataclass
class _Reading:
    location: str
    tops: list[Top] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, line: Instruction, message: str, start: int | None = None, length: int | None = None) -> None:
        begin = line.start if start is None else start
        width = line.length if length is None else length
        part = line.text[begin : begin + width]
        text = f"{part!r} {message}" if part else message
        self.problems.append(Problem(text, self.location, line.number, "", begin + 1, line.text, width))


Complain = Callable[..., None]


def read_log_structure(texts: Mapping[str, str], location: str) -> tuple[LogStructure, list[Problem]]:
    """The routing (without the file: the default) and its problems. With a problem the previous routing must stay."""
    if LOGGING not in texts:
        return BUILT_IN, []
    reading = _Reading(location)
    for number, text in enumerate(texts[LOGGING].split("\n"), start=1):
        line = text.rstrip()
        if line and not line.lstrip().startswith("#"):
            _read(reading, _line(number, line))
    structure = assemble(reading.tops, reading.complain)
    return structure, sorted(reading.problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def _line(number: int, text: str) -> Instruction:
    """The words of a line; the text after the first colon is one word."""
    head, colon, rest = text.partition(":")
    words = [(match.group(), match.start()) for match in _WORD.finditer(head)]
    if colon:
        words.append((rest.strip(), len(head) + 1 + len(rest) - len(rest.lstrip())))
    start = words[0][1] if words else 0
    return Instruction(number, text, start, len(text) - start, tuple(words))


def _read(reading: _Reading, line: Instruction) -> None:
    if line.text[0].isspace():
        _read_detail(reading, line)
    else:
        _read_top(reading, line)


def _read_top(reading: _Reading, line: Instruction) -> None:
    is_off = line.text.startswith("-")
    words = [word for word, _ in line.words]
    words[0] = words[0].removeprefix("-")
    if not words[0]:
        del words[0]
    kind, names = (words[0] if words else ""), words[1:]
    if kind not in _TOPS:
        reading.complain(line, f"is not an instruction{_hint(kind, _TOPS)}")
        # Its details are parsed, so that they are not reported as further faults.
        reading.tops.append(Top("", (), line, is_off=True))
        return
    if len(names) not in _TOPS[kind][0]:
        shape = {"layout": "at most a name", "destination": "a name, a destination_to and for a file its path"}
        reading.complain(line, f"has {len(names)} words after {kind}, which takes {shape.get(kind, 'one name')}")
        is_off = True
    reading.tops.append(Top(kind, tuple(names), line, is_off=is_off))


def _read_detail(reading: _Reading, line: Instruction) -> None:
    if not reading.tops:
        reading.complain(line, "belongs to no instruction: start instructions in the first column")
        return
    top = reading.tops[-1]
    known = _TOPS[top.kind][1] if top.kind else ()
    name = line.words[0][0] if line.words else ""
    if top.kind and name not in known:
        reading.complain(line, f"is unknown below {top.kind}{_hint(name, known)}")
    elif top.kind and (len(line.words) < 2 or not line.words[1][0]):
        reading.complain(line, "has no value")
    else:
        top.details.append(line)


def _hint(word: str, known: "Mapping[str, object] | tuple[str, ...]") -> str:
    close = get_close_matches(word, known, n=1)
    return f": did you mean {close[0]}?" if close else ": known are " + ", ".join(known)
