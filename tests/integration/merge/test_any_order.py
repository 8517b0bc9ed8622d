"""Where rows of a large table never meet, workers merge chunks side by side; else one task merges first what meets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from etl.engine import Outcome, run_once
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
CLIENT = f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
"""
ROWS, CHUNK_ROWS, WORKERS = 700, 100, 3
IN_ORDER, IN_ANY_ORDER = {"in_Client"}, {""}
ALL = {f"c{n}": f"row {n}" for n in range(1, ROWS + 1)}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site({"Client": CLIENT}, copyTables="false", faultPatienceSeconds=0)
    assert site.run().run
    deliver(site)
    return site


def deliver(site: Site) -> None:
    site.partner("truncate in_Client")
    values = f"select n, 'c' || n, 'row ' || n, n from generate_series(1, {ROWS}) n"
    site.partner(f"insert into in_Client (id, in_id, name, amount) {values}")


def run(site: Site, workers: int = WORKERS) -> Outcome:
    """Chunks so small are refused in a configuration; the engine does not mind them."""
    site.partner.hand_over()
    site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")
    with site.runtime() as runtime:
        in_migration = replace(runtime.settings.in_migration, chunk_rows=CHUNK_ROWS)
        return run_once(replace(runtime, settings=replace(runtime.settings, in_migration=in_migration)))


def tasks(site: Site, kind: str = "MIGRATE_SINGLE_FIELDS") -> list[Row]:
    return site.look(
        "select lane, claimed_rows, counters from in_tables.task where kind = %s and in_table = 'in_Client' "
        "and run = (select max(id) from in_tables.run) order by seq",
        [kind],
    )


def serial_keys(site: Site) -> set[str]:
    return {task["lane"] for task in tasks(site)}


def names(site: Site) -> dict[str, str]:
    rows = site.look(f"select _in_id, name from {STORE}.bo_Client", at=site.store_database)
    return {row["_in_id"]: row["name"] for row in rows}


def receipt(outcome: Outcome) -> dict[str, int]:
    [receipt] = [one for one in outcome.receipts if one.in_table == "in_Client"]
    words = ("claimed", "created", "changed", "unchanged", "rejected", "vanished", "released")
    return {word: rows for word in words if (rows := getattr(receipt, word))}


@BOTH_LAYOUTS
def test_chunks_of_one_size_for_all_workers(site: Site) -> None:
    assert receipt(run(site)) == {"claimed": ROWS, "created": ROWS}
    assert names(site) == ALL
    assert serial_keys(site) == IN_ANY_ORDER
    # Nine instead of seven, so that no worker has one more than another.
    assert [task["claimed_rows"] for task in tasks(site)] == [78] * 8 + [76]
    assert [task["counters"]["marked"] for task in tasks(site)] == [78] * 8 + [76]


@BOTH_LAYOUTS
def test_what_is_known_is_passed_side_by_side(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.merge.rows.repeated.FROM_ROWS", 1)
    run(site)
    before = site.fingerprint()
    deliver(site)
    assert receipt(run(site)) == {"claimed": ROWS, "unchanged": ROWS}
    assert site.fingerprint() == before
    assert serial_keys(site) == IN_ANY_ORDER


def test_one_worker_asks_nothing(site: Site) -> None:
    run(site, 1)
    assert serial_keys(site) == IN_ORDER
    assert len(tasks(site)) == ROWS // CHUNK_ROWS


def by_out_id(site: Site) -> None:
    run(site, 1)
    known = site.value(f"select _id from {STORE}.bo_Client where _in_id = 'c7'")
    deliver(site)
    site.partner(f"update in_Client set in_id = null, out_id = '{known}' where id = {ROWS}")


def by_alias(site: Site) -> None:
    run(site, 1)
    known = site.value(f"select _id from {STORE}.bo_Client where _in_id = 'c7'")
    site.partner("truncate in_Client")
    site.partner.fill("in_Client", {"in_id": "z7", "out_id": known, "name": "row of another name"})
    run(site, 1)
    deliver(site)
    site.partner(f"update in_Client set in_id = 'z7' where id = {ROWS}")


@pytest.mark.parametrize(("may_meet", "counts"), [(by_out_id, 7), (by_alias, ROWS)])
def test_rows_that_meet_are_merged_by_one_task(site: Site, may_meet: Callable[[Site], None], counts: int) -> None:
    """Of both rows of the instance the one with the higher in_id counts."""
    may_meet(site)
    run(site)
    assert serial_keys(site) == IN_ORDER
    [dependent] = tasks(site, "MIGRATE_DEPENDENT_ROWS")
    assert dependent["counters"]["marked"] == 2
    assert names(site) == ALL | {"c7": f"row {counts}"}


@pytest.mark.parametrize(
    "document",
    [CLIENT.replace("code: Name,", "code: Name, isUnique: true,"), CLIENT + "category: DICTIONARY\n"],
    ids=["unique field", "dictionary"],
)
def test_objects_whose_rows_may_meet_in_a_value(make_site: MakeSite, document: str) -> None:
    site = make_site({"Client": document.replace("code: Amount, type: INPUT_NUMBER", "code: code, type: INPUT_TEXT")})
    site.partner(f"insert into in_Client (in_id, name) select 'c' || n, n from generate_series(1, {ROWS}) n")
    assert receipt(run(site)) == {"claimed": ROWS, "created": ROWS}
    assert serial_keys(site) == IN_ORDER


@BOTH_LAYOUTS
def test_a_row_that_gets_an_out_id_meanwhile(site: Site) -> None:
    """Planned as if none had one: it is taken as it stands then."""
    run(site, 1)
    known = site.value(f"select _id from {STORE}.bo_Client where _in_id = 'c7'", at=site.store_database)
    deliver(site)
    site.partner("delete from in_Client where in_id = 'c7'")  # else it would be open which of both rows comes first
    with ThreadPoolExecutor(1) as pool:
        with site.holding_after_claims():
            second = pool.submit(run, site)
            site.wait_for_blocked()
            site.partner(f"update in_Client set in_id = null, out_id = '{known}', name = 'new' where id = {ROWS}")
        assert receipt(second.result()) == {"claimed": ROWS - 1, "changed": 1, "unchanged": ROWS - 2}
    assert serial_keys(site) == IN_ANY_ORDER
    assert names(site)["c7"] == "new"


def test_a_table_is_claimed_in_parts(site: Site) -> None:
    """Full pages: claimed rows move to the end of the table, where the last part claims, and count once."""
    site.look("alter table in_tables.in_Client set (fillfactor = 100)")
    deliver(site)
    at_its_end = "select count(*) from in_tables.in_Client where (ctid::text::point)[0] > 20"
    assert site.value(at_its_end) == 0
    run(site)
    assert site.value(at_its_end) > 0
    claims = [task["counters"]["in_Client"] for task in tasks(site, "CLAIM")]
    assert len(claims) == 5  # parts of about a chunk, so more than workers: none waits long for another
    assert all(claims)
    assert sum(claims) == ROWS
    assert names(site) == ALL
