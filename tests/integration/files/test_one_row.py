"""One bad cell rejects its row, never its file: whatever Python and PostgreSQL think of it."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.files.conftest import SqlClient

NBSP, FIGURE, IDEOGRAPHIC = "\u00a0", "\u2007", "\u3000"
NUMBERS = {
    f"5{NBSP}": 5,
    f"{FIGURE}6{IDEOGRAPHIC}": 6,
    "\u202f7\u2009": 7,
    "\x1c8\x1f": 8,
    "\x859": 9,
    "99999999999999999999.99994999999": Decimal("99999999999999999999.9999"),
    "0." + "1" * 20_000: Decimal("0.1111"),
    "1e-99999": 0,
    "0e99999": 0,
    "1.00005": Decimal("1.0001"),
    "-1.00005": Decimal("-1.0001"),
    "1e0000000002": 100,
    "+.5": Decimal("0.5"),
    "5.": 5,
    "00000000000000000000000000007": 7,
    "1_000": None,
    "\uff15": None,
    "\u0665": None,
    "0x1F": None,
    "0b1": None,
    "1e400": None,
    "1e99999999999": None,
    "Infinity": None,
    "-inf": None,
    "nan": None,
    "1 000": None,
    f"1{NBSP}000": None,
    "1,5": None,
    "1'000": None,
    "\u22125": None,
    "5\u200b": None,
    "\ufeff5": None,
    "--5": None,
    "5e": None,
    "99999999999999999999.99995": None,
}
TIMES = {
    "2024-01-31": "2024-01-31 00:00:00+00",
    f"{NBSP}2024-01-31{NBSP}": "2024-01-31 00:00:00+00",
    "2024-01-31T09:30Z": "2024-01-31 09:30:00+00",
    "2024-01-31 09:30:00 +05": "2024-01-31 04:30:00+00",
    "2024-01-31 09:30:00.1234567-0530": "2024-01-31 15:00:00.123457+00",
    "2024-01-31 09:30:00." + "1" * 300: "2024-01-31 09:30:00.111111+00",
    "2024-01-31 09:30+15:59": "2024-01-30 17:31:00+00",
    "2024-01-31 09": None,
    "2024-01-31T09Z": None,
    "2024-01-31 09:30:60": None,
    "2024-01-31 24:00": None,
    "2024-02-30": None,
    "0000-01-01": None,
    "10000-01-01": None,
    "9999-12-31 23:59:59.9999999": None,
    "2024-01-31 09:30+16:00": None,
    "2024-01-31 09:30+05:75": None,
    "2024-01-31 09:30 Asia/Almaty": None,
    "2024-01-31 BC": None,
    "20240131": None,
    "now": None,
    "today": None,
    "epoch": None,
    "-infinity": None,
    "2024-1-31": None,
    "2024W051": None,
    "\uff12024-01-31": None,
}


@pytest.mark.parametrize(
    ("column", "read", "verdicts"),
    [("Amount", "amount", NUMBERS), ("Seen", "seen::text", TIMES)],
    ids=["number", "time"],
)
def test_a_value_has_one_verdict_whatever_stands_beside_it(
    client: SqlClient, column: str, read: str, verdicts: dict[str, object]
) -> None:
    client.site.partner("set timezone = 'UTC'")
    good = {text: value for text, value in verdicts.items() if value is not None}
    rows = [f'{n},"{text}"\n' for n, text in enumerate(verdicts)]
    alone = [client.write(f"{n}.csv", f"in_id,{column}\na{row}") for n, row in enumerate(rows)]
    for path, wanted in zip(alone, verdicts.values(), strict=True):
        client.fill("Client", path, code=0 if wanted is not None else 1)
    together = client.write("all.csv", f"in_id,{column}\n" + "".join(f"b{row}" for row in rows))
    [reported] = client.fill("Client", together, code=1)
    assert reported["rejected"] == len(verdicts) - len(good)
    for start in ("a", "b"):
        found = client.site.partner(f"select {read} as v from in_Client where in_id like '{start}%' order by id")
        assert [row["v"] for row in found] == list(good.values())


def test_what_only_the_server_refuses_is_traced_to_its_row(client: SqlClient) -> None:
    client.site.look("create domain public.short as text check (value <> 'forbidden')")
    client.site.look("alter table in_tables.in_client add constraint cheap check (amount < 100)")
    client.site.look("alter table in_tables.in_client add constraint named check (name is not null)")
    lines = ["a,x,1", "b,x,500", "c,,2", 'd,"tab\tand \\ and ""quotes""",3', "e,x,99.99996", ",x,1", "g,x,oops"]
    path = client.write("Client.csv", "in_id,Name,Amount\n" + "\n".join(lines) + "\n")
    [reported] = client.fill(path, code=1)
    assert client.rows("in_id, name") == [("a", "x"), ("d", 'tab\tand \\ and "quotes"')]
    assert [one.split(":")[0] for one in reported["examples"]] == ["line 3", "line 4", "line 6", "line 7", "line 8"]
    assert 'violates check constraint "cheap"' in reported["examples"][0]
    again = client.write("2.csv", "in_id,Name,Amount\nz,x,500\na,x,1\n")
    assert "line 3: in_id `a` is in in_Client already" in client.refused("fill", "Client", again, code=3)
    [reported] = client.fill("--on-duplicate", "newest", "Client", again, code=1)
    assert (reported["rows"], reported["rejected"]) == (1, 1)


def test_a_value_that_a_page_repeats_is_unpacked_in_parts(client: SqlClient) -> None:
    """800 rows of 200 kB each lie in a file of some kilobytes, and go in a few megabytes at a time."""
    rows, big = 800, "ж" * 100_000
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([big]))
    path = client.folder / "Client.parquet"
    pq.write_table(pa.table({"in_id": [str(n) for n in range(rows)], "Name": column}), path, compression="zstd")
    assert path.stat().st_size < 50_000
    before = pa.default_memory_pool().max_memory()
    client.fill(path)
    assert pa.default_memory_pool().max_memory() - before < 150_000_000
    assert client.rows("count(*) as n, min(length(name)) as l", order="1") == [(rows, 100_000)]
