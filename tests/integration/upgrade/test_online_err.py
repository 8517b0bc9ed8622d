"""The errors of an import become a table of partitions while runs and a partner work, followed by their numbers."""

import json
from functools import partial

import psycopg
import pytest

from etl.operations.upgrade import ERR_PARTITIONS
from etl.operations.upgrade.placed_change import PlacedChange
from etl.operations.upgrade.settling import settled_number
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, STORE, MakeSite, Site, ended, superuser, until
from tests.fix_restore import done

ERR = "in_tables.err"
_WEEK = 7 * 86_400_000 << 20


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    deliver(site, 1)
    site.look(f"grant select on {ERR} to {site.partner_role}")
    return site


def deliver(site: Site, number: int) -> None:
    """A run of ten rows of which five are rejected."""
    bad = [{"in_id": f"bad{number}.{n}", "name": None, "amount": "NaN"} for n in range(5)]
    good = [{"in_id": f"c{n}", "name": f"Name {n} of {number}", "amount": 1} for n in range(5)]
    site.partner.redeliver("in_client", *bad, *good)
    site.partner.hand_over()
    assert site.etl("run").code == 1


def errors(site: Site) -> list[dict[str, object]]:
    """As the partner reads them, column by column."""
    return list(site.partner(f"select * from {ERR} order by id"))


def kind(site: Site) -> str:
    return str(site.value(f"select relkind::text from pg_class where oid = '{ERR}'::regclass"))


def state(site: Site) -> str | None:
    rows = site.look("select state from in_tables.online_change")
    return rows[0]["state"] if rows else None


def upgrade(site: Site, *words: str) -> str:
    """A command of the change of err alone."""
    return done(site.etl("upgrade", *words, "--change", "err_partitions")).out


def insert(site: Site, rows: int, *, run: str = "max(id)") -> None:
    site.look(
        f"insert into {ERR} (run, in_table, code, message, message_rus, severity) "
        f"select r.id, 'in_client', 'TOO_LONG', 'm', 'm', 'error' "
        f"from (select {run} as id from in_tables.run) r, generate_series(1, {rows})"
    )


SHAPES = (
    "select a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, "
    "pg_get_expr(d.adbin, d.adrelid) as made, col_description(a.attrelid, a.attnum) as comment "
    "from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum "
    f"where a.attrelid = '{ERR}'::regclass and a.attnum > 0 order by a.attnum",
    f"select conname from pg_constraint where conrelid = '{ERR}'::regclass and contype <> 'n' order by 1",
    f"select i.indexrelid::regclass::text as name from pg_index i where i.indrelid = '{ERR}'::regclass order by 1",
    f"select obj_description('{ERR}'::regclass) as comment, pg_get_serial_sequence('{ERR}', 'id') as sequence",
    f"select a.grantee::regrole::text as grantee, a.privilege_type, a.is_grantable from pg_class c, "
    f"aclexplode(c.relacl) a where c.oid = '{ERR}'::regclass order by 1, 2",
)


def shape(site: Site) -> list[list[dict[str, object]]]:
    return [site.look(query) for query in SHAPES]


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_from_the_first_step_to_the_last(site: Site) -> None:
    before, as_it_was = errors(site), shape(site)
    assert len(before) == 5
    upgrade(site, "start")
    assert (kind(site), state(site)) == ("r", "ready")
    deliver(site, 2)
    upgrade(site, "start")
    deliver(site, 3)
    whole = errors(site)
    assert (whole[:5], len(whole)) == (before, 15)
    [switched] = json.loads(upgrade(site, "switch", "--json"))["switched"]
    assert switched["rows"] == 15
    assert (kind(site), errors(site), shape(site)) == ("p", whole, as_it_was)
    deliver(site, 4)
    listed = json.loads(done(site.etl("errors", "list", "--json")).out)["errors"]
    assert [int(row["id"]) for row in listed] == [row["id"] for row in reversed(errors(site))]
    upgrade(site, "finish", "--yes")
    assert state(site) == "finished"
    assert not site.value(f"select to_regclass('{ERR}_former')")
    deliver(site, 5)
    whole = errors(site)
    assert len({row["id"] for row in whole}) == 25
    assert "finished" in upgrade(site, "start")
    assert done(site.etl("verify")).code == 0


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_rollback_keeps_what_was_written_since(site: Site) -> None:
    writer = "select oldest_writer from in_tables.etl_schema where part = 'import'"
    earlier, as_it_was = site.value(writer), shape(site)
    upgrade(site, "start")
    upgrade(site, "switch")
    assert site.value(writer) == 5
    deliver(site, 2)
    whole = errors(site)
    upgrade(site, "rollback")
    assert (kind(site), state(site), site.value(writer)) == ("r", None, earlier)
    assert (errors(site), shape(site)) == (whole, as_it_was)
    deliver(site, 3)
    upgrade(site, "start")
    upgrade(site, "switch")
    assert len(errors(site)) == 15


