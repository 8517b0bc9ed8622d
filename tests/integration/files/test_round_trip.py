"""Whatever a cell holds, the in_ table gets what was meant, from each kind of file, or the row comes back."""

import random
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.files.conftest import SqlClient

ROWS = 400
COLUMNS = ("in_id", "Name", "Amount", "Seen", "Born", "Active", "Kind")
BORN_ZONE = timezone(timedelta(minutes=-300))

TEXTS = [
    "=1+1", "@cmd", "\\.", "a\n\\.\nb", "\\N", "\\\\n", '"', '""', "'", ",", ";", "a\tb", "\n", " leading", "trailing ",
    "NULL", "null", "None", "NaN", "🦄", "👩\u200d🚀", unicodedata.normalize("NFC", "Й ё é"),
    unicodedata.normalize("NFD", "Й ё é"), "\u202eabc", "\ufeffbom", "\x7f", "x" * 10_000, "{}", "%s", ":name", "1e400",
]  # fmt: skip
CONTROLS = ["\r", "a\r\nb", "\x01", "\x1b[31m", "\x0b", "\u2028", "\x85"]


def texts(dice: random.Random, pool: Sequence[str]) -> str:
    return "".join(dice.choice(pool) for _ in range(dice.choice((1, 1, 1, 2, 3))))


def number(dice: random.Random) -> tuple[str, Decimal]:
    written = dice.choice(
        ["0", "-0", "+7", ".5", "5.", "1e3", "-2.5E-3", "00012.10", "99999999999999999999.9999", "-0.00005", "0.00004"]
        + [str(Decimal(dice.randrange(-(10**14), 10**14)).scaleb(-dice.randrange(0, 9))) for _ in range(5)]
    )
    return written, Decimal(written).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def moment(dice: random.Random, zone: timezone) -> tuple[str, datetime]:
    any_time = datetime(1900, 1, 1) + timedelta(seconds=dice.randrange(10**10), microseconds=dice.randrange(10**6))
    rare = [
        datetime(1, 1, 2),
        datetime(9999, 12, 30),
        datetime(2000, 2, 29),
        datetime(1999, 12, 31, 23, 59, 59, 999_999),
    ]
    day = dice.choice([any_time, *rare])
    own = dice.choice([None, UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-12))])
    kind = dice.choice("dmsf")
    if kind == "d" and own is None:
        return f"{day.date()}", datetime(day.year, day.month, day.day, tzinfo=zone)
    timespec = {"d": "minutes", "m": "minutes", "s": "seconds", "f": "microseconds"}[kind]
    kept = datetime.fromisoformat(day.isoformat(timespec=timespec)).replace(tzinfo=own)
    text = kept.isoformat(dice.choice(" T"), timespec=timespec)
    return text.replace("+00:00", "Z"), kept.replace(tzinfo=own or zone)


def drawn(dice: random.Random, pool: Sequence[str]) -> tuple[list[list[str | None]], list[tuple[Any, ...]]]:
    """(what is written, what is meant)."""
    written, meant = [], []
    for line in range(ROWS):
        name = dice.choice([None, "", texts(dice, pool), texts(dice, pool), texts(dice, pool)])
        amount = dice.choice([(None, None), number(dice)])
        seen, born = (
            dice.choice([(None, None), moment(dice, UTC)]),
            dice.choice([(None, None), moment(dice, BORN_ZONE)]),
        )
        active = dice.choice([(None, None), ("true", True), ("No", False), ("1", True)])
        kind = dice.choice([None, "new", "Щ" * 32])
        row = (f"c-{line:04}", name, amount, seen, born, active, kind)
        written.append([one[0] if isinstance(one, tuple) else one for one in row])
        meant.append(tuple(one[1] if isinstance(one, tuple) else one for one in row))
    return written, meant


def with_header(rows: list[list[str | None]]) -> list[list[str | None]]:
    return [[*COLUMNS], *rows]


def as_csv(folder: Path, rows: list[list[str | None]], dice: random.Random) -> Path:
    def cell(value: str | None) -> str:
        if value is None:
            return ""
        plain = value and not set(value) & set('",\r\n') and dice.random() < 0.5
        return value if plain else '"' + value.replace('"', '""') + '"'

    end = dice.choice(["\n", "\r\n"])
    text = "".join(",".join(map(cell, row)) + end for row in with_header(rows))
    path = folder / "in_Client.csv"
    path.write_bytes(text.encode())
    return path


def as_parquet(folder: Path, rows: list[list[str | None]], dice: random.Random) -> Path:
    path = folder / "in_Client.parquet"
    kinds = [pa.string(), pa.large_string(), pa.string_view()]
    columns = [pa.array(values, dice.choice(kinds)) for values in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, names=list(COLUMNS)), path, row_group_size=dice.choice([7, 1000]))
    return path


def as_excel(folder: Path, rows: list[list[str | None]], dice: random.Random) -> Path:
    path = folder / "in_Client.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for number_, row in enumerate(with_header(rows), 1):
        for place, value in enumerate(row, 1):
            if value is not None:
                cell = sheet.cell(number_, place, value)
                cell.data_type = "s"
    book.save(path)
    return path


KINDS: dict[str, tuple[Callable[[Path, list[list[str | None]], random.Random], Path], list[str]]] = {
    "csv": (as_csv, TEXTS + CONTROLS),
    "parquet": (as_parquet, TEXTS + CONTROLS),
    # XML has no control characters, and reads each line end as \n.
    "excel": (as_excel, TEXTS),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_meant_arrives(client: SqlClient, kind: str) -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    write, pool = KINDS[kind]
    written, meant = drawn(dice, pool)
    [reported] = client.fill(write(client.folder, written, dice), code=0)
    assert (reported["rows"], reported["rejected"]) == (ROWS, 0)
    # An empty cell of a sheet is null; a text of no letters is none there either.
    expected = [(*row[:1], row[1] or None, *row[2:]) for row in meant] if kind == "excel" else meant
    assert client.rows("in_id, name, amount, seen, born, active, kind", order="in_id") == expected


BAD = {
    "Amount": ["1e400", "NaN", "-Infinity", "inf", "1,5", "1 000", "0x1f", "1_0", "100000000000000000000", "--1", "1e",
               "99999999999999999999.99995", "five", "."],
    "Seen": ["infinity", "-infinity", "2024-02-30", "0000-01-01", "10000-01-01", "2024-01-31 25:00", "31.01.2024",
             "2024-01-31 10:00+16:00", "now", "today", "epoch", "2024-1-1", "20240131", "10:00", "2024-13"],
    "Active": ["maybe", "2", "-1", "tr ue"],
    "Name": ["a\0b"],
    "Kind": ["x" * 33],
    "in_id": ["x" * 101],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_nothing_else_arrives(client: SqlClient, kind: str) -> None:
    written: list[list[str | None]] = []
    for column, values in BAD.items():
        for value in values:
            row: dict[str, str | None] = {"in_id": f"c-{len(written)}", column: value}
            written.append([row.get(name) for name in COLUMNS])
            written.append([f"good-{len(written)}", "x", "1", None, None, None, None])
    write, _ = KINDS[kind]
    [reported] = client.fill(write(client.folder, written, random.Random(1)), code=1)
    assert reported["rejected"] == len(written) / 2
    assert all(in_id.startswith("good-") for (in_id,) in client.rows("in_id"))
    assert len(client.rows("in_id")) == len(written) / 2
    # Corrected, such a file is filled as it is; uncorrected, the same rows come back.
    [again] = client.fill("Client", reported["rejects"], code=1)
    assert (again["rows"], again["rejected"]) == (0, reported["rejected"])
