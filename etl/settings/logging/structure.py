"""The values of `logging/structure.txt`: line formats, destinations, and which loggers write to them."""

from dataclasses import dataclass, field

from etl.settings.logging.pattern import Piece, parse_pattern

# Python's numbers; TRACE lies below DEBUG, and nothing reaches OFF. FATAL acts as ERROR.
LEVELS = {"OFF": 1000, "FATAL": 40, "ERROR": 40, "WARN": 30, "INFO": 20, "DEBUG": 10, "TRACE": 5}
ROOT = ""


@dataclass(frozen=True)
class LineLayout:
    """The format of a line, in files and on a terminal."""

    pattern: tuple[Piece, ...]
    colored: tuple[Piece, ...] | None = None


@dataclass(frozen=True)
class Destination:
    """One destination: `kind` is rolling_file, stdout or stderr; `file` lies below the log folder, without `.log`."""

    kind: str
    layout: LineLayout
    level: int = LEVELS["TRACE"]
    file: str = ""
    max_bytes: int = 100 * 1024
    files_count: int = 3


@dataclass(frozen=True)
class LogCategory:
    """Which events it routes: those of loggers with this name or below it, from a level on (None: inherited)."""

    level: int | None = None
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogStructure:
    """The whole routing by name; ROOT is the category of all loggers."""

    destinations: dict[str, Destination] = field(default_factory=dict)
    categories: dict[str, LogCategory] = field(default_factory=dict)


_GUIDE_PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} [%23.23thread] Q %msg%n"

BUILT_IN = LogStructure(
    {"console": Destination("stderr", LineLayout(parse_pattern(_GUIDE_PATTERN)), LEVELS["INFO"])},
    {ROOT: LogCategory(LEVELS["INFO"], ("console",))},
)
"""The routing without the file, and while the file has been faulty from the start."""