@pytest.mark.nightly
@ONLY_ONE
def test_a_fill_that_is_killed_continues(site: Site) -> None:
    """Beside runs, and a transaction that has a number and lasts until the end of the fill."""
    insert(site, 4000)
    reached = 0
    for number in range(3):
        process = site.start("upgrade", "start", "--window", "1", "--change", "err_partitions")
        reached = until(partial(next_page, site, above=reached), "the next window is copied")
        process.kill()
        ended(process)
        if not number:
            deliver(site, 2)
    with psycopg.connect(**superuser(site.database)) as slow:
        slow.execute(
            f"insert into {ERR} (run, in_table, code, message, message_rus, severity) "
            "select max(id), 'in_client', 'TOO_LONG', 'slow', 'slow', 'error' from in_tables.run"
        )
        insert(site, 10)
        upgrade(site, "start", "--window", "3")
        assert state(site) == "ready"
        slow.commit()
    assert site.value("select next_page > 0 and next_page = pages from in_tables.online_change")
    deliver(site, 3)
    whole = errors(site)
    upgrade(site, "switch")
    assert errors(site) == whole
    assert [row["message"] for row in whole].count("slow") == 1


def next_page(site: Site, *, above: int) -> int:
    if not site.value(f"select to_regclass('{ERR}_next')"):
        return 0
    found = site.value("select coalesce(max(next_page), 0) from in_tables.online_change")
    return int(found) if found > above else 0


@ONLY_ONE
def test_a_number_is_settled_when_all_with_lower_ones_have_ended(site: Site) -> None:
    highest = site.value(f"select max(id) from {ERR}")
    with site.runtime() as runtime:
        placed = PlacedChange.of(runtime, ERR_PARTITIONS)
        assert settled_number(placed) == str(highest)
        with psycopg.connect(**superuser(site.database)) as slow, psycopg.connect(**superuser(site.database)) as reader:
            reader.execute(f"select 1 from {ERR} limit 1")
            slow.execute(f"lock table {ERR} in row exclusive mode")
            assert settled_number(placed, seconds=0.1) is None
            slow.commit()
            assert settled_number(placed, seconds=0.1) == str(highest)


@ONLY_ONE
def test_nothing_is_switched_where_rows_are_lacking(site: Site) -> None:
    upgrade(site, "start")
    partition = site.value(f"select tableoid::regclass::text from {ERR}_next order by id desc limit 1")
    site.look(f"delete from {partition} where id = (select max(id) from {ERR}_next)")
    before = errors(site)
    differs = site.etl("upgrade", "switch", "--change", "err_partitions")
    assert (differs.code, "nothing was switched" in differs.err) == (4, True), differs
    assert (kind(site), state(site), errors(site)) == ("r", "ready", before)
    upgrade(site, "rollback")
    assert (state(site), errors(site)) == (None, before)


@ONLY_ONE
def test_what_an_older_program_cleans_meanwhile_is_cleaned(site: Site) -> None:
    older = f"delete from {ERR} where ctid = any(array(select ctid from {ERR} order by run limit 3 for update))"
    upgrade(site, "start")
    site.look(older)
    whole = errors(site)
    assert len(whole) == 2
    upgrade(site, "switch")
    assert errors(site) == whole
    # A pass of it that has waited behind the switch.
    with psycopg.connect(**superuser(site.database)) as session:
        assert session.execute(older.replace(" for update", "")).rowcount == 0
    assert errors(site) == whole


@ONLY_ONE
def test_cleaning_drops_the_partitions_of_old_weeks(site: Site) -> None:
    """The run is five weeks old; what is of no week is deleted row by row."""
    for table, column in (
        (ERR, "run"),
        ("in_tables.run", "id"),
        (f"{STORE}.journal", "run"),
        (f"{STORE}.unit", "number"),
    ):
        site.look(f"update {table} set {column} = {column} - {5 * _WEEK}")
    for table in ("in_tables.run", f"{STORE}.unit"):
        site.look(f"update {table} set started_at = started_at - interval '35 days'")
    for words in (("start",), ("switch",)):
        upgrade(site, *words)
    deliver(site, 2)
    assert json.loads(done(site.etl("clean", "--json")).out)["errors"] == 0  # the former table is there
    upgrade(site, "finish", "--yes")
    names = f"select count(*) from pg_inherits where inhparent = '{ERR}'::regclass"
    before = site.value(names)
    assert json.loads(done(site.etl("clean", "--json")).out)["errors"] == 5
    assert site.value(names) < before
    insert(site, 3, run="1")
    assert site.count(f"{ERR}_default") == 3
    assert json.loads(done(site.etl("clean", "--json")).out)["errors"] == 3
    assert len(errors(site)) == 5


@ONLY_ONE
def test_a_view_of_others_is_named(site: Site) -> None:
    site.look(f"create view public.of_others as select id from {ERR}")
    upgrade(site, "start")
    for command in ("check", "switch"):
        refused = site.etl("upgrade", command)
        assert (refused.code, "the view public.of_others" in refused.out + refused.err) == (4, True), refused
    assert state(site) == "ready"
