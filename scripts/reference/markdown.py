"""Cells and tables of Markdown, and the note under each title."""

from collections.abc import Iterable, Sequence
from typing import Final

NOTE: Final = "Made from the code by `python -m scripts.reference`: edit the code, not this page.\n"


def code(text: str) -> str:
    return f"`{cell(text)}`" if text else ""


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; its cells are escaped already."""
    return [_row(heads), "|" + "---|" * len(heads), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
