"""What a check found: one line for a person, one object for a program."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. Only an error keeps runs from going well now."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """`what` was looked at, what was `found`, and what to `do` about it; nothing to do when all is well."""

    what: str
    level: Level
    found: str
    do: str = ""


def ok(what: str, found: str) -> Finding:
    """All is well."""
    return Finding(what, Level.OK, found)


def warning(what: str, found: str, do: str) -> Finding:
    """Runs succeed, but an operator should know."""
    return Finding(what, Level.WARNING, found, do)


def error(what: str, found: str, do: str) -> Finding:
    """Runs do not go well until this is fixed."""
    return Finding(what, Level.ERROR, found, do)
