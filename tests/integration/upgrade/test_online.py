"""The journal becomes a table of partitions while runs are under way: filled, switched, rolled back, finished."""

import json
import shutil
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from etl import store
from etl.database import Part, bring_up, part_states, rollback_transaction, shut_out_older, snapshot
from etl.errors import TransientFault
from etl.operations.upgrade import JOURNAL_PARTITIONS, ChangeState
from etl.operations.upgrade.placed_change import PlacedChange
from etl.outputs.versions.registry import known_versions
from etl.store.journal import hold_journal
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, STORE, MakeSite, Site, ended, superuser, until
from tests.fix_restore import done

JOURNAL = f"select n, written_by::text, run, bo, field, instance, target, change, before, origin from {STORE}.journal"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    deliver(site, 1)
    return site


def deliver(site: Site, number: int) -> None:
    """A run of some rows; the clients change each time, the claims are new ones."""
    site.partner.redeliver("in_client", *({"in_id": f"c{n}", "name": f"Name {n} of {number}"} for n in range(40)))
    site.partner.redeliver("in_claim", *({"in_id": f"k{number}.{n}", "title": "Claim"} for n in range(10)))
    links = ({"claim_id": f"k{number}.{n}", "client_id": f"c{n}"} for n in range(10))
    site.partner.redeliver("in_claim_client", *links)
    site.partner.hand_over()
    done(site.etl("run"))


def journal(site: Site) -> list[dict[str, object]]:
    return site.look(f"{JOURNAL} order by n")


def kind(site: Site) -> str:
    return str(
        site.value(
            f"select relkind::text from pg_class where oid = '{STORE}.journal'::regclass", at=site.store_database
        )
    )


def state(site: Site) -> str | None:
    rows = site.look(f"select state from {STORE}.online_change")
    return rows[0]["state"] if rows else None


def same_out(site: Site) -> bool:
    """Whether readers have what the store has."""
    stored = site.look(f"select _id as id, name from {STORE}.bo_client order by 1")
    shown = site.look("select system_id as id, name from out_demo.client order by 1")
    return [tuple(row.values()) for row in stored] == [tuple(row.values()) for row in shown]


@BOTH_LAYOUTS
def test_from_the_first_step_to_the_last(site: Site) -> None:
    assert kind(site) == "r"
    before = journal(site)
    checked = site.etl("upgrade", "check", "--json")
    assert checked.code in (0, 1), checked
    needs = {(need["table"], need["state"]) for need in json.loads(checked.out)["needs"]}
    assert needs == {(f"{STORE}.journal", "pending"), ("in_tables.err", "pending")}
    assert state(site) is None

    done(site.etl("upgrade", "start"))
    assert state(site) == "ready"
    deliver(site, 2)
    done(site.etl("upgrade", "start"))
    [shown, _err] = json.loads(done(site.etl("upgrade", "status", "--json")).out)["online"]
    assert (shown["state"], shown["percent"]) == ("ready", 100.0)
    deliver(site, 3)

    whole = journal(site)
    assert whole[: len(before)] == before
    [switched, _err] = json.loads(done(site.etl("upgrade", "switch", "--json")).out)["switched"]
    assert switched["rows"] == len(whole)
    assert kind(site) == "p"
    assert journal(site) == whole
    deliver(site, 4)
    assert same_out(site)
    done(site.etl("upgrade", "finish", "--yes"))
    assert state(site) == "finished"
    assert not site.value(f"select to_regclass('{STORE}.journal_former')", at=site.store_database)
    refused = site.etl("upgrade", "rollback")
    assert (refused.code, "only a backup (`etl restore`)" in refused.err) == (2, True), refused
    deliver(site, 5)
    assert same_out(site)
    again = done(site.etl("upgrade", "start"))
    assert "is finished" in again.out


@BOTH_LAYOUTS
def test_a_rollback_keeps_what_was_written_since(site: Site) -> None:
    writer = f"select oldest_writer from {STORE}.etl_schema where part = 'store'"
    earlier = site.value(writer)
    done(site.etl("upgrade", "start"))
    done(site.etl("upgrade", "switch"))
    assert site.value(writer) == 13
    deliver(site, 2)
    whole = journal(site)
    done(site.etl("upgrade", "rollback"))
    assert (kind(site), state(site), site.value(writer)) == ("r", None, earlier)
    assert journal(site) == whole
    deliver(site, 3)
    assert same_out(site)
    done(site.etl("upgrade", "start"))
    done(site.etl("upgrade", "switch"))
    deliver(site, 4)
    assert same_out(site)


