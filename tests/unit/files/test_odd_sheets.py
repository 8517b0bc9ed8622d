"""Sheets as no library writes them: hints for reading, cells that contradict one another, more than Excel has."""

import zipfile
from pathlib import Path

import pytest

from etl.errors import ConfigurationError
from etl.files import xlsx_archive, xlsx_sheet
from etl.files.sources import FileFormat, pairs
from etl.files.target import CellType, InColumn, InTable
from tests.integration.files.sheets import header, text, workbook

TABLE = InTable("in_Client", (InColumn("in_id", CellType.TEXT), InColumn("name", CellType.TEXT)), ("in_id",), ())
HINT = '<rPh sb="0" eb="1"><t>hint</t></rPh>'


def read(path: Path, table: str | None = None, sheet: str = "") -> list[tuple[str | None, ...]]:
    """The cells of all rows."""
    [file] = pairs({"in_client": TABLE}, table, [path], FileFormat(sheet=sheet))
    return [
        row
        for block in file.source.blocks()
        for row in zip(*(column.to_pylist() for column in block.columns), strict=True)
    ]


def refused(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(path)
    return str(caught.value)


def test_hints_for_reading_are_no_text(tmp_path: Path) -> None:
    own = f'<c r="B2" t="inlineStr"><is><r><t>a</t></r>{HINT}<r><t>b</t></r></is></c>'
    shared = '<c r="B3" t="s"><v>0</v></c>'
    rows = (
        f'{header("in_id", "name")}<row r="2">{text("A2", "c1")}{own}</row><row r="3">{text("A3", "c2")}{shared}</row>'
    )
    path = workbook(tmp_path / "a.xlsx", rows, texts=[f"<r><t>x</t></r>{HINT}<r><t>y</t></r>"])
    assert read(path) == [("c1", "ab"), ("c2", "xy")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f'<row r="2">{text("B2", "x")}{text("A2", "y")}</row>', "row 2 has a cell in column A twice or out of order"),
        (f'<row r="2">{text("A2", "x")}{text("A2", "y")}</row>', "row 2 has a cell in column A twice or out of order"),
        (f'<row r="2">{text("XFE2", "x")}</row>', "row 2 has a cell in column XFE twice or out of order"),
        ('<row r="x"></row>', "a row has the number 'x'"),
        ('<row r="1234567890"></row>', "a row has the number '1234567890'"),
        (f'<row r="2">{text("A3", "x")}</row>', "row 2 has a cell 'A3'"),
        (f'<row r="2">{text("a2", "x")}</row>', "row 2 has a cell 'a2'"),
        (f'<row r="1">{text("A1", "x")}</row>', "row 1 stands behind row 1"),
    ],
)
def test_cells_and_rows_that_contradict_one_another(tmp_path: Path, row: str, message: str) -> None:
    said = refused(workbook(tmp_path / "a.xlsx", header("in_id", "name") + row))
    assert f"sheet in_Client is damaged: {message}" in said


def test_a_part_that_is_no_sheet(tmp_path: Path) -> None:
    parts = {"xl/worksheets/sheet1.xml": b"<chartsheet/>"}
    assert "is damaged: it begins with chartsheet" in refused(workbook(tmp_path / "a.xlsx", "", parts=parts))


def test_values_beside_the_table(tmp_path: Path) -> None:
    """The first one is named; cells without a value, and formats alone, are none."""
    rows = header("in_id") + f'<row r="2">{text("A2", "c1")}<c r="C2"/><c r="D2"><v></v></c></row>'
    path = workbook(
        tmp_path / "a.xlsx", rows + f'<row r="3">{text("A3", "c2")}{text("C3", "x")}{text("D3", "y")}</row>'
    )
    [file] = pairs({"in_client": TABLE}, None, [path], FileFormat())
    [block] = file.source.blocks()
    assert block.columns[0].to_pylist() == ["c1", "c2"]
    assert block.faults == {(1, None): "has a value in column C, for which the header has no name"}


def test_too_many_merged_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_sheet, "_MOST_MERGES", 2)
    ranges = "".join(f'<mergeCell ref="A{line}:B{line}"/>' for line in (2, 3, 4))
    path = workbook(tmp_path / "a.xlsx", header("in_id"), after=f"<mergeCells>{ranges}</mergeCells>")
    assert "sheet in_Client has over 2 merged ranges" in refused(path)


def test_a_table_of_contents_that_claims_to_be_huge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", header("in_id"))
    monkeypatch.setattr(xlsx_archive, "_MOST_DIRECTORY_BYTES", 100)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) > 2
    assert "table of contents is too large" in refused(path)


def test_a_text_longer_than_any_cell_holds_is_refused(tmp_path: Path) -> None:
    texts = [f"<r><t>{'x' * 600_000}</t></r>" * 3]
    rows = header("in_id", "name") + f'<row r="2">{text("A2", "c1")}<c r="B2" t="s"><v>0</v></c></row>'
    [file] = pairs({"in_client": TABLE}, None, [workbook(tmp_path / "a.xlsx", rows, texts=texts)], FileFormat())
    [block] = file.source.blocks()
    assert block.faults == {(0, 1): "has more characters than a cell can hold"}
    assert block.columns[1].to_pylist() == ["x" * 100]


def test_a_row_of_empty_texts_is_none(tmp_path: Path) -> None:
    rows = f'{header("in_id", "name")}<row r="2">{text("A2", "")}{text("B2", "")}</row>'
    assert read(workbook(tmp_path / "a.xlsx", f'{rows}<row r="3">{text("A3", "c1")}</row>')) == [("c1", None)]


def test_a_workbook_whose_only_sheet_has_a_name_of_its_own(tmp_path: Path) -> None:
    rows = header("in_id") + f'<row r="2">{text("A2", "c1")}</row>'
    named_file = workbook(tmp_path / "in_Client.xlsx", rows, name="Sheet1")
    assert read(named_file) == [("c1",)]
    assert read(named_file, "in_Client") == [("c1",)]
    assert read(named_file, sheet="sheet1") == [("c1",)]
    other = workbook(tmp_path / "other.xlsx", rows, name="Sheet1")
    assert "name the table before the files: etl fill TABLE" in refused(other)
