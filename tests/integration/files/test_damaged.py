"""CSV and Parquet that break off, lie about themselves, or hold what no column does: exit 2, or a rejected row."""

import bz2
import gzip
import lzma
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl.files import csv_source
from tests.integration.files.conftest import SqlClient

LINES = b"in_id,Name\n" + b"".join(b"k%d,%d\n" % (n, n * 7919 % 100_003) for n in range(40_000))
PACKED = gzip.compress(LINES)


def flipped(content: bytes, *places: int) -> bytes:
    changed = bytearray(content)
    for place in places:
        changed[place] ^= 0x5A
    return bytes(changed)


@pytest.mark.parametrize(
    "content",
    [
        PACKED[:-1],
        PACKED[: len(PACKED) // 2],
        PACKED[:12],
        flipped(PACKED, -6),
        flipped(PACKED, -2),
        flipped(PACKED, len(PACKED) // 2),
        PACKED + b"garbage",
        PACKED + PACKED[:100],
        LINES,
    ],
    ids=["end", "half", "head", "sum", "size", "middle", "garbage", "second member", "not packed"],
)
def test_a_gzip_file_that_is_not_whole_is_unreadable(client: SqlClient, content: bytes) -> None:
    said = client.refused("fill", client.write("Client.csv.gz", content))
    assert "cannot be read, nothing of it is loaded" in said
    assert client.rows("1") == []


def test_what_is_packed_the_first_bytes_say(client: SqlClient) -> None:
    members = gzip.compress(b"in_id\na\n") + gzip.compress(b"b\n") + bytes(3)
    client.fill("Client", client.write("A.CSV.GZ", members))
    client.fill("Client", client.write("c.csv", gzip.compress(b"in_id\nc\n")))
    assert client.rows("in_id") == [("a",), ("b",), ("c",)]
    others = (bz2.compress(LINES), lzma.compress(LINES), b"PK\3\4", b"PAR1", b"\x28\xb5\x2f\xfd")
    for content in others:
        assert "unpack it first, or pack it with gzip" in client.refused("fill", client.write("Client.csv", content))


@pytest.mark.nightly
def test_a_gzip_file_that_grows_without_end_is_given_up(client: SqlClient) -> None:
    bomb = gzip.compress(b"in_id\na\n" + b"\n" * 90_000_000)
    assert "as no table of data is" in client.refused("fill", client.write("Client.csv.gz", bomb))
    assert client.rows("1") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"in_id," + b"Name," * 20_000 + b"\n", "has 20,002 columns"),
        (b"in_id" + b"," * 300_000 + b"\na\n", "has 300,001 columns"),
        (b"in_id," * 300_000, "its first line has no end within 1,048,576 bytes"),
        (b'in_id,"' + b"x" * 3_000_000 + b'"\na,b\n', "its first line has no end within"),
        (b"in_id," + b",".join(b"x%d" % n for n in range(900)) + b"\n", "`x0` is not a column"),
    ],
)
def test_headers_without_end(client: SqlClient, content: bytes, reason: str) -> None:
    said = client.refused("fill", client.write("Client.csv", content))
    assert reason in said
    assert len(said) < 10_000


def test_a_text_cut_off_within_a_letter_is_not_passed_over(client: SqlClient) -> None:
    content = "in_id\na\nb\n".encode("utf-16")[:-1]
    said = client.refused("fill", client.write("Client.csv", content), "--encoding", "utf-16")
    assert "is not in the encoding utf-16" in said
    assert "is not known" in client.refused("fill", client.write("Client.csv", content), "--encoding", "base64")


def test_lines_that_end_oddly_and_quotes_that_stay_open(client: SqlClient) -> None:
    client.fill("Client", client.write("cr.csv", b"in_id,Name\ra,1\rb,2"))
    [reported] = client.fill("Client", client.write("open.csv", b'in_id,Name\nc,1\nd,"open\ne,2\n'), code=1)
    assert reported["examples"] == ["line 3: a quote is opened and not closed: close it, or double it"]
    [reported] = client.fill("Client", client.write("nul.csv", b"in_id,Name\nf,a\0b\n\0,1\ng,\xff\xfe\n"), code=1)
    assert [one.split(":")[0] for one in reported["examples"]] == ["line 2", "line 3", "line 4"]
    assert client.rows("in_id, name", order="in_id") == [("a", "1"), ("b", "2"), ("c", "1"), ("e", "2")]


