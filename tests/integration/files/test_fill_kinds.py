"""Parquet and Excel into in_ tables: typed columns, sheets, and what a spreadsheet does to values."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.integration.files.conftest import SqlClient


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_parquet_by_type(client: SqlClient) -> None:
    path = parquet(
        client.folder / "Client.parquet",
        in_id=pa.array([1, 2, 3]),
        name=pa.array(["a", "b", None]).dictionary_encode(),
        Amount=pa.array([1.1, float("nan"), 1e19]),
        Born=pa.array([date(2024, 1, 31), None, date(1, 1, 1)]),
        Seen=pa.array([datetime(2024, 1, 31, 10, 0, 0, 123456)] * 3, pa.timestamp("ns", "Asia/Almaty")),
        Month=pa.array([datetime(2024, 3, 1), None, None], pa.timestamp("ms")),
        Active=pa.array([True, None, False]),
        Kind=pa.array([5.0, None, 2.5]),
    )
    [reported] = client.fill(path, code=1)
    assert reported["examples"] == ["line 2: Amount is not finite: leave the cell empty"]
    born, seen = datetime(2024, 1, 31, 5, tzinfo=UTC), datetime(2024, 1, 31, 10, 0, 0, 123456, UTC)
    march, first = datetime(2024, 3, 1, tzinfo=UTC), datetime(1, 1, 1, 5, tzinfo=UTC)
    assert client.rows("in_id, name, amount, born, seen, month, active, kind") == [
        ("1", "a", Decimal("1.1"), born, seen, march, True, "5"),
        ("3", None, Decimal(10) ** 19, first, seen, None, False, "2.5"),
    ]


def test_a_parquet_column_of_another_kind_is_refused(client: SqlClient) -> None:
    path = parquet(client.folder / "Client.parquet", in_id=["a"], Born=[1], Name=[["list"]], Active=[1.5])
    said = client.refused("fill", path)
    assert "column Born is int64, which fills no time" in said
    assert "column Name is list" in said
    assert "column Active is double" in said
    assert "is not a Parquet file" in client.refused("fill", client.write("Client.parquet", "in_id\n"))


def test_every_sheet_named_after_a_table(client: SqlClient) -> None:
    path = workbook(
        client.folder / "all.xlsx",
        **{"Read me": [["hello"]]},
        in_Client=[["in_id", "Name", "Amount", "Born", "Active"], ["c-1", 42, 1.5, datetime(2024, 1, 31), True], []],
        in_Claim_Client=[["Claim_id", "Client_id"], ["k-1", "c-1"]],
    )
    reported = client.fill(path)
    assert [(one["table"], one["rows"]) for one in reported] == [("in_Client", 1), ("in_Claim_Client", 1)]
    born = datetime(2024, 1, 31, 5, tzinfo=UTC)
    assert client.rows("in_id, name, amount, born, active") == [("c-1", "42", Decimal("1.5"), born, True)]


def test_what_a_sheet_holds_is_never_calculated(client: SqlClient) -> None:
    path = workbook(client.folder / "x.xlsx", in_Client=[["in_id", "Name", "Amount"], ["c-1", None, None]] * 1)
    book = openpyxl.load_workbook(path)
    sheet: Any = book.active
    sheet["B2"].value, sheet["B2"].data_type = "=1+1", "s"
    sheet.append(["c-2", "=1+1", 1])
    sheet.append(["c-3", "#N/A", 1])
    sheet.append([7, date(2024, 1, 31), "1,5"])
    sheet["B4"].data_type = "e"
    book.save(path)
    [reported] = client.fill(path, code=1)
    assert client.rows("in_id, name") == [("c-1", "=1+1")]
    reasons = reported["examples"]
    assert reasons[0].startswith("line 3: Name is a formula without a result")
    assert reasons[1].startswith("line 4: Name is an error of Excel")
    assert reasons[2].startswith("line 5: Amount has a comma")


def test_a_sheet_by_name(client: SqlClient) -> None:
    path = workbook(client.folder / "book.xlsx", one=[["in_id"], ["c-1"]], two=[["in_id"], ["c-2"]])
    assert "no sheet is named after a table: `one`, `two`" in client.refused("fill", path)
    assert "say --sheet, one of `one`, `two`" in client.refused("fill", "Client", path)
    assert "has no sheet `three`" in client.refused("fill", "Client", path, "--sheet", "three")
    client.fill("Client", path, "--sheet", "two")
    assert client.rows("in_id") == [("c-2",)]
    assert "is not an Excel workbook" in client.refused("fill", client.write("Client.xlsx", "in_id\n"))
