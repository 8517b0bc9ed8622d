"""`etl export`: what readers see, in files, whole or not at all."""

import csv
import json
import os
import random
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from tests.fix_company import OUT
from tests.integration.files.conftest import SqlClient

NAMES = ["", "a", "a\nb", '"', "\\.", "\\N", "Й", "🦄", ",", "\r\n", " x "]


@pytest.fixture
def loaded(client: SqlClient) -> SqlClient:
    rows = "".join(f'c-{n},"{name.replace(chr(34), chr(34) * 2)}",{n}.5,new\n' for n, name in enumerate(NAMES))
    client.fill(client.write("Client.csv", f"in_id,Name,Amount,Kind\n{rows}c-x,,,old\n"))
    client.fill(client.write("Claim.csv", "in_id,Title\nk-1,t\n"))
    client.fill("--submit", client.write("in_Claim_Client.csv", "Claim_id,Client_id\nk-1,c-1\n"))
    assert client.site.run().run
    return client


def test_every_table_typed(loaded: SqlClient) -> None:
    folder = loaded.folder / "out"
    reported = loaded.export("-o", folder)
    assert reported["schema"] == OUT
    assert {one["table"]: one["rows"] for one in reported["tables"]} == {
        "client": len(NAMES) + 1,
        "claim": 1,
        "_claim_client_": 1,
    }
    table = pq.read_table(folder / "client.parquet")
    kinds = dict(zip(table.schema.names, table.schema.types, strict=True))
    assert (kinds["id"], kinds["amount"]) == (pa.int64(), pa.decimal128(24, 4))
    assert (kinds["inserted_at"], kinds["active"]) == (pa.timestamp("us", "UTC"), pa.bool_())
    assert (kinds["name"], kinds["kind"]) == (pa.string(), pa.string())
    read = [tuple(row.values()) for row in table.sort_by("id").to_pylist()]
    assert read == [tuple(row.values()) for row in loaded.site.look(f"select * from {OUT}.client order by id")]
    assert sorted(row[6] for row in read if row[6] is not None) == sorted(NAMES)
    size = next(one["bytes"] for one in reported["tables"] if one["table"] == "client")
    assert size == (folder / "client.parquet").stat().st_size
    [link] = pq.read_table(folder / "_claim_client_.parquet").to_pylist()
    assert link["client_id"] in {row[3] for row in read}