@pytest.mark.parametrize(
    "large",
    ["x" * 3000, '"' + "x\n" * 1500 + '"', '"' + 'a""\n' * 700 + '"', "x" * 1000 + "\x00" + "ж" * 1000],
    ids=["plain", "lines", "quotes", "letters"],
)
def test_a_record_too_large_to_be_held_rejects_its_row(
    client: SqlClient, monkeypatch: pytest.MonkeyPatch, large: str
) -> None:
    monkeypatch.setattr(csv_source, "_MAX_RECORD_BYTES", 1000)
    monkeypatch.setattr(csv_source, "_CHUNK_BYTES", 64)
    path = client.write("Client.csv", f"in_id,Name\na,1\nb,{large}\nc,{{\nd,4\n")
    [reported] = client.fill(path, code=1)
    assert reported["examples"][0] == "line 3: the row has over 1,000 bytes"
    assert client.rows("in_id") == [("a",), ("c",), ("d",)]
    bad = client.write("Client.csv", f"in_id,Name\ne,1\nf,{large}\ng,5,6\n")
    [reported] = client.fill(bad, code=1)
    lines = large.count("\n")
    assert reported["examples"][1] == f"line {4 + lines}: the row has 3 cells, the file 2 columns"


def test_a_record_of_more_cells_than_anyone_needs_is_counted(client: SqlClient) -> None:
    path = client.write("Client.csv", "in_id,Name\na,1\nb" + "," * 100_000 + '\nc,"2"' + "," * 5000 + '"x\ny"\nd,3\n')
    [reported] = client.fill(path, code=1)
    assert reported["examples"] == [
        "line 3: the row has 100001 cells, the file 2 columns",
        "line 4: the row has 5002 cells, the file 2 columns",
    ]
    assert client.rows("in_id") == [("a",), ("d",)]


def parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip"])
def test_damaged_pages_are_unreadable(client: SqlClient, compression: str) -> None:
    keys = {"in_id": [f"k{n}" for n in range(20_000)], "Name": [f"{n * 7919 % 100_003}" for n in range(20_000)]}
    path = parquet(
        client.folder / "Client.parquet", keys, row_group_size=5000, compression=compression, write_page_checksum=True
    )
    whole = path.read_bytes()
    middle = len(whole) * 6 // 10
    for content in (flipped(whole, *range(middle, middle + 400)), flipped(whole, middle), whole[: middle * 3 // 2]):
        path.write_bytes(content)
        assert "cannot be read, nothing of it is loaded" in client.refused("fill", path)
    assert client.rows("1") == []


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"PARE" * 20, b"PAR1" + b"\xff" * 60 + b"PAR1"])
def test_footers_that_are_none(client: SqlClient, content: bytes) -> None:
    assert "is not a Parquet file, or is damaged" in client.refused("fill", client.write("Client.parquet", content))


FAR = datetime(9999, 12, 31)


def test_old_times_keep_their_year(client: SqlClient) -> None:
    times = [
        FAR,
        datetime(1, 1, 1),
        datetime(1582, 10, 4),
        datetime(2262, 4, 12),
        datetime(1677, 9, 20, 1, 2, 3, 456_789),
    ]
    columns = {"in_id": [str(n) for n in range(5)], "Seen": pa.array(times, pa.timestamp("us"))}
    client.fill(parquet(client.folder / "Client.parquet", columns, use_deprecated_int96_timestamps=True))
    assert [seen for (seen,) in client.rows("seen")] == [one.replace(tzinfo=UTC) for one in times]


