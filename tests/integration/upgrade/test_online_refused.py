"""What `etl upgrade` refuses, tries again or leaves as it was when the journal becomes a table of partitions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from etl.operations.upgrade import JOURNAL_PARTITIONS, SwitchLimits, switch
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site, ended, superuser
from tests.fix_restore import done
from tests.integration.upgrade.older import newer

pytestmark = ONLY_ONE


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.redeliver("in_client", *({"in_id": f"c{n}", "name": f"Name {n}"} for n in range(40)))
    site.partner.hand_over()
    done(site.etl("run"))
    return site


def state(site: Site) -> str | None:
    rows = site.look(f"select state from {STORE}.online_change")
    return rows[0]["state"] if rows else None


def test_a_program_that_may_not_write_changes_nothing(site: Site) -> None:
    done(site.etl("upgrade", "start"))
    newer(site, "store", site.store_database, oldest_writer=99)
    for command in (("switch",), ("rollback",), ("finish", "--yes")):
        refused = site.etl("upgrade", *command)
        assert (refused.code, "install the newer etl" in refused.err) == (4, True), refused
    assert state(site) == "ready"


def test_a_store_that_notes_no_changes_has_not_begun(site: Site) -> None:
    site.look(f"drop table {STORE}.online_change, {STORE}.journal_succession")
    site.look(f"update {STORE}.etl_schema set version = 12 where part = 'store'")
    for command in (("switch",), ("rollback",), ("finish", "--yes")):
        refused = site.etl("upgrade", *command)
        assert (refused.code, "has not begun: `etl upgrade start` first" in refused.err) == (2, True), refused


def test_a_switch_lowers_no_version(site: Site) -> None:
    writer = f"select oldest_writer from {STORE}.etl_schema where part = 'store'"
    done(site.etl("upgrade", "start"))
    site.look(f"update {STORE}.etl_schema set oldest_writer = 12 where part = 'store'")
    with site.runtime() as runtime:
        switch(runtime, replace(JOURNAL_PARTITIONS, oldest_writer=5), SwitchLimits(5, 60))
    assert site.value(writer) == 12
    done(site.etl("upgrade", "rollback"))
    assert site.value(writer) == 12


def test_a_restored_store_copies_again_before_it_switches(site: Site) -> None:
    done(site.etl("upgrade", "start"))
    site.look(f"update {STORE}.online_change set place = 'another server'")
    refused = site.etl("upgrade", "switch")
    assert (refused.code, "`etl upgrade start` copies all again" in refused.err) == (2, True), refused
    done(site.etl("upgrade", "start"))
    done(site.etl("upgrade", "switch"))


def test_only_the_owner_of_the_journal_begins(site: Site) -> None:
    site.look(f"alter table {STORE}.journal owner to {site.partner_role}", at=site.store_database)
    site.look(f"grant all on {STORE}.journal to {site.engine_role}", at=site.store_database)
    refused = site.etl("upgrade", "start")
    assert (refused.code, f"run `etl upgrade start` as {site.partner_role}" in refused.err) == (4, True), refused
    assert state(site) is None


def test_who_may_read_the_journal_may_read_the_new_one_and_no_one_else(site: Site) -> None:
    reads = f"select has_table_privilege('{site.partner_role}', '{STORE}.journal', 'select')"
    default = f"alter default privileges for role {site.engine_role} in schema {STORE} grant select on tables to public"
    site.look(default, at=site.store_database)
    done(site.etl("upgrade", "start"))
    done(site.etl("upgrade", "switch"))
    assert not site.value(reads, at=site.store_database)
    site.look(f"grant select on {STORE}.journal to {site.partner_role}", at=site.store_database)
    done(site.etl("upgrade", "rollback"))
    assert site.value(reads, at=site.store_database)


def test_settings_of_the_journal_are_named(site: Site) -> None:
    done(site.etl("upgrade", "start"))
    for made, named in (
        (f"grant select (n) on {STORE}.journal to {site.partner_role}", "privileges of the column n"),
        (f"alter table {STORE}.journal set (fillfactor = 90)", "the storage parameter fillfactor=90"),
        (f"alter table {STORE}.journal enable row level security", "row security of journal"),
        (f"create rule audited as on delete to {STORE}.journal do also notify x", "the rule audited"),
    ):
        site.look(made, at=site.store_database)
        for command in ("check", "switch"):
            refused = site.etl("upgrade", command)
            assert (refused.code, named in refused.out + refused.err) == (4, True), refused
    site.look(
        f"revoke select (n) on {STORE}.journal from {site.partner_role}; drop rule audited on {STORE}.journal; "
        f"alter table {STORE}.journal reset (fillfactor), disable row level security",
        at=site.store_database,
    )
    done(site.etl("upgrade", "switch"))


@contextmanager
def slow_renames(site: Site, seconds: float) -> Iterator[None]:
    """Each renaming of a table takes some time."""
    site.look(
        "create function public.wait_a_moment() returns event_trigger language plpgsql "
        f"as $$ begin perform pg_sleep({seconds}); end $$",
        at=site.store_database,
    )
    site.look(
        "create event trigger slow on ddl_command_end when tag in ('ALTER TABLE') "
        "execute function public.wait_a_moment()",
        at=site.store_database,
    )
    yield
    site.look("drop event trigger slow", at=site.store_database)


@pytest.mark.parametrize("longest", ["1", "0.5"], ids=["by all statements", "by one statement"])
def test_a_stop_is_given_up_when_it_is_too_long(site: Site, longest: str) -> None:
    done(site.etl("upgrade", "start"))
    with slow_renames(site, 0.6):
        late = site.etl("upgrade", "switch", "--max-stop", longest, "--patience", "0")
    assert (late.code, "the stop took too long, and was given up" in late.err) == (4, True), late
    assert state(site) == "ready"
    done(site.etl("upgrade", "switch"))


@pytest.mark.nightly
def test_a_lock_timeout_before_the_stop_is_tried_again(site: Site) -> None:
    """Another command has the change's row while this one copies the rest."""
    done(site.etl("upgrade", "start"))
    with psycopg.connect(**superuser(site.store_database)) as other:
        other.execute(f"select from {STORE}.online_change for update")
        process = site.start("upgrade", "switch")
        assert process.stderr
        assert "lock timeout" in process.stderr.readline()
    finished = ended(process)
    assert (finished.code, "in try 2" in finished.out) == (0, True), finished


def test_two_starts_at_once_take_turns(site: Site) -> None:
    processes = [site.start("upgrade", "start") for _ in range(2)]
    for process in processes:
        done(ended(process))
    assert state(site) == "ready"
    done(site.etl("upgrade", "switch"))
