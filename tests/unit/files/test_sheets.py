"""Sheets of a workbook: which row is the header, which rows count, and formats that no file has."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.errors import ConfigurationError
from etl.files import excel_source
from etl.files.sources import FileFormat, pairs
from etl.files.target import CellType, InColumn, InTable

TABLE = InTable("in_Client", (InColumn("in_id", CellType.TEXT), InColumn("name", CellType.TEXT)), ("in_id",), ())
TABLES = {"in_client": TABLE}


def workbook(folder: Path, *rows: list[Any], title: str = "in_Client") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(folder / "clients.xlsx")
    return folder / "clients.xlsx"


def read(path: Path, **options: Any) -> list[list[str | None]]:
    """The cells of all rows."""
    [file] = pairs(TABLES, None, [path], FileFormat(**options))
    return [
        list(row)
        for block in file.source.blocks()
        for row in zip(*(column.to_pylist() for column in block.columns), strict=True)
    ]


def test_the_header_is_the_first_row_that_is_not_empty(tmp_path: Path) -> None:
    path = workbook(tmp_path, [None], [" ", ""], ["in_id", "name", " "], ["c1", "one"], ["", ""], ["c2", None])
    assert read(path) == [["c1", "one"], ["c2", None]]


def test_blocks_are_cut_by_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_source, "_BATCH_ROWS", 2)
    path = workbook(tmp_path, ["in_id"], *([f"c{number}"] for number in range(5)))
    assert [one for [one] in read(path)] == [f"c{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[None], [" "]], "is empty: not even a header names its columns"),
        ([["in_id", "#N/A"]], r"the name in B1 "),
    ],
)
def test_a_sheet_without_a_header_is_refused(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(workbook(tmp_path, *rows))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"delimiter": ";;"}, "the delimiter must be one character of ASCII"),
        ({"delimiter": '"'}, "the delimiter must be one character of ASCII"),
        ({"escape": "x"}, "the escape must be"),
        ({"encoding": "nothing"}, "encoding `nothing` is not known"),
    ],
)
def test_a_format_that_no_file_has_is_refused(tmp_path: Path, options: dict[str, str], message: str) -> None:
    (tmp_path / "in_Client.csv").write_text("in_id\nc1\n")
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path / "in_Client.csv", **options)