def test_csv_of_one_table(loaded: SqlClient) -> None:
    folder = loaded.folder / "out"
    loaded.export("Client", "--format", "csv", "-o", folder)
    assert [path.name for path in folder.iterdir()] == ["client.csv"]
    with (folder / "client.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["name"] for row in rows) == sorted([*NAMES, ""])
    assert ',"",' in (folder / "client.csv").read_text()


def test_in_parts(loaded: SqlClient) -> None:
    folder = loaded.folder / "out"
    for _ in range(2):
        reported = loaded.export("client", "--partition-by", "Kind", "-o", folder)
    assert sorted(path.name for path in (folder / "client").iterdir()) == ["kind=new", "kind=old"]
    assert [path.name for path in folder.iterdir()] == ["client"]
    assert ds.dataset(folder / "client", partitioning="hive").to_table().num_rows == reported["tables"][0]["rows"]
    loaded.export("--partition-by", "inserted_at", "-o", folder)
    [month] = (folder / "claim").iterdir()
    assert month.name == f"inserted_at_month={datetime.now(UTC):%Y-%m}"
    assert "only Parquet" in loaded.refused("export", "--partition-by", "kind", "--format", "csv", "-o", folder)
    assert "no exported table has a column `x`" in loaded.refused("export", "--partition-by", "x", "-o", folder)


def test_since(loaded: SqlClient) -> None:
    folder = loaded.folder / "out"
    loaded.site.look(f"update {OUT}.client set inserted_at = '2020-01-01 00:00Z', updated_at = null where kind = 'new'")
    reported = loaded.export("client", "claim", "--since", "2020-01-01 00:00:01", "-o", folder)
    assert [one["rows"] for one in reported["tables"]] == [1, 1]
    assert pq.read_table(folder / "client.parquet")["kind"].to_pylist() == ["old"]


def test_a_version_by_name(loaded: SqlClient) -> None:
    folder = loaded.folder / "out"
    for version in ("1", "1_1", OUT, OUT.upper()):
        assert loaded.export("--version", version, "-o", folder)["schema"] == OUT
    views = loaded.export("--version", "out_demo", "-o", folder / "views")["tables"]
    assert {one["table"]: one["rows"] for one in views}["client"] == len(NAMES) + 1
    said = loaded.refused("export", "--version", "7", "-o", folder)
    assert said == f"there is no out_ schema out_demo_1_7; versions: {OUT}"
    said = loaded.refused("export", "clients", "-o", folder)
    assert "did you mean client?; tables: _claim_client_, claim, client" in said


def test_what_parquet_cannot_hold_is_reported(loaded: SqlClient) -> None:
    folder = loaded.folder / "out"
    loaded.export("-o", folder)
    before = (folder / "client.parquet").read_bytes()
    loaded.site.look(f"update {OUT}.client set seen = 'infinity', amount = 'NaN' where kind = 'old'")
    said = loaded.refused("export", "-o", folder, code=4)
    assert f"{OUT}.client holds infinite values or times outside the years 1 to 9999 in" in said
    assert "amount (1 rows), seen (1 rows): write them as null with --unfit null" in said
    assert (folder / "client.parquet").read_bytes() == before
    assert not list(folder.glob(".*"))
    loaded.export("client", "--unfit", "null", "-o", folder)
    assert pq.read_table(folder / "client.parquet")["seen"].null_count == len(NAMES) + 1
    loaded.export("--format", "csv", "-o", folder)
    assert "infinity" in (folder / "client.csv").read_text()


def test_all_tables_show_one_moment(loaded: SqlClient) -> None:
    """While an earlier table waits for a lock, rows of a later one are committed: the files do not show them."""
    database = loaded.site.database
    place = {"host": database.host, "port": database.port, "dbname": database.name, "user": database.username}
    with psycopg.connect(**place) as session:  # type: ignore[arg-type]
        session.execute(f"lock table {OUT}.claim in access exclusive mode")
        process = loaded.site.start("export", "--json", "-o", "out")
        loaded.site.wait_for_blocked()
        session.execute(f"insert into {OUT}.client (system_id) values ('late')")
    out, err = process.communicate(timeout=60)
    assert err == ""
    assert {one["table"]: one["rows"] for one in json.loads(out)["tables"]}["client"] == len(NAMES) + 1
    assert loaded.site.count(f"{OUT}.client") == len(NAMES) + 2


def test_a_killed_export_leaves_no_file_under_its_name(loaded: SqlClient) -> None:
    database, folder = loaded.site.database, loaded.site.home / "out"
    place = {"host": database.host, "port": database.port, "dbname": database.name, "user": database.username}
    with psycopg.connect(**place) as session:  # type: ignore[arg-type]
        session.execute(f"lock table {OUT}.client in access exclusive mode")
        process = loaded.site.start("export", "-o", "out")
        loaded.site.wait_for_blocked()
        process.kill()
        process.communicate(timeout=60)
    assert [path for path in folder.iterdir() if not path.name.startswith(".")] == []
    loaded.export("-o", folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "_claim_client_.parquet",
        "claim.parquet",
        "client.parquet",
    ]


def test_fifty_thousand_rows_come_back_equal(loaded: SqlClient, tmp_path: Path) -> None:
    loaded.site.look(
        f"insert into {OUT}.client (system_id, system_created_at, name, amount, active, seen) "
        "select 's' || n, now(), nullif(repeat('ж', n % 40), ''), n / 7.0, n % 3 = 0, "
        "timestamptz '0001-01-01 00:00Z' + n * interval '70 days 3.000001 sec' from generate_series(1, 50000) n"
    )
    folder = tmp_path / "out"
    loaded.export("client", "-o", folder)
    read = pq.read_table(folder / "client.parquet").sort_by("id").to_pylist()
    rows = loaded.site.look(f"select * from {OUT}.client order by id")
    assert read == rows
    assert random.choice(rows[100:])["amount"] != Decimal(0)


FORMULAS = [
    "=1+1",
    "+7 701 123",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " \u00a0=1",
    "\ufeff=1",
    "＝1",
    "－1+1",
]
PLAIN = ["-5", "+7", "-1.5", "a=1", "", "'=1", "1-1", "e@mail.kz", "\t"]


def test_formulas_are_texts_where_people_read_them(loaded: SqlClient) -> None:
    loaded.site.look(f"delete from {OUT}.client")
    values = [*FORMULAS, *PLAIN]
    quoted = ", ".join(f"({n}, 's{n}', $q${text}$q$)" for n, text in enumerate(values))
    loaded.site.look(f"insert into {OUT}.client (id, system_id, name) values {quoted}")
    folder = loaded.folder / "out"
    for options, wanted in (
        ([], values),
        (["--spreadsheet"], [f"'{one}" for one in FORMULAS] + PLAIN),
    ):
        loaded.export("client", "--format", "csv", *options, "-o", folder)
        with (folder / "client.csv").open(newline="", encoding="utf-8") as file:
            found = {row["system_id"]: row["name"] for row in csv.DictReader(file)}
        assert [found[f"s{n}"] for n in range(len(values))] == wanted
    assert "only CSV is written for spreadsheets" in loaded.refused("export", "--spreadsheet", "-o", folder)


def test_no_one_else_reads_what_is_exported(loaded: SqlClient) -> None:
    folder = loaded.folder / "out"
    folder.mkdir()
    (folder / "client.csv").write_text("old")
    (folder / "client.csv").chmod(0o666)
    loaded.export("--format", "csv", "-o", folder)
    loaded.export("-o", folder)
    loaded.export("client", "--partition-by", "kind", "-o", folder / "parts")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 6
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_an_export_writes_through_no_link(loaded: SqlClient) -> None:
    folder, elsewhere = loaded.folder / "out", loaded.folder / "elsewhere"
    folder.mkdir()
    elsewhere.write_text("not ours")
    (folder / f".client.csv.part-{os.getpid()}").symlink_to(elsewhere)
    (folder / "client.csv").symlink_to(elsewhere)
    loaded.export("client", "--format", "csv", "-o", folder)
    assert elsewhere.read_text() == "not ours"
    assert not (folder / "client.csv").is_symlink()
