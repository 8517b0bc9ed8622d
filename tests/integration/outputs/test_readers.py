"""Readers that are given what changed, and confirm it."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from etl.engine import (
    add_reader,
    build_version,
    clean,
    list_readers,
    read_status,
    remove_reader,
    reset_reader,
    retire_version,
    run_once,
)
from etl.errors import ConfigurationError
from etl.monitoring.engine_checks import check_readers
from tests.documentation import READERS as READERS_PAGE
from tests.documentation import blocks
from tests.fix_company import BOTH_LAYOUTS, OUT, PARTNER_PASSWORD, STORE, Row, Session
from tests.fix_database import LOOPBACK
from tests.integration.outputs.conftest import Outbound
from tests.integration.outputs.writers import session

READERS = f"{OUT}_reader"
NAME = "warehouse"


@dataclass
class Warehouse:
    """A reader with a copy of its own of clients and their links: only what SQL gives it."""

    session: Session
    name: str = NAME
    copy: dict[str, str] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)

    def one(self, query: str, *values: object) -> Row:
        row = self.session.execute(query, values).fetchone()
        assert row is not None
        return row

    def rows(self, query: str, *values: object) -> list[Row]:
        return list(self.session.execute(query, values).fetchall())

    def ask(self) -> Row:
        return self.one(f"select * from {READERS}.ask(%s)", self.name)

    def confirm(self, upto: int) -> Any:
        return self.one(f"select {READERS}.confirm(%s, %s) as taken_at", self.name, upto)["taken_at"]

    def take(self) -> list[tuple[str, bool]]:
        """Asks and reads into the copy; returns the names that changed and the ids that left."""
        with self.session.transaction():
            self.session.execute("set transaction isolation level repeatable read")
            given = self.ask()
            if given["is_full"]:
                self.copy.clear()
                self.links.clear()
            changed = self.rows(
                f"select c.system_id, c.is_removed, o.name from {READERS}.client_changes c "
                f"left join {OUT}.client o on o.system_id = c.system_id where c.reader = %s",
                self.name,
            )
            links = self.rows(f"select * from {READERS}._claim_client__changes where reader = %s", self.name)
        for row in changed:
            self.copy.pop(row["system_id"], None)
            if not row["is_removed"]:
                self.copy[row["system_id"]] = row["name"]
        for row in links:
            pair = (row["claim_id"], row["client_id"])
            (self.links.discard if row["is_removed"] else self.links.add)(pair)
        return sorted((row["name"] or "", row["is_removed"]) for row in changed)

    def take_all(self) -> list[tuple[str, bool]]:
        taken = self.take()
        self.confirm(
            self.one(f"select upto_position from {READERS}.reader_tracking where reader = %s", self.name)[
                "upto_position"
            ]
        )
        return taken

    def is_equal(self) -> bool:
        rows = self.rows(f"select system_id, name from {OUT}.client")
        links = self.rows(f"select claim_id, client_id from {OUT}._claim_client_")
        return self.copy == {row["system_id"]: row["name"] for row in rows} and self.links == {
            (row["claim_id"], row["client_id"]) for row in links
        }


@pytest.fixture
def role(outbound: Outbound) -> str:
    """The role of the readers, which may select from the out_ tables."""
    name = str(outbound.site.partner.session.info.user)
    outbound.site.look(
        f"grant usage on schema {OUT} to {name}; grant select on all tables in schema {OUT} to {name}",
        at=outbound.site.out_database,
    )
    return name


@pytest.fixture
def warehouse(outbound: Outbound, role: str) -> Iterator[Warehouse]:
    with outbound.site.runtime() as runtime:
        assert add_reader(runtime, NAME, role, None) == (OUT, role, True)
    with outbound.site.reader() as connection:
        yield Warehouse(connection)


@BOTH_LAYOUTS
def test_a_reader_gets_a_full_delivery_then_what_changed_and_what_left(
    outbound: Outbound, warehouse: Warehouse
) -> None:
    assert warehouse.take_all() == [("Anna", False), ("Bela", False)]
    assert warehouse.is_equal()
    assert warehouse.take_all() == []
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "c", "name": "Cora"})
    assert warehouse.take_all() == [("Anne", False), ("Cora", False)]
    assert warehouse.is_equal()
    outbound.load("in_Client", {"in_id": "a", "removed": True})
    assert warehouse.take_all() == [("", True)]
    assert warehouse.is_equal()
    assert not warehouse.links
    outbound.load("in_Client", {"in_id": "a", "name": "Anna"})
    assert warehouse.take_all() == [("Anna", False)]
    assert warehouse.is_equal()
    assert warehouse.links
    receipts = warehouse.rows(f"select * from {READERS}.reader_receipts where table_name = 'client' order by delivery")
    counted = [(row["delivery"], row["changed"], row["removed"], row["taken_at"] is not None) for row in receipts]
    assert counted == [(1, 2, 0, True), (3, 2, 0, True), (4, 0, 1, True), (5, 1, 0, True)]


def test_what_was_not_confirmed_comes_again_and_what_changed_meanwhile_once(
    outbound: Outbound, warehouse: Warehouse
) -> None:
    warehouse.take_all()
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "b", "name": "Bert"})
    first = warehouse.ask()
    # Killed before it confirms; meanwhile one of the two rows changes again.
    outbound.load("in_Client", {"in_id": "b", "name": "Bob"})
    assert warehouse.ask() == first
    assert warehouse.take() == [("Anne", False)]
    assert warehouse.confirm(first["upto_position"]) == warehouse.confirm(first["upto_position"])
    assert warehouse.take_all() == [("Bob", False)]
    assert warehouse.is_equal()


def test_a_confirmation_of_something_else_is_refused(outbound: Outbound, warehouse: Warehouse) -> None:
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="was not given what ends with 7, but nothing"
    ):
        warehouse.confirm(7)
    given = warehouse.ask()
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="but what ends with"):
        warehouse.confirm(given["upto_position"] + 1)
    with pytest.raises(psycopg.errors.NoDataFound, match="no reader 'other' of out_demo_1_1 for the role"):
        warehouse.rows(f"select * from {READERS}.ask('other')")


def test_a_slower_transaction_is_never_skipped(outbound: Outbound, warehouse: Warehouse) -> None:
    warehouse.take_all()
    with session(outbound.site.out_database) as slow:
        slow.execute(f"update {OUT}.client set name = 'Slow' where name = 'Anna'")
        # Another one waits for it: numbers are given in the order of the commits.
        with session(outbound.site.out_database) as other:
            other.execute("set lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(f"update {OUT}.client set name = 'Fast' where name = 'Bela'")
        assert warehouse.take_all() == []
        slow.commit()
    assert warehouse.take_all() == [("Slow", False)]


def test_what_changes_after_the_question_of_a_full_delivery_is_in_the_next_delivery(
    outbound: Outbound, warehouse: Warehouse
) -> None:
    given = warehouse.ask()
    assert given["is_full"]
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "d", "name": "Dora"})
    assert warehouse.take() == [("Bela", False)]
    warehouse.confirm(given["upto_position"])
    assert warehouse.take_all() == [("Anne", False), ("Dora", False)]
    assert warehouse.is_equal()


@BOTH_LAYOUTS
def test_after_truncate_and_for_tables_made_again_a_reader_gets_a_full_delivery(
    outbound: Outbound, warehouse: Warehouse
) -> None:
    site = outbound.site
    warehouse.take_all()
    site.look(f"truncate {OUT}.client")
    assert warehouse.take_all() == []
    assert warehouse.one(f"select * from {READERS}.reader_tracking")["delivery"] == 2
    assert warehouse.is_equal()
    role = warehouse.session.info.user
    site.look(f"drop table {OUT}.client cascade")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="restored or made again: ask again"):
        warehouse.ask()
    outbound.run()
    site.look(f"grant select on {OUT}.client to {role}")
    assert warehouse.take_all() == [("Anna", False), ("Bela", False)]
    assert warehouse.is_equal()


def test_without_readers_a_version_notes_nothing(outbound: Outbound, warehouse: Warehouse, role: str) -> None:
    site = outbound.site
    with site.runtime() as runtime:
        assert add_reader(runtime, NAME, role, None) == (OUT, role, False)
        assert add_reader(runtime, "other", role, "1") == (OUT, role, True)
        outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
        assert [(one.reader, one.needs_full_delivery) for one in list_readers(runtime)] == [
            ("other", True),
            (NAME, True),
        ]
        assert remove_reader(runtime, NAME, None) == OUT
        assert site.value(f"select count(*) from {STORE}.reader_change", at=site.out_database) == 1
        remove_reader(runtime, "other", None)
        with pytest.raises(ConfigurationError, match="has no reader `other`"):
            remove_reader(runtime, "other", None)
    assert site.value(f"select count(*) from {STORE}.reader_change", at=site.out_database) == 0
    assert site.look("select from pg_trigger where tgname like 'etl_reader%'", at=site.out_database) == []
    assert site.look("select from pg_namespace where nspname = %s", [READERS], at=site.out_database) == []
    with site.runtime() as runtime:
        sent = list[str]()
        for engine in {id(one): one for one in (runtime.engine, runtime.store_engine, runtime.out_engine)}.values():
            event.listen(engine, "before_cursor_execute", lambda *of: sent.append(of[2]))
        site.partner.redeliver("in_Client", {"in_id": "a", "name": "Anya"})
        site.partner.hand_over()
        assert run_once(runtime).out["upserted"] == 1
    assert len(sent) > 50
    of_readers = re.compile(rf"{STORE}\.reader\b|reader_change|reader_receipt|etl_reader|_reader\"?\.")
    assert list(filter(of_readers.search, sent)) == []


def test_bad_readers_are_refused(outbound: Outbound, warehouse: Warehouse, role: str) -> None:
    with outbound.site.runtime() as runtime:
        for name, chosen, fault in (
            ("a b", role, "cannot be the name of a reader"),
            ("other", "none_of_that_name", "the server has no role `none_of_that_name`"),
            (NAME, outbound.site.engine_role, f"{NAME} is a reader of {OUT} with the role {role}"),
        ):
            with pytest.raises(ConfigurationError, match=fault):
                add_reader(runtime, name, chosen, None)
        with pytest.raises(ConfigurationError, match="there is no out_ version `7`"):
            add_reader(runtime, "other", role, "7")


def test_a_reset_reader_gets_a_full_and_a_version_with_readers_stays(
    outbound: Outbound, warehouse: Warehouse, role: str
) -> None:
    warehouse.take_all()
    with outbound.site.runtime() as runtime:
        assert reset_reader(runtime, NAME, None) == OUT
        assert warehouse.take_all() == [("Anna", False), ("Bela", False)]
        build_version(runtime, "2", lambda _: None)
        add_reader(runtime, NAME, role, "2")
        with pytest.raises(ConfigurationError, match=f"its reader {NAME} confirms what it is given"):
            retire_version(runtime, "2", on=None, keep=False, force=False)
        assert retire_version(runtime, "2", on=None, keep=False, force=True).is_dropped
        assert [one.schema_name for one in list_readers(runtime)] == [OUT]
    assert warehouse.take_all() == []


def test_other_roles_see_no_reader(outbound: Outbound, warehouse: Warehouse) -> None:
    site = outbound.site
    with site.runtime() as runtime:
        add_reader(runtime, "internal", site.engine_role, None)
    assert [row["reader"] for row in warehouse.rows(f"select reader from {READERS}.reader_tracking")] == [NAME]
    with pytest.raises(psycopg.errors.NoDataFound, match="no reader 'internal'"):
        warehouse.rows(f"select * from {READERS}.ask('internal')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows(f"select * from {STORE}.reader")


def test_the_page_is_performed_from_top_to_bottom(outbound: Outbound, role: str) -> None:
    """Its commands by the operator, its SQL by the reader. The page's company is another one."""
    site = outbound.site
    site.look(f"grant create on schema public to {role}", at=site.out_database)
    page = {"out_shop_1_1": OUT, "_contract_buyer_": "_claim_client_", "shop_reader": role}
    place = f"{LOOPBACK}:{site.out_database.port}/{site.out_database.name}"
    page |= {"$DATABASE": site.out_database.name, "$READER_URL": f"postgresql://{role}@{place}"}
    shown = []
    with site.reader() as connection:
        for block in blocks(READERS_PAGE):
            text = block.text
            for theirs, ours in page.items():
                text = text.replace(theirs, ours)
            for words in (shlex.split(line, comments=True) for line in text.splitlines() if block.language == "sh"):
                done = site.etl(*words[1:], ETL_PARTNER_PASSWORD=PARTNER_PASSWORD)
                assert (words[0], done.code) == ("etl", 0), done
                shown.append(done.out)
            if block.language == "sql":
                if "12" in text:
                    [given] = connection.execute(f"select upto_position from {READERS}.reader_tracking").fetchall()
                    text = text.replace("12", str(given["upto_position"]))
                connection.execute(text)
            if "create table" in text:
                site.etl("out", "reader", "reset", NAME)
            elif "copy_of_client" in text:
                assert connection.execute(
                    "select system_id, name from copy_of_client order by 1"
                ).fetchall() == site.look(f"select system_id, name from {OUT}.client order by 1")
                outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "b", "removed": True})
                connection.execute(text)
                assert connection.execute("select name from copy_of_client").fetchall() == [{"name": "Anne"}]
    assert f"the copy of trial2 is equal to the tables of {OUT}" in shown[-3]
    assert [one["reader"] for one in json.loads(site.etl("out", "reader", "list", "--json").out)] == ["trial", "trial2"]


