"""Keys that have another name now. The old name is known for one more version, and `etl config upgrade` replaces it.

A key is renamed by a line in RENAMED and its new name in the catalogue.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from etl import __version__
from etl.errors import ConfigurationError, Problem


@dataclass(frozen=True)
class RenamedKey:
    """`file`: the path of the text, also of a company's own copy. `since`: the version of etl that knows the new name;
    `until`: the first one that does not know the old name."""

    file: str
    old: str
    new: str
    since: str
    until: str

    @property
    def counts(self) -> bool:
        """Whether this program takes the old name."""
        return _numbers(__version__) < _numbers(self.until)

    @property
    def warning(self) -> str:
        return (
            f"is called {self.new} since etl {self.since}, and etl {self.until} will not know the old name: "
            "`etl config upgrade` replaces it"
        )

    @property
    def refusal(self) -> str:
        return f"is called {self.new} since etl {self.since}: `etl config upgrade` replaces it"


RENAMED: tuple[RenamedKey, ...] = ()
"""All renames, the oldest first. None so far: versions up to 0.1.0 have the same keys."""

_COMPANY: Final = re.compile(r"companies/[^/]+/(.+)", re.DOTALL)
_KEY: Final = re.compile(r"(\s*)([A-Za-z_][A-Za-z0-9_.-]*)(?=\s*(?:[=:]|$))")


@dataclass(frozen=True)
class RenamedLine:
    """A line of a text that has an old name."""

    path: str
    line: int
    key: RenamedKey


def renamed_key(file: str, name: str) -> RenamedKey | None:
    """The rename of a key of a text, by its old name."""
    return next((one for one in RENAMED if (one.file, one.old) == (file, name)), None)


def renamed_lines(texts: Mapping[str, str]) -> list[RenamedLine]:
    """Every line with an old name, in the order of the texts."""
    return [found for path, text in texts.items() for found in _lines(path, text)]


def warnings_of(texts: Mapping[str, str], origin: str) -> list[Problem]:
    """A warning for each line with an old name that still counts; `origin`: URL of the tree."""
    base = origin.removeprefix("file:").rstrip("/")
    return [
        Problem(one.key.warning, f"{base}/{one.path}", one.line, one.key.old)
        for one in renamed_lines(texts)
        if one.key.counts
    ]


def with_new_names(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts that have old names, with the new ones; all else of them stays as it is, byte by byte.

    Raises ConfigurationError where a text has both names of a key.
    """
    changed: dict[str, str] = {}
    problems: list[Problem] = []
    for path, text in texts.items():
        found = list(_lines(path, text))
        names = {name for _, name in _names(text)}
        problems += [both_names(one.key, path, one.line) for one in found if one.key.new in names]
        lines = text.split("\n")
        for one in found:
            lines[one.line - 1] = _KEY.sub(rf"\g<1>{one.key.new}", lines[one.line - 1], count=1)
        if found:
            changed[path] = "\n".join(lines)
    if problems:
        raise ConfigurationError(*problems)
    return changed


def both_names(key: RenamedKey, path: str, line: int) -> Problem:
    return Problem(f"is the old name of {key.new}, which is here too: delete one of the two lines", path, line, key.old)


def _lines(path: str, text: str) -> Iterator[RenamedLine]:
    inside = _COMPANY.fullmatch(path)
    file = inside[1] if inside else path
    if any(one.file == file for one in RENAMED):
        for number, name in _names(text):
            if key := renamed_key(file, name):
                yield RenamedLine(path, number, key)


def _names(text: str) -> Iterator[tuple[int, str]]:
    """Number and key of each line that has one, also where its variable is not defined here."""
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _KEY.match(line):
            yield number, found[2]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version)[:3])
