"""Files that break off, have another form than their name says, or hold nothing but ends of lines."""

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl.errors import ConfigurationError
from etl.files import csv_source, parquet_out
from etl.files.block import Block
from etl.files.checks import check, fits
from etl.files.csv_text import CsvFormat, scan
from etl.files.header import match_header
from etl.files.loading import Loading, loaded_blocks
from etl.files.rejects import Rejects
from etl.files.sources import FileFormat, TableFile, pairs, reject_path
from etl.files.target import CellType, InColumn, InTable

COLUMNS = tuple(InColumn(name, CellType.TEXT) for name in ("in_id", "out_id", "name"))
TABLE = InTable("in_Client", COLUMNS, ("in_id",), (), any_of=("in_id", "out_id"))


def opened(path: Path, content: bytes, **options: Any) -> TableFile:
    path.write_bytes(content)
    [file] = pairs({"in_client": TABLE}, None, [path], FileFormat(**options))
    return file


def blocks(path: Path, content: bytes, **options: Any) -> list[Block]:
    return list(opened(path, content, **options).source.blocks())


def rows(found: list[Block]) -> list[tuple[str | None, ...]]:
    return [row for block in found for row in zip(*(one.to_pylist() for one in block.columns), strict=True)]


def refused(path: Path, content: bytes, **options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        blocks(path, content, **options)
    return str(caught.value)


def loaded(file: TableFile, encoding: str = "UTF8") -> tuple[str, list[str]]:
    """What COPY gets, and why rows are rejected."""
    rejects = Rejects(file.source.name, file.source.layout, None)
    loading = Loading(file, 1_000, rejects, lambda *_: None, encoding=encoding)
    return b"".join(bytes(one) for one in loaded_blocks(loading)).decode(), rejects.examples


def test_a_name_that_promises_gzip(tmp_path: Path) -> None:
    path = tmp_path / "in_Client.csv.gz"
    assert "is not packed with gzip, as its name says" in refused(path, b"in_id\nc1\n")
    assert rows(blocks(path, gzip.compress(b"in_id\nc1\n"))) == [("c1",)]
    assert "is empty: not even a header names its columns" in refused(path, b"")


def test_a_last_letter_that_is_cut_off_is_found_in_its_cell(tmp_path: Path) -> None:
    content = "in_id,name\nc1,道".encode("gbk")[:-1]
    [block] = blocks(tmp_path / "in_Client.csv", content, encoding="gbk")
    assert rows([block])[0][0] == "c1"
    assert block.faults == {(0, 1): csv_source._NOT_UTF8}


@pytest.mark.parametrize("end", [b"", b"\n\n\n", b"\r", b"\r\n\r", b"\n\r"])
def test_ends_of_lines_behind_the_last_row_are_no_rows(tmp_path: Path, end: bytes) -> None:
    assert rows(blocks(tmp_path / "in_Client.csv", b"in_id\nc1\n" + end)) == [("c1",)]


def test_an_end_of_a_line_of_which_half_is_read() -> None:
    half = scan(b"a,b\r", 1, CsvFormat(), 2, is_last=False)
    assert (half.rows, half.end) == ([], 0)
    whole = scan(b"a,b\r\n", 1, CsvFormat(), 2, is_last=False)
    assert (whole.rows, whole.end) == ([[b"a", b"b"]], 5)


def test_a_record_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in_Client.csv"
    monkeypatch.setattr(csv_source, "_MAX_RECORD_BYTES", 1_000)
    monkeypatch.setattr(csv_source, "_CHUNK_BYTES", 64)
    assert "in_Client.csv:3: a record begins here that has no end" in refused(
        path, b'in_id,name\nc1,one\nc2,"' + b"x\n" * 2_000
    )
    assert "its first line has no end within 64 bytes" in refused(path, b'in_id,"' + b"x" * 3_000)


def test_a_row_needs_one_of_its_ids(tmp_path: Path) -> None:
    file = opened(tmp_path / "in_Client.csv", b"in_id,out_id,name\nc1,,a\n,,b\n,o3,c\n")
    assert file.source.layout == match_header(["in_id", "out_id", "name"], TABLE, file.source.name)
    copied, reasons = loaded(file)
    assert copied == "c1\t\\N\ta\n\\N\to3\tc\n"
    assert reasons == ["line 3: in_id and out_id are both empty: nothing says whose row it is"]


def test_letters_that_the_database_lacks(tmp_path: Path) -> None:
    copied, [reason] = loaded(opened(tmp_path / "in_Client.csv", "in_id,name\nc1,é\nc2,ж\n".encode()), "LATIN1")
    assert copied == "c1\té\n"
    assert reason.startswith("line 3: name ")


def test_texts_of_a_parquet_file_that_are_not_utf_8(tmp_path: Path) -> None:
    """The file says that they are texts; its bytes say otherwise."""
    offsets, data = pa.array([0, 2, 3, 5], pa.int32()).buffers()[1], pa.py_buffer(b"c1\xffc3")
    broken = pa.Array.from_buffers(pa.string(), 3, [None, offsets, data])
    path = tmp_path / "in_Client.parquet"
    pq.write_table(pa.table({"in_id": broken, "name": pa.array(["a", "b", None])}), path)
    [file] = pairs({"in_client": TABLE}, None, [path], FileFormat())
    [block] = file.source.blocks()
    assert rows([block]) == [("c1", "a"), ("\\xff", "b"), ("c3", None)]
    assert block.faults == {(1, 0): "is not in UTF-8, though the file says so"}


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array(["a", None], pa.large_string()), ["a", None]),
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_other_kinds_of_texts(values: pa.Array, texts: list[str | None]) -> None:
    column = InColumn("name", CellType.TEXT)
    assert fits(column, values.type)
    assert check(column, values, 100).texts.to_pylist() == texts


def test_content_of_files_among_the_rejects(tmp_path: Path) -> None:
    """As it can be filled again."""
    table = InTable("in_fileStorage", (InColumn("id", CellType.TEXT), InColumn("content", CellType.BYTES)), ("id",), ())
    path, target = tmp_path / "in_fileStorage.parquet", tmp_path / "rejects.csv"
    pq.write_table(pa.table({"id": ["f1"], "content": [b"\x00\xff"]}), path)
    [file] = pairs({"in_filestorage": table}, None, [path], FileFormat())
    rejects = Rejects(file.source.name, file.source.layout, lambda: target)
    [block] = file.source.blocks()
    rejects.add(block, {0: [(1, "is bad")]})
    rejects.finish()
    assert target.read_text().splitlines()[1] == (f'"{path}","1","content","\\x00ff","content is bad","f1","\\x00ff"')


@pytest.mark.parametrize("name", ["a.csv", "a.CSV.gz", "a.rejected.csv", "a.parquet", "a.xlsx"])
def test_where_rejected_rows_go(tmp_path: Path, name: str) -> None:
    assert reject_path(tmp_path / name) == tmp_path / "a.rejected.csv"
    (tmp_path / "a.rejected.csv").write_text("")
    assert reject_path(tmp_path / name) == tmp_path / "a.rejected-2.csv"


def test_row_groups_are_cut_by_rows_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [pa.table({"n": list(range(size))}) for size in (3, 3, 3, 1)]
    monkeypatch.setattr(parquet_out, "_GROUP_ROWS", 6)
    assert [one.num_rows for one in parquet_out._groups(iter(tables))] == [6, 4]
    monkeypatch.setattr(parquet_out, "_GROUP_BYTES", 1)
    assert [one.num_rows for one in parquet_out._groups(iter(tables))] == [3, 3, 3, 1]
