"""A batch that would remove or empty too much of an object is stopped before anything of it is merged."""

import re

import pytest

from etl.database import SqlTemplates, fetch_all, transaction
from etl.errors import RunStopped
from tests.fix_company import BOTH_LAYOUTS, ONLY_ONE, STORE, MakeSite, Row, Site

_IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Remark, type: INPUT_TEXT, {_IN}}}
""",
}


def client(number: int, **values: object) -> Row:
    return {"in_id": f"c-{number}", "Name": f"Name {number}", "Amount": number, "removed": False} | values


def loaded(site: Site, number: int) -> Site:
    site.partner.redeliver("in_client", *(client(n) for n in range(number)))
    site.partner.hand_over()
    site.run()
    return site


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """200 clients; none has a remark."""
    return loaded(make_site(DOCUMENTS), 200)


def deliver(site: Site, *rows: Row) -> None:
    site.partner.redeliver("in_client", *rows)
    site.partner.hand_over()


def actual(site: Site) -> int:
    return site.count(f"{STORE}.bo_client where _state = 'ACTUAL'")


def test_a_batch_that_would_remove_too_much_changes_nothing(site: Site) -> None:
    before = site.fingerprint()
    deliver(site, *(client(n, removed=n < 61, Name="new") for n in range(200)))
    with pytest.raises(RunStopped, match=r"remove 61 of 200 instances of Client \(30 percent, maxRemovedShare=30\)"):
        site.run()
    assert site.fingerprint() == before
    assert site.partner.statuses("in_client") == {"": 200}
    assert site.partner.marker()["ins_inkafka_status"] == 2
    assert site.partner.marker()["occupied_by_process"] == 0
    assert {task["state"] for task in site.look("select state from in_tables.last_migration_state")} == {"dropped"}


def test_the_share_itself_may_be_removed(site: Site) -> None:
    deliver(site, *(client(n, removed=n < 60) for n in range(200)))
    [receipt] = site.run().receipts
    assert receipt.removed == 60


def test_what_is_removed_already_counts_no_more(site: Site) -> None:
    """A partner who delivers everything each day delivers the removed rows too."""
    site.set(maxRemovedShare=10)
    for gone in (20, 36):
        deliver(site, *(client(n, removed=n < gone) for n in range(200)))
        assert site.run().exit_code == 0
    assert actual(site) == 164


def test_rows_that_know_only_out_id_are_found(site: Site) -> None:
    site.partner("update in_client set removed = true, in_id = null, in_status = '' where amount < 80")
    site.partner.hand_over()
    with pytest.raises(RunStopped, match="remove 80 of 200 instances of Client"):
        site.run()


@BOTH_LAYOUTS
def test_rows_that_know_an_alias_are_found(site: Site) -> None:
    site.partner("update in_client set in_id = 'alias-' || in_id, in_status = '' where amount < 80")
    site.partner.hand_over()
    site.run()
    deliver(site, *(client(n, in_id=f"alias-c-{n}", removed=True) for n in range(80)))
    with pytest.raises(RunStopped, match="remove 80 of 200 instances of Client"):
        site.run()


@pytest.mark.parametrize("empty", [None, ""])
def test_a_forgotten_column_stops_the_run(site: Site, empty: str | None) -> None:
    deliver(site, *(client(n, Name=empty) for n in range(200)))
    with pytest.raises(
        RunStopped, match=r"empty Name of 200 of 200 instances of Client \(100 percent, maxBlankedShare"
    ):
        site.run()
    assert site.count(f"{STORE}.bo_client where name is not null") == 200


def test_a_number_that_is_forgotten_too(site: Site) -> None:
    deliver(site, *(client(n, Name=None, Amount=None) for n in range(200)))
    with pytest.raises(RunStopped, match=r"empty Name of 200 .*; empty Amount of 200 "):
        site.run()


def test_what_is_empty_already_cannot_be_emptied(site: Site) -> None:
    """No client has a remark, and no row brings one."""
    deliver(site, *(client(n, Remark=None, Name=f"other {n}") for n in range(200)))
    assert site.run().receipts[0].changed == 200


def test_sparse_values_in_changing_places(site: Site) -> None:
    """The batch has many empty remarks and the store many full ones: only their meeting counts."""
    site.set(maxBlankedShare=20)
    deliver(site, *(client(n, Remark="here" if n < 100 else None) for n in range(200)))
    site.run()
    deliver(site, *(client(n, Remark="here" if 40 <= n < 100 else None) for n in range(200)))
    assert site.run().receipts[0].changed == 40
    deliver(site, *(client(n, Remark="here" if 81 <= n < 140 else None) for n in range(200)))
    with pytest.raises(RunStopped, match="empty Remark of 41 of 200"):
        site.run()


def test_keep_empties_nothing(site: Site) -> None:
    site.set(nullPolicy="keep")
    deliver(site, *(client(n, Name=None) for n in range(200)))
    assert site.run().receipts[0].unchanged == 200


def test_a_small_object_is_not_watched(make_site: MakeSite) -> None:
    site = loaded(make_site(DOCUMENTS), 99)
    deliver(site, *(client(n, removed=True) for n in range(99)))
    assert site.run().receipts[0].removed == 99


def test_empty_keys_switch_it_off(site: Site) -> None:
    site.set(maxRemovedShare="", maxBlankedShare="")
    deliver(site, *(client(n, removed=n < 150, Name=None) for n in range(200)))
    [receipt] = site.run().receipts
    assert (receipt.removed, receipt.changed) == (150, 50)


@BOTH_LAYOUTS
def test_the_command_says_what_to_do_and_does_it(site: Site) -> None:
    deliver(site, *(client(n, removed=n < 150) for n in range(200)))
    stopped = site.etl("run")
    assert (stopped.code, stopped.out) == (3, "")
    assert "remove 150 of 200 instances of Client (75 percent, maxRemovedShare=30)" in stopped.err
    assert "`etl run --accept`" in stopped.err
    waiting = site.etl("run")
    assert (waiting.code, waiting.err) == (0, "")
    assert "that run was stopped" in waiting.out
    accepted = site.etl("run", "--accept")
    assert (accepted.code, accepted.err) == (0, ""), accepted
    assert actual(site) == 50
    assert site.partner.marker()["ins_inkafka_status"] == 1
    assert "150 of 200" in site.value("select message from in_tables.run where state = 'stopped'")


def test_a_fresh_hand_over_may_be_accepted_at_once(site: Site) -> None:
    deliver(site, *(client(n, removed=True) for n in range(200)))
    assert site.etl("run", "--accept").code == 0
    assert actual(site) == 0


def test_a_dry_run_is_stopped_as_well(site: Site) -> None:
    deliver(site, *(client(n, removed=n < 150) for n in range(200)))
    stopped = site.etl("run", "--dry-run")
    assert (stopped.code, stopped.out) == (3, "")
    assert "remove 150 of 200" in stopped.err
    assert site.etl("run", "--dry-run", "--accept").code == 0
    assert actual(site) == 200
    assert site.partner.statuses("in_client") == {"": 200}


def test_accept_starts_nothing_by_itself(site: Site) -> None:
    accepted = site.etl("run", "--accept")
    assert (accepted.code, accepted.err) == (0, "")
    assert accepted.out.startswith("Nothing to do: ")


# Of a store in another database it asks what was relayed there; tests/integration/engine/test_small_batch.py sees that.
@ONLY_ONE
def test_a_small_batch_does_not_scan_the_store(site: Site) -> None:
    """The explained statements are those of the guard, on 30,000 instances of which 60 are to be removed."""
    site.look(
        f"insert into {STORE}.bo_client (_id, _in_id, _created_at, _modified_at) "
        f"select lpad(n::text, 16, '0'), 'x-' || n, now(), now() from generate_series(1, 30000) n"
    )
    site.look(f"vacuum analyze {STORE}.bo_client")
    site.partner("update in_client set in_status = 'ON_WORK', occupied_id = 7, removed = amount < 60")
    changes = [
        {"name": "removed", "happens": "coalesce(i.removed, false)", "matters": "true"},
        {"name": "blanked_0", "happens": "i.Name is null", "matters": "g.Name is not null"},
    ]
    plan = _explain(site, "count_changes", changes)
    assert "Seq Scan on bo_client" not in plan
    assert len(re.findall(r"Index Scan using bo_client_\w+ on bo_client", plan)) == 3
    [rows] = re.findall(r"Seq Scan on bo_client \(actual rows=(\d+)", _explain(site, "instances", changes))
    assert int(rows) == 200


def _explain(site: Site, statement: str, changes: list[dict[str, str]]) -> str:
    """The plan as it went, without costs."""
    tables = {"in_schema": "in_tables", "store_schema": STORE, "in_table": "in_Client", "golden": "bo_Client"}
    sql = SqlTemplates("etl.sources.in_tables.claim", "etl.merge", "etl.store")(
        statement, changes=changes, unique=[], is_one=True, **tables
    )
    explained = sql.text.replace(sql.text, f"explain (analyze, costs off, timing off, summary off)\n{sql.text}")
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        rows = fetch_all(connection, type(sql)(explained), {"run": 7, "bo": "Client", "threshold": 200})
    return "\n".join(row[0] for row in rows)
