"""Real files and many rows, by the real command: openflights.org into in_ tables, and memory that stays flat."""

import io
import json
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.acceptance import openflights
from tests.fix_company import CLAIMS, OUT, MakeSite, Site, peak_of, superuser

ROWS = 50_000
GROWTH_MIB = 200
# What is kept of each row beyond the first ones would be more than is allowed, in both sizes.
FIRST = 200_000
SIZES = [600_000, pytest.param(1_000_000, marks=pytest.mark.nightly)]

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
WIDE = {"Client": f"code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}\n"}

OPENFLIGHTS = ("--null", "\\N", "--escape", "\\")


def test_the_airports_as_they_are(make_site: MakeSite) -> None:
    site = make_site(openflights.documents())
    file = site.home / "airports.dat"
    file.write_bytes(openflights.content("airports"))
    columns = "in_id,Name,City,-,Iata,Icao,Latitude,Longitude,Altitude,-,-,-,Kind,-"
    done = site.etl("fill", "Airport", "airports.dat", "--columns", columns, *OPENFLIGHTS)
    assert (done.code, done.err) == (0, "")
    assert "7,698 rows into in_Airport" in done.out
    assert "numbers have more than 4 decimals and are rounded" in done.out
    links = "Airport_id,-,-,Country_id,-,-,-,-,-,-,-,-,-,-"
    done = site.etl("fill", "in_Airport_Country", "airports.dat", "--columns", links, "--submit", *OPENFLIGHTS)
    assert (done.code, done.err) == (0, "")
    filled = site.partner("select in_id, name, city, iata, icao, latitude, longitude, altitude, kind from in_Airport")
    stage(site)
    staged = site.partner(
        "select id as in_id, name, city, iata, icao, round(latitude, 4) as latitude, round(longitude, 4) as longitude, "
        "round(altitude, 4) as altitude, kind from staging.airports"
    )
    # Some names hold doubled quotes, which a COPY with another escape character drops.
    assert any('"' in row["name"] for row in filled)
    bare = [row | {"name": row["name"].replace('"', "")} for row in filled]
    assert {row["in_id"]: row for row in bare} == {row["in_id"]: row for row in staged}
    assert site.partner("select count(*) as n from in_Airport_Country") == [{"n": 7_698}]
    assert site.run().run


def stage(site: Site) -> None:
    """The same file by PostgreSQL's own COPY, to compare with."""
    site.look(f"grant create on database {site.database.name} to {site.partner.session.info.user}")
    openflights.stage(site.partner)


@pytest.mark.nightly
def test_memory_stays_flat(make_site: MakeSite) -> None:
    """A hundred megabytes, in and out, some at a time."""
    site = make_site(WIDE)
    file = site.home / "Client.csv"
    with file.open("w") as text:
        text.write("in_id,Name\n")
        text.writelines(f'c-{n},"{"x" * 2000}\n{n}"\n' for n in range(ROWS))
    one = site.home / "one.csv"
    one.write_text("in_id,Name\nc-one,\n")
    _, base = measured(site, "fill", "--json", "Client", "one.csv")
    reported, filling = measured(site, "fill", "--json", "--submit", "Client.csv")
    assert [one["rows"] for one in reported["files"]] == [ROWS]
    assert site.run().run
    reported, exporting = measured(site, "export", "--json", "-o", "out")
    assert [one["rows"] for one in reported["tables"]] == [ROWS + 1]
    table = pq.read_table(site.home / "out/client.parquet", columns=["system_id", "name"])
    rows = site.look(f"select system_id, name from {OUT}.client order by system_id")
    assert table.sort_by("system_id").to_pylist() == rows
    print(f"base {base:.0f}, fill {filling:.0f}, export {exporting:.0f} MiB")
    assert filling < base + GROWTH_MIB
    assert exporting < base + GROWTH_MIB


@pytest.mark.parametrize("rows", SIZES)
def test_a_million_rows_come_back_equal(make_site: MakeSite, rows: int) -> None:
    """Read by pyarrow and given back to PostgreSQL, which compares; several times the rows take the same memory."""
    site = make_site(CLAIMS)
    site.partner.hand_over()
    assert site.run().run
    peaks = []
    for first, last in ((1, FIRST), (FIRST + 1, rows)):
        site.look(
            f"insert into {OUT}.client (system_id, system_created_at, name, amount) "
            "select 's' || n, now() + n * interval '1.000001 sec', nullif(repeat('ж\"', n % 9), ''), n / 7.0 "
            f"from generate_series({first}, {last}) n"
        )
        reported, peak = measured(site, "export", "client", "--json", "-o", "out")
        assert [one["rows"] for one in reported["tables"]] == [last]
        peaks.append(peak)
    print("MiB of the first and of all:", *map(round, peaks))
    assert peaks[1] < peaks[0] + GROWTH_MIB / 2
    assert unequal(site, site.home / "out/client.parquet") == 0


def unequal(site: Site, path: Path) -> int:
    """Rows of a file that the table does not have, and the reverse."""
    with psycopg.connect(**superuser(site.out_database)) as session, session.cursor() as cursor:
        cursor.execute(f"create temporary table back as select * from {OUT}.client where false")
        with cursor.copy("copy back from stdin (format csv)") as stream, pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                buffer = io.BytesIO()
                pa.csv.write_csv(batch, buffer, pa.csv.WriteOptions(include_header=False))
                stream.write(buffer.getvalue())
        one, other = f"select * from {OUT}.client", "select * from back"
        cursor.execute(f"select count(*) from (({one} except all {other}) union all ({other} except all {one})) t")
        [rows] = cursor.fetchone() or [-1]
    return int(rows)


def measured(site: Site, *arguments: str) -> tuple[Any, float]:
    """What a command says, and its highest resident MiB."""
    process = site.start_program(*arguments)
    highest = peak_of(process)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return json.loads(out), highest
