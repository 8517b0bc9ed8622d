"""The views of out_<company> show the current version; readers go from one to the other without an error."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from etl.engine import build_version, roll_back_version, switch_version
from etl.errors import ConfigurationError, TransientFault
from etl.outputs.versions import Switched
from tests.fix_company import OUT, STORE, Site
from tests.integration.outputs.conftest import DOCUMENTS, Outbound
from tests.integration.outputs.writers import session

pytestmark = pytest.mark.first_run

VIEWS = "out_demo"
SECOND = "out_demo_1_2"
WIDER = DOCUMENTS["Client"].replace(
    "type: INPUT_TEXT, needLoadFromInTables: true}",
    "type: INPUT_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}",
)


def raise_version(outbound: Outbound, code: str = "Client", document: str = WIDER) -> None:
    """Version 2 with another document is whole, beside version 1."""
    outbound.site.document(code, document)
    with outbound.site.runtime() as runtime:
        assert build_version(runtime, "2", lambda _: None).schema == SECOND


def to(outbound: Outbound, name: str, *, force: bool = False, patience: float = 20.0) -> Switched:
    with outbound.site.runtime() as runtime:
        return switch_version(runtime, name, force=force, patience=patience)


def back(outbound: Outbound) -> Switched:
    with outbound.site.runtime() as runtime:
        return roll_back_version(runtime, force=False, patience=20.0)


def columns(site: Site, view: str) -> list[str]:
    query = (
        "select column_name as name from information_schema.columns "
        "where table_schema = %s and table_name = %s order by ordinal_position"
    )
    return [row["name"] for row in site.look(query, [VIEWS, view], at=site.out_database)]


@dataclass
class Readers:
    """Sessions that read the views all the time, each in its own way."""

    site: Site
    errors: list[str] = field(default_factory=list)
    rounds: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    QUERIES = (
        # A new text each time; the same text, prepared by the driver; two views in one statement.
        (f"select count(*), count(distinct system_id) from {VIEWS}.Client -- %d", False),
        (f"select count(*), count(distinct system_id) from {VIEWS}.Client", True),
        (
            f"select count(*), count(distinct c.system_id) from {VIEWS}._Claim_Client_ l "
            f"right join {VIEWS}.Client c on c.system_id = l.Client_id",
            True,
        ),
    )

    def read(self, query: str, *, is_prepared: bool, rows: int) -> None:
        try:
            with session(self.site.out_database) as connection:
                connection.autocommit = True
                while not self.stopping.is_set():
                    text = query if is_prepared else query % self.rounds
                    found = connection.execute(text.encode(), prepare=is_prepared).fetchone()
                    if found != (rows, rows):
                        self.errors.append(f"{found} of {rows}: {query}")
                    self.rounds += 1
        except psycopg.Error as error:
            self.errors.append(f"{error}: {query}")

    @contextmanager
    def reading(self, rows: int) -> Iterator[None]:
        threads = [
            threading.Thread(target=self.read, args=(query,), kwargs={"is_prepared": is_prepared, "rows": rows})
            for query, is_prepared in self.QUERIES
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()


def test_the_first_version_is_shown_by_itself(outbound: Outbound) -> None:
    names = outbound.site.look(f"select name from {VIEWS}.Client order by name")
    assert [row["name"] for row in names] == ["Anna", "Bela"]
    assert outbound.site.count(f"{VIEWS}._Claim_Party_") == 2


def test_a_raised_version_waits_until_it_is_switched_to_and_back(outbound: Outbound) -> None:
    raise_version(outbound)
    assert "secret" not in columns(outbound.site, "client")
    done = to(outbound, "2")
    assert (done.current, done.previous) == (SECOND, OUT)
    assert columns(outbound.site, "client")[-1] == "secret"
    outbound.load("in_Client", {"in_id": "a", "name": "Anna", "secret": "s"})
    assert outbound.site.value(f"select secret from {VIEWS}.Client where name = 'Anna'") == "s"
    done = back(outbound)
    assert (done.current, done.previous) == (OUT, SECOND)
    assert "secret" not in columns(outbound.site, "client")
    with pytest.raises(ConfigurationError, match="no version was current before"):
        back(outbound)


def test_readers_never_see_an_error_nor_a_missing_row(outbound: Outbound) -> None:
    """Neither when views only get a column, nor when they lose one and are made again."""
    raise_version(outbound)
    rows = outbound.site.count(f"{VIEWS}.Client")
    readers = Readers(outbound.site)
    with readers.reading(rows):
        for _ in range(6):
            to(outbound, "2")
            to(outbound, "1")
    assert readers.errors == []
    assert readers.rounds > 30


def test_a_reader_in_a_transaction_keeps_its_version(outbound: Outbound) -> None:
    """The switch waits for it in vain, says who it is, and everything stays as it was."""
    raise_version(outbound)
    with session(outbound.site.out_database) as reader:
        reader.execute(f"select * from {VIEWS}.Client")
        with pytest.raises(TransientFault) as refused:
            to(outbound, "2", patience=0.5)
        assert f"session {reader.info.backend_pid} of" in str(refused.value)
        assert outbound.site.value(f"select schema_name from {STORE}.out_version where is_current") == OUT
        assert reader.execute(f"select count(*) from {VIEWS}._Claim_Client_").fetchone() == (1,)
    assert to(outbound, "2").current == SECOND


def test_grants_stay_wherever_a_view_is_made_again(outbound: Outbound) -> None:
    site = outbound.site
    role = f"partner_{site.database.name}"
    site.look(
        f"grant usage on schema {VIEWS} to {role}; grant select on {VIEWS}.Claim to public;"
        f"grant select (name, system_id) on {VIEWS}.Client to {role};"
        f"grant select on {VIEWS}._Claim_Party_ to {role} with grant option"
    )
    acl = (
        "select relname || coalesce('.' || attname, '') as name, coalesce(attacl, relacl)::text as acl from pg_class c "
        "left join pg_attribute a on attrelid = c.oid and attacl is not null "
        f"where relnamespace = '{VIEWS}'::regnamespace "
        f"union all select nspname, nspacl::text from pg_namespace where nspname = '{VIEWS}' order by 1"
    )
    before = site.look(acl)
    without_party = DOCUMENTS["Claim"].replace(
        "co: Party, needLoadFromInTables: true, needUploadToOutTable: true", "co: Party, needLoadFromInTables: true"
    )
    assert without_party != DOCUMENTS["Claim"]
    site.document("Client", WIDER)
    raise_version(outbound, "Claim", without_party)
    assert to(outbound, "2").views == {
        "_claim_client_": "replace",
        "_claim_party_": "drop",
        "claim": "replace",
        "client": "replace",
        "firm": "replace",
    }
    with site.reader() as reader:
        assert reader.execute(f"select name from {VIEWS}.Client order by name").fetchone() == {"name": "Anna"}
    assert back(outbound).views["client"] == "rebuild"
    assert site.look(acl) == before


def test_a_view_of_someone_else_is_a_reason_not_to_switch(outbound: Outbound) -> None:
    site = outbound.site
    raise_version(outbound)
    to(outbound, "2")
    site.look(f"create view public.report as select name, secret from {VIEWS}.Client")
    with pytest.raises(ConfigurationError) as refused:
        back(outbound)
    assert "client.secret is not a column of that version, and view public.report stands on its view" in str(
        refused.value
    )
    assert "with --force they stay, and what is gone is empty" in str(refused.value)
    assert to(outbound, "1", force=True).views["client"] == "replace"
    assert site.look("select * from public.report order by name", at=site.out_database) == [
        {"name": "Anna", "secret": None},
        {"name": "Bela", "secret": None},
    ]
    outbound.load("in_Client", {"in_id": "a", "name": "Anne", "secret": "s"})
    to(outbound, "2")
    report = site.look("select * from public.report where secret is not null", at=site.out_database)
    assert report == [{"name": "Anne", "secret": "s"}]


def test_only_a_whole_version_is_shown(outbound: Outbound) -> None:
    site = outbound.site
    raise_version(outbound)
    site.look(
        f"update {STORE}.out_version set whole_at = null, fill = "
        """'{"is_new": true, "step": 1, "after": [], "rows": 2, "total": 8}' where schema_name = %s""",
        [SECOND],
    )
    with pytest.raises(ConfigurationError, match=r"out_demo_1_2 is not whole, 25 % of it is filled: `etl out build`"):
        to(outbound, "2")
    with pytest.raises(ConfigurationError, match=r"no out_ version `7` of company demo: 1, 2"):
        to(outbound, "7")


def test_dropped_views_come_back_with_the_next_run(outbound: Outbound) -> None:
    outbound.site.look(f"drop schema {VIEWS} cascade")
    outbound.run()
    assert outbound.site.count(f"{VIEWS}.Client") == 2


def test_two_builders_at_once_make_one_version(outbound: Outbound) -> None:
    with outbound.site.runtime() as runtime, ThreadPoolExecutor(max_workers=2) as pool:
        for number in range(2, 7):
            building = [pool.submit(build_version, runtime, str(number), lambda _: None) for _ in range(2)]
            built = [one.result() for one in building]
            assert {one.schema for one in built} == {f"out_demo_1_{number}"}
            assert sorted(one.is_new for one in built) == [False, True]
    assert Outbound(outbound.site, SECOND).names() == ["Anna", "Bela"]
