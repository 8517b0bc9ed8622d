"""process_expected: control totals stop a run that differs from them, and full sets remove what they no longer have."""

from pathlib import Path

import pytest

from etl.database import transaction
from etl.engine import dry_run, run_once, undo
from etl.errors import RunStopped
from etl.sources.in_tables.receipts import Receipt
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, STORE, MakeSite, Site
from tests.integration.engine.test_two_sources import other_import


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def clients(site: Site, *ids: str) -> None:
    """The partner's table holds these alone."""
    site.partner.redeliver("in_client", *({"in_id": one, "name": f"N{one}", "amount": 2} for one in ids))


def say(site: Site, table: str = "in_Client", **more: object) -> None:
    columns = ", ".join(["in_table", *more])
    places = ", ".join(["%s"] * (1 + len(more)))
    site.partner(f"insert into process_expected ({columns}) values ({places})", [table, *more.values()])


def full(site: Site, *ids: str) -> Receipt:
    """Hands over a full set, and runs."""
    clients(site, *ids)
    say(site, full_set=True)
    return merged(site)


def merged(site: Site) -> Receipt:
    site.partner.hand_over()
    return next(one for one in site.run().receipts if one.in_table == "in_Client")


def actual(site: Site) -> str:
    rows = site.look(f"select _in_id from {STORE}.bo_client where _state = 'ACTUAL' order by _in_id")
    return " ".join(row["_in_id"] for row in rows)


def given(site: Site) -> list[tuple[str, str]]:
    rows = site.partner("select in_id, in_status from in_client order by in_id")
    return [(row["in_id"], row["in_status"]) for row in rows]


@BOTH_LAYOUTS
def test_what_a_full_set_lacks_is_removed_and_an_undo_brings_it_back(site: Site) -> None:
    clients(site, "a", "b", "c")
    merged(site)
    site.partner("update in_client set name = 'other', in_status = '' where in_id = 'a'")
    site.partner("delete from in_client where in_id = 'b'")
    say(site, full_set=True)
    site.partner.hand_over()
    outcome = site.run()
    [receipt] = [one for one in outcome.receipts if one.in_table == "in_Client"]
    assert (receipt.claimed, receipt.changed, receipt.removed, receipt.vanished) == (2, 1, 1, 0)
    assert actual(site) == "a c"
    assert given(site) == [("a", "DONE"), ("c", "DONE")]
    assert site.count("in_tables.process_expected") == 0
    # Programs that do not know full sets would leave what was said for the next hand-over.
    assert site.value(f"select oldest_writer from {STORE}.etl_schema where part = 'store'") == 23
    with site.runtime() as runtime:
        assert outcome.run
        undo(runtime, outcome.run)
    assert actual(site) == "a b c"
    assert full(site, "a", "c").removed == 1
    assert full(site, "a", "b", "c").changed == 1
    assert actual(site) == "a b c"


def test_an_empty_table_removes_nothing(site: Site) -> None:
    full(site, "a", "b")
    clients(site)
    say(site, full_set=True)
    site.partner.hand_over()
    site.run()
    assert actual(site) == "a b"
    site.partner.fill("in_client", {"in_id": "a", "removed": True})
    say(site, full_set=True)
    assert merged(site).removed == 1
    assert actual(site) == "b"
    site.partner.redeliver("in_client", {"in_id": "", "name": "x"}, {"in_id": None, "name": "y"})
    say(site, full_set=True)
    receipt = merged(site)
    assert (receipt.rejected, receipt.removed) == (2, 0)
    assert actual(site) == "b"


def test_any_row_of_the_table_keeps_its_instance(site: Site) -> None:
    """Of any status, by any external id, by out_id; and a row without ids of its own for one of its values."""
    clients(site, "done", "bad", "by-id", "alias", "gone")
    merged(site)
    site.partner("update in_client set in_id = 'new-alias', in_status = '' where in_id = 'alias'")
    merged(site)
    site.partner("update in_client set in_id = null where in_id = 'by-id'")
    site.partner("update in_client set amount = 'NaN', in_status = '' where in_id = 'bad'")
    site.partner("delete from in_client where in_id = 'gone'")
    say(site, full_set=True)
    receipt = merged(site)
    assert (receipt.claimed, receipt.rejected, receipt.removed) == (2, 1, 1)
    assert actual(site) == "alias bad by-id done"


