"""Cutting by whole blocks says what reading record by record says, or leaves it to that."""

import io

import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.files.csv_text import CsvFormat, cut, scan

CSV = CsvFormat()
_CELL = st.text(alphabet='a,"\n\r \\é', max_size=5)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@given(st.lists(st.lists(_CELL, min_size=2, max_size=2), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_well_written_rows_come_back_with_their_lines(rows: list[list[str]], end: str) -> None:
    lines, text = [], ""
    for row in rows:
        lines.append(1 + len(io.StringIO(text, newline=None).readlines()))
        text += ",".join(quoted(cell) for cell in row) + end
    found = scan(text.encode(), 1, CSV, 2, is_last=True)
    assert [[cell.decode() for cell in row if cell is not None] for row in found.rows] == rows
    assert (found.lines, found.malformed, found.end) == (lines, [], len(text.encode()))
    whole = cut(text.encode(), 1, b",")
    if whole is not None:
        assert (list(whole.lines), whole.end, whole.lines_used) == (lines, found.end, found.lines_used)


@given(st.text(alphabet='a,"\n\r', max_size=12))
@example('a,"x\ny\n')
@example('a"b,c\n"d",e\n')
@example('"a"b,c\n')
@example("a\rb\n")
def test_what_cut_takes_is_read_by_arrow_as_scan_reads_it(text: str) -> None:
    content = text.encode()
    whole = cut(content, 1, b",")
    if whole is None or not len(whole.lines):
        return
    found = scan(content[: whole.end], 1, CSV, 2, is_last=True)
    assert (found.end, found.lines_used) == (whole.end, whole.lines_used)
    assert sorted([*found.lines, *(one.line for one in found.malformed)]) == list(whole.lines)
    read = pa.csv.ReadOptions(column_names=["a", "b"])
    kinds = {"a": pa.binary(), "b": pa.binary()}
    convert = pa.csv.ConvertOptions(
        column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
    )
    parse = pa.csv.ParseOptions(newlines_in_values=True)
    try:
        table = pa.csv.read_csv(
            io.BytesIO(content[: whole.end]), read_options=read, parse_options=parse, convert_options=convert
        )
    except pa.ArrowInvalid:
        assert found.malformed
        return
    assert not found.malformed
    assert [list(row.values()) for row in table.to_pylist()] == found.rows


@given(st.binary(max_size=40).filter(lambda content: b"\0" not in content), st.integers(0, 40))
def test_a_buffer_cut_anywhere_gives_the_same_records(content: bytes, place: int) -> None:
    content = content.replace(b"\xff", b'"').replace(b"\xfe", b"\n").replace(b"\xfd", b",")
    whole = scan(content, 1, CSV, None, is_last=True)
    first = scan(content[:place], 1, CSV, None, is_last=False)
    if any("not closed" in one.reason for one in whole.malformed):
        return  # more of the file could have closed it
    second = scan(content[first.end :], 1 + first.lines_used, CSV, None, is_last=True)
    assert first.rows + second.rows == whole.rows
    assert first.lines + second.lines == whole.lines


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ('a,b\n"x"y,1\nc,d\n', {2: "text follows a closing quote"}),
        ('a,b\n"x,1\nc,d\n', {2: "a quote is opened and not closed"}),
        ("a,b\nx\nc,d\n", {2: "the row has 1 cells, the file 2 columns"}),
    ],
)
def test_after_a_malformed_row_reading_goes_on(text: str, reasons: dict[int, str]) -> None:
    found = scan(text.encode(), 1, CSV, 2, is_last=True)
    assert {one.line: one.reason[: len(reasons[one.line])] for one in found.malformed} == reasons
    assert found.rows == [[b"a", b"b"], [b"c", b"d"]]


def test_an_escape_counts_only_between_quotes() -> None:
    csv = CsvFormat(null="\\N", escape="\\")
    found = scan(b'\\N,"\\N","a\\"b""c\\\\"\n', 1, csv, 3, is_last=True)
    assert found.rows == [[None, b"\\N", b'a"b"c\\']]