def test_an_old_time_beyond_64_bits_does_not_wrap(client: SqlClient) -> None:
    columns = {"in_id": ["a", "b"], "Seen": pa.array([FAR, datetime(2024, 1, 31)], pa.timestamp("us"))}
    options = {"use_deprecated_int96_timestamps": True, "use_dictionary": False, "compression": "none"}
    path = parquet(client.folder / "Client.parquet", columns, **options)
    julian = (2_440_588 + (FAR - datetime(1970, 1, 1)).days).to_bytes(4, "little")
    # A day whose microseconds wrap to one of 1970.
    wrapping = (2_440_588 + 2**64 // 86_400_000_000).to_bytes(4, "little")
    content = path.read_bytes()
    assert content.count(bytes(8) + julian) >= 1
    path.write_bytes(content.replace(bytes(8) + julian, bytes(8) + wrapping))
    [reported] = client.fill(path, code=1)
    assert reported["examples"] == ["line 1: Seen is outside the years 1 to 9999"]
    assert client.rows("in_id") == [("b",)]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("Seen", pa.array([2**63 - 1, 0], pa.timestamp("us"))),
        ("Seen", pa.array([2**52, 0], pa.timestamp("s"))),
        ("Seen", pa.array([-(2**62), 0], pa.timestamp("ms", "UTC"))),
        ("Seen", pa.array([253_402_300_800, 0], pa.timestamp("s", "Foo/Bar"))),
        ("Born", pa.array([2**31 - 1, 0], pa.date32())),
        ("Born", pa.array([-(2**31), 0], pa.date32())),
        ("Born", pa.array([86_400_000 * 3_000_000, 0], pa.date64())),
        ("Name", pa.array([2**63 - 1, 0], pa.timestamp("us"))),
        ("Name", pa.array([-(2**63) + 1, 0], pa.timestamp("ms", "Asia/Almaty"))),
        ("Name", pa.array([2**31 - 1, 0], pa.date32())),
        ("Amount", pa.array([Decimal("1e21"), Decimal(0)], pa.decimal256(40, 2))),
        ("Amount", pa.array([float("inf"), 0.0], pa.float32())),
        ("Name", pa.array(["a\0b", "0"])),
        ("Name", pa.array([b"\xff", b"0"]).view(pa.string())),
        ("Name", pa.array([b"\xd0", b"0"]).view(pa.string()).dictionary_encode()),
        ("Kind", pa.array(["x" * 33, "0"], pa.large_string())),
        ("Active", pa.array([2, 0], pa.uint8())),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else str(value),
)
def test_values_that_no_column_holds_reject_their_row(client: SqlClient, column: str, values: pa.Array) -> None:
    path = parquet(client.folder / "Client.parquet", {"in_id": ["bad", "good"], column: values}, store_schema=False)
    [reported] = client.fill(path, code=1)
    assert client.rows("in_id") == [("good",)]
    assert reported["examples"][0].startswith(f"line 1: {column} ")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (pa.array([1_706_693_400_123_456_789], pa.timestamp("ns")), "2024-01-31T09:30:00.123456789"),
        (pa.array([1_706_693_400_123_456_000], pa.timestamp("ns")), "2024-01-31T09:30:00.123456"),
        (pa.array([1_706_693_400], pa.timestamp("s", "Foo/Bar")), "2024-01-31T09:30:00+00:00"),
        (pa.array([1_706_693_400], pa.timestamp("s", "Asia/Almaty")), "2024-01-31T15:30:00+06:00"),
        (pa.array([1_706_693_400], pa.timestamp("s", "-03:30")), "2024-01-31T06:00:00-03:30"),
        (pa.array([-62_135_596_800_000], pa.timestamp("ms", "-03:30")), "0001-01-01T00:00:00+00:00"),
        (pa.array([date(1, 1, 1)]), "0001-01-01"),
        (pa.array([Decimal("1.20")]), "1.20"),
        (pa.array([2.5], pa.float16()), "2.5"),
        (pa.array([2**64 - 1], pa.uint64()), "18446744073709551615"),
        (pa.array(["ж"], pa.large_string()), "ж"),
        (pa.array([None], pa.null()), None),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else str(value),
)
def test_typed_values_as_texts(client: SqlClient, values: pa.Array, wanted: str | None) -> None:
    client.fill(parquet(client.folder / "Client.parquet", {"in_id": ["a"], "Name": values}))
    assert client.rows("name") == [(wanted,)]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        pa.array([b"x"]),
        pa.array([1], pa.time64("us")),
        pa.array([1], pa.duration("s")),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else str(value),
)
def test_types_that_fill_no_text_are_refused_by_name(client: SqlClient, values: pa.Array) -> None:
    path = parquet(client.folder / "Client.parquet", {"in_id": ["a"], "Name": values})
    assert "column Name is" in client.refused("fill", path)


def test_files_without_rows_and_with_a_name_twice(client: SqlClient) -> None:
    empty = pa.table({"in_id": pa.array([], pa.string())})
    pq.ParquetWriter(client.folder / "Client.parquet", empty.schema).close()
    [reported] = client.fill(client.folder / "Client.parquet")
    assert reported["rows"] == 0
    twice = pa.table([["a"], ["b"], ["c"]], names=["in_id", "Name", "Name"])
    pq.write_table(twice, client.folder / "Client.parquet")
    assert "column Name stands twice" in client.refused("fill", client.folder / "Client.parquet")
    wide = pa.table({f"c{n}": [1] for n in range(17_000)})
    pq.write_table(wide, client.folder / "Client.parquet")
    assert "has 17,000 columns" in client.refused("fill", client.folder / "Client.parquet")