def test_what_all_have_confirmed_is_deleted_and_who_stays_away_is_retired(
    outbound: Outbound, warehouse: Warehouse, role: str
) -> None:
    site = outbound.site
    with site.runtime() as runtime:
        add_reader(runtime, "slow", role, None)
        slow = Warehouse(warehouse.session, name="slow")
        slow.take_all()
        warehouse.take_all()
        outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "c", "name": "Cora"})
        warehouse.take_all()
        assert clean(runtime).reader_changes == 0
        assert [(one.reader, one.behind) for one in read_status(runtime).readers] == [("slow", 2), (NAME, 0)]
        days = "update {}.reader set {} where reader = 'slow'"
        past = "added_at = {0}, asked_at = {0}, taken_at = {0}".format("now() - interval '16 days'")
        site.look(days.format(STORE, past), at=site.out_database)
        [found] = check_readers(runtime)
        assert found.level == "warning"
        assert "slow of out_demo_1_1 has not confirmed for 16 days" in found.found
        site.look(days.format(STORE, past.replace("16", "31")), at=site.out_database)
        with session(site.out_database) as older:
            older.execute("set transaction isolation level repeatable read")
            older.execute("select 1")
            cleaned = clean(runtime)
            assert (cleaned.reader_changes, cleaned.readers) == (2, ("slow of out_demo_1_1",))
            with pytest.raises(psycopg.errors.SerializationFailure):
                older.execute(f"select {READERS}.ask('{NAME}')")
        assert list(check_readers(runtime)) == []
    outbound.load("in_Client", {"in_id": "c", "name": "Cleo"})
    assert warehouse.take_all() == [("Cleo", False)]
    assert slow.take_all() == [("Anne", False), ("Bela", False), ("Cleo", False)]
    assert slow.is_equal()
    assert warehouse.is_equal()