@ONLY_ONE
def test_a_later_migration_lets_no_older_program_write(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the migration nor the rollback after it lowers what the other one has raised."""
    writer = f"select oldest_writer from {STORE}.etl_schema where part = 'store'"
    done(site.etl("upgrade", "start"))
    done(site.etl("upgrade", "switch"))
    monkeypatch.syspath_prepend(tmp_path)
    with site.runtime() as runtime:
        for asked_for, after_rollback in ((4, 4), (5, 5)):
            later = part_with_another_migration(tmp_path / f"later_program_{asked_for}", asked_for)
            with rollback_transaction(runtime.store_engine) as connection:
                assert [one.oldest_writer for one in bring_up(connection, STORE, [later])] == [asked_for]
                [noted] = part_states(connection, STORE, [later])
                assert noted.needed_to_write == 13
                ongoing = PlacedChange.of(runtime, replace(JOURNAL_PARTITIONS, part=later))
                recorded = ongoing.expect(connection, ChangeState)
                assert ongoing.writer_after_rollback(connection, recorded) == after_rollback
                # This program does not know what the later one's migration asks for.
                ongoing = PlacedChange.of(runtime, JOURNAL_PARTITIONS)
                assert ongoing.writer_after_rollback(connection, recorded) == 13
        # A pin asks for more than the switch.
        with rollback_transaction(runtime.store_engine) as connection:
            assert shut_out_older(connection, STORE, store.STORE, "pin")
            assert ongoing.writer_after_rollback(connection, recorded) == 18
    assert site.value(writer) == 13
    done(site.etl("upgrade", "rollback"))
    assert site.value(writer) == 4


def part_with_another_migration(package: Path, oldest_writer: int) -> Part:
    """The part `store` of a program with one migration more."""
    shutil.copytree(Path(str(files(store.STORE.package)), store.STORE.folder), package / store.STORE.folder)
    (package / "__init__.py").touch()
    header = f"-- kind: additive\n-- oldest_writer: {oldest_writer}\n-- oldest_reader: 4\n-- For this test.\n"
    added = package / store.STORE.folder / f"{store.STORE.version + 1:04}_added.sql"
    added.write_text(header + "create table {{ schema | ident }}.added (id int)\n")
    return replace(store.STORE, package=package.name)


def lengthen(site: Site, rows: int = 4000) -> None:
    """More changes than one window copies."""
    site.look(
        f"insert into {STORE}.journal (run, bo, instance, change, before) "
        f"select number, 'Client', 'x', 'touched', '{{}}' from {STORE}.unit, generate_series(1, {rows})"
    )


@ONLY_ONE
def test_a_fill_that_is_killed_continues(site: Site) -> None:
    """Beside runs, and a transaction that writes for as long as it lasts."""
    lengthen(site)
    with psycopg.connect(**superuser(site.store_database)) as slow:
        slow.execute(f"insert into {STORE}.journal (run, bo, instance, change) values (1, 'Client', 'slow', 'touched')")
        reached = 0
        for number in range(3):
            process = site.start("upgrade", "start", "--window", "1")
            reached = until(partial(next_page, site, above=reached), "the next window is copied")
            process.kill()
            ended(process)
            if not number:
                deliver(site, 2)
        done(site.etl("upgrade", "start", "--window", "3"))
        assert state(site) == "ready"
        slow.commit()
    assert site.value(f"select next_page > 0 and next_page = pages from {STORE}.online_change")
    deliver(site, 3)
    whole = journal(site)
    done(site.etl("upgrade", "switch"))
    assert journal(site) == whole
    assert [row["run"] for row in whole if row["instance"] == "slow"] == [1]


def next_page(site: Site, *, above: int) -> int:
    if not site.value(f"select to_regclass('{STORE}.journal_next')"):
        return 0
    found = site.value(f"select coalesce(max(next_page), 0) from {STORE}.online_change")
    return int(found) if found > above else 0


@ONLY_ONE
def test_who_follows_the_journal_follows_the_new_one(site: Site) -> None:
    """Nothing is written again from the beginning, and the history and undo know what was before."""
    last = site.value(f"select max(run) from {STORE}.journal")
    shown = done(site.etl("history", "Client", "c1", "--json")).out
    done(site.etl("upgrade", "start"))
    done(site.etl("upgrade", "switch"))
    with site.runtime() as runtime, snapshot(runtime.store_engine) as connection:
        assert not any(one.position_is_stale for one in known_versions(connection, STORE))
    assert done(site.etl("history", "Client", "c1", "--json")).out == shown
    done(site.etl("undo", str(last)))
    assert {row["_state"] for row in site.look(f"select _state from {STORE}.bo_client")} == {"REMOVED"}


@ONLY_ONE
def test_a_transaction_from_before_the_switch_does_not_read_the_new_table(site: Site) -> None:
    done(site.etl("upgrade", "start"))
    with site.runtime() as runtime, snapshot(runtime.store_engine) as connection:
        done(site.etl("upgrade", "switch"))
        with pytest.raises(TransientFault, match="try again"):
            hold_journal(connection, STORE)
    with site.runtime() as runtime, snapshot(runtime.store_engine) as connection:
        hold_journal(connection, STORE)


@pytest.mark.nightly
@ONLY_ONE
def test_nothing_is_switched_while_something_is_in_the_way(site: Site) -> None:
    refused = site.etl("upgrade", "switch")
    assert (refused.code, "`etl upgrade start` first" in refused.err) == (2, True), refused
    done(site.etl("upgrade", "start"))
    before = journal(site)

    with psycopg.connect(**superuser(site.store_database)) as reader:
        reader.execute(f"select 1 from {STORE}.journal limit 1")
        late = site.etl("upgrade", "switch", "--patience", "0", "--max-stop", "0.4")
        holder = reader.info.backend_pid
    assert (late.code, "was not switched in 1 tries" in late.err) == (4, True), late
    assert f"journal: locked by session {holder} of " in late.err

    site.look(f"create view public.of_others as select n from {STORE}.journal", at=site.store_database)
    for command in ("check", "switch"):
        refused = site.etl("upgrade", command)
        assert (refused.code, "the view public.of_others" in refused.out + refused.err) == (4, True), refused
    site.look("drop view public.of_others", at=site.store_database)

    partition = site.value(f"select tableoid::regclass::text from {STORE}.journal_next order by n desc limit 1")
    site.look(f"delete from {partition} where n = (select max(n) from {STORE}.journal_next)", at=site.store_database)
    differs = site.etl("upgrade", "switch")
    assert (differs.code, "nothing was switched" in differs.err) == (4, True), differs
    assert (kind(site), state(site), journal(site)) == ("r", "ready", before)
    done(site.etl("upgrade", "rollback"))
    assert state(site) is None
    refused = site.etl("upgrade", "finish", "--yes")
    assert (refused.code, "has not begun" in refused.err) == (2, True), refused


@ONLY_ONE
def test_what_an_older_program_cleans_meanwhile_is_cleaned(site: Site) -> None:
    lengthen(site, 10)
    done(site.etl("upgrade", "start"))
    site.look(f"delete from {STORE}.journal where n in (select n from {STORE}.journal order by written_by, n limit 30)")
    whole = journal(site)
    done(site.etl("upgrade", "switch"))
    assert journal(site) == whole
    # A pass of it that has waited behind the switch.
    older = f"delete from {STORE}.journal where ctid = any(array(select ctid from {STORE}.journal limit 5)) "
    with psycopg.connect(**superuser(site.store_database)) as session:
        assert session.execute(older).rowcount == 0
    assert journal(site) == whole
    done(site.etl("upgrade", "rollback"))
    with psycopg.connect(**superuser(site.store_database)) as session:
        assert session.execute(older).rowcount == 5


@pytest.mark.nightly
@ONLY_ONE
def test_cleaning_drops_the_partitions_of_old_weeks(site: Site) -> None:
    """The week of the first run, which is five weeks old; then there is none of the week that is dropped."""
    shift = 35 * 86_400_000 << 20
    for table, column in ((f"{STORE}.journal", "run"), (f"{STORE}.unit", "number"), ("in_tables.run", "id")):
        site.look(f"update {table} set {column} = {column} - {shift}")
    site.look(f"update {STORE}.unit set started_at = started_at - interval '35 days'")
    site.look("update in_tables.run set started_at = started_at - interval '35 days'")
    old = site.count(f"{STORE}.journal")
    for command in ("start", "switch"):
        done(site.etl("upgrade", command))
    deliver(site, 2)
    new = site.count(f"{STORE}.journal") - old
    names = f"select count(*) from pg_inherits where inhparent = '{STORE}.journal'::regclass"
    before = site.value(names, at=site.store_database)
    assert json.loads(done(site.etl("clean", "--json")).out)["journal"] == 0  # the former table is there
    done(site.etl("upgrade", "finish", "--yes"))
    assert json.loads(done(site.etl("clean", "--json")).out)["journal"] == old
    assert site.count(f"{STORE}.journal") == new
    assert site.value(names, at=site.store_database) < before
