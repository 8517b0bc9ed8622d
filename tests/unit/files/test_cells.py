"""Cells, columns and workbooks at the edges of what files may hold; no database."""

import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from etl.errors import ConfigurationError, EnvironmentFault
from etl.files import copy_text, xlsx_book, xlsx_values
from etl.files.columns import out_column
from etl.files.letters import codec_of, lacking_letters
from etl.files.numbers import check_numbers
from etl.files.target import CellType
from etl.files.times import check_times
from etl.files.xlsx_archive import Archive
from etl.files.xlsx_book import NumberFormat, format_of, read_book, read_texts
from etl.files.xlsx_values import Values
from tests.integration.files.sheets import workbook


def lines_of(*columns: pa.Array) -> bytes:
    return b"".join(bytes(part) for part in copy_text.copy_text(columns))


def test_a_block_is_written_in_halves_and_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one of more than 512 MiB is: the lines are the same."""
    columns = pa.array(["a", None, "c\td", ""]), pa.array(["1", "2", "\\N", "4"])
    whole = lines_of(*columns)
    assert whole == b"a\t1\n\\N\t2\nc\\td\t\\\\N\n\t4\n"
    monkeypatch.setattr(copy_text, "_MOST_BYTES", 1)
    assert lines_of(*columns) == whole
    assert lines_of(columns[0][:0]) == b""


def test_numbers_of_other_widths() -> None:
    texts, faults, rounded = check_numbers(pa.array([1, -2, None], pa.int8()))
    assert (texts.to_pylist(), faults, rounded) == (["1", "-2", None], {}, 0)
    texts, faults, _ = check_numbers(pa.array([1.5, None], pa.float32()).cast(pa.float16()))
    assert (texts.to_pylist(), faults) == (["1.5", None], {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024-01-31 09:30+05:75", "has a zone with over 59 minutes"),
        ("2024-01-31 09:30+16", "has a zone beyond 15:59"),
        ("31.01.2024", "has its day and month in an order that is not certain: write 2024-01-31"),
        ("infinity", "is not a time: leave the cell empty"),
        ("soon", "is not a time: write 2024-01-31 or 2024-01-31 09:30:00, with a zone (+05:00, Z) if need be"),
        ("2024-02-30", "is not a date or time of the calendar"),
    ],
)
def test_a_time_that_is_none_says_why(text: str, said: str) -> None:
    _, faults = check_times(pa.array([text]), 0, 0)
    assert faults == {0: said}


def test_letters_that_an_encoding_lacks() -> None:
    assert [codec_of(name) for name in ("UTF8", "WIN1251", "KOI8R", "MULE_INTERNAL")] == ["", "cp1251", "koi8-r", ""]
    texts = pa.array(["Имя", None, "Қала", ""])
    assert lacking_letters(texts, "WIN1251") == {2: "holds 'Қ', which the database's encoding WIN1251 lacks"}
    assert lacking_letters(texts[:2], "WIN1251") == {}
    assert lacking_letters(texts, "UTF8") == {}


def test_a_type_that_no_out_table_has() -> None:
    with pytest.raises(EnvironmentFault, match="column place has the type point, which no out_ table of etl has"):
        out_column("place", "point")


# Workbooks.


def test_values_without_text_format_or_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_values, "_MOST_MOMENTS", 1)
    values = Values(["x"], [NumberFormat.NUMBER, NumberFormat.DAY], is_1904=False)

    def said(kind: str, style: str, value: str | None, formula: str | None = None) -> tuple[str | None, str]:
        return values.text((kind, style, value, formula), CellType.TEXT)

    assert said("n", "0", None) == (None, "")
    assert said("n", "0", "", "A1+1")[0] == "=A1+1"
    assert said("s", "0", "7") == ("7", "names a text that the workbook does not have")
    assert said("n", "9", "1") == ("1", "names a format that the workbook does not have")
    text, why = said("n", "1", "soon")
    assert (text, bool(why)) == ("soon", True)
    # What is remembered of days does not grow without end.
    days = [said("n", "1", str(day)) for day in range(45_000, 45_010)]
    assert len(set(days)) == 10
    assert len(values._moments) <= 2
    assert said("x" * 30, "0", "1") == ("1", f"is of a kind that Excel does not know ({'x' * 20})")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", NumberFormat.NUMBER),
        ("0.00", NumberFormat.NUMBER),
        ("[h]:mm", NumberFormat.DURATION),
        ("hh:mm", NumberFormat.CLOCK),
    ],
)
def test_what_a_format_shows(code: str, shown: NumberFormat) -> None:
    assert format_of(code) is shown


def test_a_workbook_whose_texts_do_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", "", texts=[f"<t>{'x' * 100}</t>"] * 20)
    book = read_book(path)
    with Archive(path) as archive:
        assert len(read_texts(book, archive)) == 20
        monkeypatch.setattr(xlsx_book, "_MOST_TEXT_BYTES", 1_000)
        with pytest.raises(ConfigurationError, match="its texts do not fit into memory: save the sheet as CSV"):
            read_texts(book, archive)


def test_a_workbook_without_a_sheet_of_cells_or_without_a_part(tmp_path: Path) -> None:
    none = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    path = workbook(tmp_path / "none.xlsx", "", parts={"xl/_rels/workbook.xml.rels": none})
    with pytest.raises(ConfigurationError, match="has no sheet of cells"):
        read_book(path)
    plain = workbook(tmp_path / "plain.xlsx", "", parts={"xl/styles.xml": None})
    assert read_book(plain).sheets
    with Archive(plain) as archive, pytest.raises(ConfigurationError, match=r"it has no part xl/other\.xml"):
        list(archive.chunks("xl/other.xml"))


def test_a_part_that_is_packed_as_excel_does_not(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as more:
        more.writestr("xl/more.xml", b"<x/>")
    with Archive(path) as archive, pytest.raises(ConfigurationError, match="is packed in a way that Excel does not"):
        list(archive.chunks("xl/more.xml"))
