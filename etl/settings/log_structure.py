"""The values of `logging/structure.txt`: how lines look, where they go, which loggers go there."""

from dataclasses import dataclass, field

from etl.settings.log_pattern import Piece, parse_pattern

# Python's numbers; TRACE lies below DEBUG, and nothing reaches OFF. FATAL acts as ERROR.
LEVELS = {"OFF": 1000, "FATAL": 40, "ERROR": 40, "WARN": 30, "INFO": 20, "DEBUG": 10, "TRACE": 5}
ROOT = ""


@dataclass(frozen=True)
class Layout:
    """How a line looks, and how it looks on a terminal."""

    pattern: tuple[Piece, ...]
    colored: tuple[Piece, ...] | None = None


@dataclass(frozen=True)
class Destination:
    """One place: `kind` is rolling_file, stdout or stderr; `file` lies below the log folder, without `.log`."""

    kind: str
    layout: Layout
    level: int = LEVELS["TRACE"]
    file: str = ""
    max_bytes: int = 100 * 1024
    files_count: int = 3


@dataclass(frozen=True)
class Category:
    """Which events go where: those of loggers with this name or below it, from a level on (None: as above it)."""

    level: int | None = None
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogStructure:
    """The whole routing by name; ROOT is the category of all loggers."""

    destinations: dict[str, Destination] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)


_GUIDE_PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} [%23.23thread] Q %msg%n"

BUILT_IN = LogStructure(
    {"console": Destination("stderr", Layout(parse_pattern(_GUIDE_PATTERN)), LEVELS["INFO"])},
    {ROOT: Category(LEVELS["INFO"], ("console",))},
)
"""What holds without the file, and while its first text is faulty."""