@BOTH_LAYOUTS
def test_what_others_have_brought_stays(site: Site, tmp_path: Path, layout: str) -> None:
    other = other_import(site, tmp_path, layout)
    other.run("insert into {schema}.in_client (in_id, name, amount) values ('theirs', 'x', 1), ('both', 'Nboth', 2)")
    clients(site, "mine", "both")
    merged(site)
    assert full(site, "mine").removed == 0  # `both` was there as it was: nothing of it says that we have brought it
    assert full(site, "mine", "both").removed == 0
    assert full(site, "mine").removed == 1
    assert actual(site) == "mine theirs"


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_what_a_stopped_or_undone_run_was_given_is_not_what_we_have_brought(
    site: Site, tmp_path: Path, layout: str
) -> None:
    other = other_import(site, tmp_path, layout)
    other.run("insert into {schema}.in_client (in_id, name, amount) values ('theirs', 'Ntheirs', 2)")
    site.set(errorLimit=1)
    clients(site, "a", "theirs", "bad", "worse")
    site.partner("update in_client set amount = 'NaN' where in_id in ('bad', 'worse')")
    say(site, full_set=True)
    site.partner.hand_over()
    with pytest.raises(RunStopped):
        site.run()
    ids = f"select in_id from {STORE}.full_set_id order by 1"
    assert site.look(ids) == []
    # The stopped run had the row of the other one, too, before it was stopped.
    site.partner("delete from process_expected")
    assert full(site, "a").removed == 0
    clients(site, "a", "theirs")
    say(site, full_set=True)
    site.partner.hand_over()
    run = site.run().run
    assert run
    assert [row["in_id"] for row in site.look(ids)] == ["a", "theirs"]
    with site.runtime() as runtime:
        undone = undo(runtime, run)
        assert [row["in_id"] for row in site.look(ids)] == ["a"]
        assert full(site, "a").removed == 0
        undo(runtime, undone.as_run)
    assert [row["in_id"] for row in site.look(ids)] == ["a", "theirs"]
    assert full(site, "a").removed == 1


def test_what_was_brought_by_its_id_in_the_store_alone(site: Site) -> None:
    """An instance that has no external id is removed by its own."""
    full(site, "a", "b")
    [[instance]] = [row.values() for row in site.look(f"select _id from {STORE}.bo_client where _in_id = 'b'")]
    site.look(f"update {STORE}.bo_client set _in_id = null where _in_id = 'b'")
    assert full(site, "a").removed == 1
    assert site.value(f"select _id from {STORE}.bo_client where _state = 'REMOVED'") == instance


def test_the_guard_stops_a_full_set_that_lacks_too_much(site: Site) -> None:
    full(site, *(f"c{n}" for n in range(120)))
    clients(site, *(f"c{n}" for n in range(60)))
    say(site, full_set=True, rows=60)
    site.partner.hand_over()
    before = site.fingerprint()
    with pytest.raises(RunStopped, match=r"remove 60 of 120 instances of Client \(50 percent, maxRemovedShare=30\)"):
        site.run()
    assert site.fingerprint() == before
    assert site.partner.statuses("in_client") == {"": 60}
    assert site.partner("select rows, run from process_expected") == [{"rows": 60, "run": None}]
    with site.runtime() as runtime:
        [receipt] = [one for one in dry_run(runtime, accept=True).receipts if one.in_table == "in_Client"]
        assert (receipt.unchanged, receipt.removed) == (60, 60)
        assert site.partner.statuses("in_client") == {"": 60}
        run_once(runtime, accept=True)
    assert site.count(f"{STORE}.bo_client where _state = 'ACTUAL'") == 60
    assert site.partner.statuses("in_client") == {"DONE": 60}


