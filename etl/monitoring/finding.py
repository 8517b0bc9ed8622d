"""What a check found: one line for a person, one object for a program."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The severity. Only an error keeps runs from succeeding now."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """`what` was checked, what was `found`, and what to `do` about it; empty if nothing is wrong."""

    what: str
    level: Level
    found: str
    do: str = ""


def ok(what: str, found: str) -> Finding:
    """Nothing is wrong."""
    return Finding(what, Level.OK, found)


def warning(what: str, found: str, do: str) -> Finding:
    """Runs succeed, but an operator should know."""
    return Finding(what, Level.WARNING, found, do)


def error(what: str, found: str, do: str) -> Finding:
    """Runs fail until this is fixed."""
    return Finding(what, Level.ERROR, found, do)
