"""The names in the header of a file -> the columns of its table, or all faults at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from etl.errors import ConfigurationError, Problem
from etl.files.target import ENGINE_COLUMNS, InColumn, InTable, suggestion
from etl.quoting import fold, shown

SKIP: Final = "-"
"""Stands in --columns for a column of the file that is not loaded."""
MOST_COLUMNS: Final = 16_384
"""Of any file; Excel has no more, and a table of PostgreSQL has 1,600."""
_SHOWN: Final = 20
_LONGEST_NAME: Final = 100
REJECT_COLUMNS: Final = ("rejected_file", "rejected_line", "rejected_column", "rejected_value", "rejected_reason")
"""What a reject file has before the row itself; such a file, corrected, can be filled as it is."""


@dataclass(frozen=True)
class Layout:
    """Which cell of a row goes where: `cells` counts all of them, `positions[i]` is the cell of `columns[i]`."""

    cells: int
    positions: tuple[int, ...]
    columns: tuple[InColumn, ...]

    def position(self, name: str) -> int | None:
        return next((i for i, column in enumerate(self.columns) if column.name == name), None)


def match_header(header: Sequence[str], table: InTable, path: str, line: int | None = 1) -> Layout:
    """The layout of a file with these names. Raises ConfigurationError with all of their faults."""
    refuse_wide(len(header), path)
    found: dict[str, int] = {}
    problems: list[str] = []
    for position, written in enumerate(header):
        if len(problems) == _SHOWN:
            problems.append("…")
            break
        name = written.strip()
        if name == SKIP or fold(name) in REJECT_COLUMNS:
            continue
        column = table.column(name)
        if column is None:
            problems.append(_objection(name, position, table))
        elif column.name in found:
            problems.append(f"column {column.name} stands twice: leave out one")
        else:
            found[column.name] = position
    if not problems:
        problems = _missing(found, table)
    if problems:
        raise ConfigurationError(*(Problem(text, path, line) for text in problems))
    columns = tuple(column for column in table.columns if column.name in found)
    return Layout(len(header), tuple(found[column.name] for column in columns), columns)


def refuse_wide(columns: int, path: str) -> None:
    """Refuses a header with more columns than Excel allows, before its names are matched."""
    if columns > MOST_COLUMNS:
        raise ConfigurationError(Problem(f"has {columns:,} columns, {MOST_COLUMNS:,} are the most", path))


def _objection(name: str, position: int, table: InTable) -> str:
    if fold(name) in ENGINE_COLUMNS:
        return f"column {name} of {table.name} is filled by the database or by a run: leave it out"
    known = [column.name for column in table.columns]
    what = shown(name[:_LONGEST_NAME]) if name else f"the empty name of column {position + 1}"
    return (
        f"{what} is not a column of {table.name}{suggestion(name[:_LONGEST_NAME], known)}; columns: {', '.join(known)}"
    )


def _missing(found: dict[str, int], table: InTable) -> list[str]:
    if table.any_of and not any(name in found for name in table.any_of):
        return [f"{table.name} needs a column {' or '.join(table.any_of)}, which says whose row it is"]
    return [f"{table.name} needs a column {name}" for name in table.all_of if name not in found]