@BOTH_LAYOUTS
def test_a_run_that_is_stopped_later_gives_the_rows_back(site: Site) -> None:
    """The rows that were added are deleted; those of the partner, and what it expects, are ready again."""
    site.set(errorLimit=1)
    full(site, "a", "b", "c")
    clients(site, "a", "bad")
    site.partner("update in_client set amount = 'NaN' where in_id in ('a', 'bad')")
    say(site, full_set=True)
    site.partner.hand_over()
    with pytest.raises(RunStopped):
        site.run()
    assert [one for one, _ in given(site)] == ["a", "bad"]
    assert site.count("in_tables.process_expected where run is null") == 1


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("alter column name set not null", r"column name must be filled\..* alter column name drop not null; or "),
        (
            "add constraint paid check (amount is not null)",
            r"constraint paid does not .* drop constraint paid, or let ",
        ),
        ("add foreign key (in_id) references kept", r"constraint in_client_in_id_fkey does not allow them\..*"),
    ],
)
def test_a_constraint_of_the_partner_that_refuses_added_rows(site: Site, added: str, message: str) -> None:
    """The run is stopped, as for what else a partner has to correct, and one without a full set works."""
    clients(site, "a", "b")
    merged(site)
    clients(site, "a")
    site.look("create table in_tables.kept as select cast('a' as varchar(100)) as id; ")
    site.look("alter table in_tables.kept add primary key (id)")
    site.look(f"alter table in_tables.in_client {added.replace('kept', 'in_tables.kept')}")
    say(site, full_set=True)
    site.partner.hand_over()
    with pytest.raises(RunStopped, match=f"in_Client is a full set, .*: its {message}hand over "):
        site.run()
    assert site.partner.marker()["ins_inkafka_status"] == 2
    assert given(site) == [("a", "")]
    assert actual(site) == "a b"
    site.partner("update process_expected set full_set = false")
    assert merged(site).unchanged == 1


def test_totals_that_differ_stop_the_run_with_both_numbers(site: Site) -> None:
    clients(site, "a", "b")
    site.partner.fill("in_claim", {"in_id": "k"})
    say(site, rows=3, column_name="amount", column_sum=1234.5)
    say(site, "in_claim", rows=1)
    say(site, "in_claim_client", rows=2)
    site.partner.hand_over()
    with pytest.raises(RunStopped) as stopped:
        site.run()
    assert str(stopped.value) == (
        "what was handed over is not what process_expected says: in_Client has 2 rows, 3 are expected; the sum of "
        "in_Client.Amount is 4, 1,234.5 is expected; in_Claim_Client has 0 rows, 2 are expected: nothing was merged, "
        "the rows are ready again. Complete the rows, or correct process_expected, and hand over again"
    )
    assert site.partner.marker()["ins_inkafka_status"] == 2
    assert given(site) == [("a", ""), ("b", "")]
    site.partner("delete from process_expected where in_table = 'in_claim_client'")
    site.partner("update process_expected set rows = 2, column_sum = 4 where in_table = 'in_Client'")
    assert merged(site).created == 2
    assert site.count("in_tables.process_expected") == 0


@pytest.mark.parametrize(
    ("table", "more", "message"),
    [
        ("in_Client", {"column_sum": 1}, "says a sum of in_Client, but not of which column: write column_name"),
        ("in_Clint", {}, "names the table `in_Clint`: .* possible: in_Client, in_Claim, "),
        ("in_Client", {"column_name": "Name"}, "names the column `Name` of in_Client: .* possible: Amount$"),
        ("in_Claim_Client", {"full_set": True}, "in_Claim_Client is a full set, which holds links"),
    ],
)
def test_a_row_that_names_what_is_not_there(site: Site, table: str, more: dict[str, object], message: str) -> None:
    clients(site, "a")
    say(site, table, **more)
    site.partner.hand_over()
    with pytest.raises(RunStopped, match=message):
        site.run()
    assert site.partner.statuses("in_client") == {"": 1}


def test_a_schema_of_an_older_version_has_no_such_table(site: Site) -> None:
    site.look("drop table in_tables.process_expected")
    clients(site, "a")
    assert merged(site).created == 1
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        assert connection.exec_driver_sql("select to_regclass('in_tables.process_expected')").scalar() is None
    site.create_in_tables()
    assert full(site, "b").removed == 1
