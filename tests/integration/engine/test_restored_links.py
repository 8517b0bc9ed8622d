"""Links that wait outlive a restore: transaction numbers are those of one server and tell nothing elsewhere."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import psycopg
import pytest

from etl.database import application_name, transaction
from etl.embedded import EmbeddedServer
from etl.engine import prepare
from etl.engine.run_context import open_merge_context
from etl.merge.links.statements import link_merge_of
from etl.runs import Chunk
from tests.fix_company import (
    BOTH_LAYOUTS,
    CLAIMS,
    ONLY_ONE,
    OUT,
    PASSWORD,
    STORE,
    MakeSite,
    Site,
)
from tests.fix_database import LOOPBACK, SESSIONS, Database, running_server
from tests.fix_restore import drop_database, dump, empty_database, moved, place_of, restore_into

WAITING = 5
BURN = "do 'begin for n in 1..{} loop perform pg_current_xact_id(); commit; end loop; end'"


@pytest.fixture(scope="module")
def other_server() -> Iterator[EmbeddedServer]:
    with running_server() as running:
        yield running


def finished(site: Site) -> None:
    """The newest run has come to its end."""


def stopped(site: Site) -> None:
    """The newest run was stopped when half of its clients were there already."""
    site.set(errorLimit=1)
    site.partner.fill("in_client", {"in_id": "c0", "name": "Early"}, {"in_id": "n0", "amount": "NaN"})
    site.partner.fill("in_client", {"in_id": "n1", "amount": "NaN"})
    site.partner.hand_over()
    assert site.etl("run").code == 3
    site.partner("delete from in_client")
    site.set()


def unfinished(site: Site) -> None:
    """The newest run was won and its runner died."""
    site.partner.hand_over()
    with site.runtime() as runtime:
        prepare(runtime)
        _, lease = runtime.handshake.acquire()
        assert lease
        runtime.handshake.give_up(lease)


NEWEST = pytest.mark.parametrize("newest", [finished, stopped, unfinished])


def with_waiting_links(site: Site) -> None:
    for one in site.databases:
        site.look(BURN.format(3000), at=one)
    site.partner.fill("in_claim", *({"in_id": f"k{n}", "title": "Claim"} for n in range(WAITING)))
    site.partner.fill("in_claim_client", *({"claim_id": f"k{n}", "client_id": f"c{n}"} for n in range(WAITING)))
    site.partner.hand_over()
    assert site.etl("run").code == 0
    assert site.count(f"{STORE}.boi_reference") == WAITING


def clients_arrive(site: Site, *, first: int = 0) -> None:
    site.partner.redeliver("in_client", *({"in_id": f"c{n}", "name": f"Name {n}"} for n in range(first, WAITING)))
    _run(site)


def _run(site: Site) -> None:
    site.partner.hand_over()
    done = site.etl("run", "--json")
    if json.loads(done.out).get("taken_over"):  # the begun run first, then what was handed over since
        done = site.etl("run", "--json")
    assert done.code == 0, done


def assert_linked(site: Site, *, is_reported: bool = True) -> None:
    assert site.count(f"{STORE}.boi_reference") == 0
    assert site.count(f"{STORE}.link_claim_client") == WAITING
    if is_reported:
        assert site.partner.statuses("in_claim_client") == {"DONE": WAITING}
    assert site.count("out_demo._claim_client_") == WAITING


def restored(site: Site, server: EmbeddedServer) -> list[Database]:
    """Dumps of all databases, restored on another server under other names, with the roles that were there."""
    databases = []
    for number, one in enumerate(site.databases):
        file = site.home / f"dump_{number}"
        dump(one, file)
        there = empty_database(site, one, server)
        restore_into(place_of(there.host, there.port), there.name, file)
        databases.append(there)
    return databases


def looked_up_since(site: Site) -> str | None:
    """The position from which references of claims to clients are looked up; None: all are."""
    with site.runtime() as runtime, transaction(runtime.store_engine) as connection:
        [link] = [one for one in runtime.company.link_tables() if one.name.lower() == "in_claim_client"]
        context = open_merge_context(runtime, int(site.value("select max(id) from in_tables.run")))
        merge = link_merge_of(connection, link, Chunk(rows=0), context)
        return str(merge.value("reference_position").since or "") or None


def home_of(site: Site, schema: str) -> Database:
    return {"in_tables": site.database, STORE: site.store_database}.get(schema, site.out_database)


@BOTH_LAYOUTS
@NEWEST
@pytest.mark.parametrize("numbers", ["lower", "higher"])
def test_waiting_links_outlive_a_restore_on_another_server(
    make_site: MakeSite, other_server: EmbeddedServer, newest: Callable[[Site], None], numbers: str
) -> None:
    site = make_site(CLAIMS)
    with_waiting_links(site)
    newest(site)
    if numbers == "higher":
        at = Database("postgres", str(other_server.socket_dir), other_server.port, other_server.username)
        site.look(BURN.format(20_000), at=at)
    databases = restored(site, other_server)
    with moved(site, databases, site.home) as there:
        clients_arrive(there)
        assert_linked(there)
        # From now on the numbers are this server's: only what arrives is looked up.
        there.partner.fill("in_claim_client", {"claim_id": "later", "client_id": "c0"})
        _run(there)
        there.partner.fill("in_claim", {"in_id": "later", "title": "Late"})
        _run(there)
        assert there.count(f"{STORE}.boi_reference") == 0
        assert looked_up_since(there)
    for one in databases:
        drop_database(one)


@BOTH_LAYOUTS
@pytest.mark.parametrize("schemas", [["in_tables"], [STORE], [OUT, "out_demo"]], ids=["import", "store", "out"])
def test_waiting_links_outlive_the_restore_of_one_part(make_site: MakeSite, schemas: list[str]) -> None:
    """That part is of an earlier moment than the others: a client has come whose link only the later runs have made."""
    site = make_site(CLAIMS)
    with_waiting_links(site)
    stopped(site)
    home = home_of(site, schemas[0])
    file = site.home / "part"
    dump(home, file, *(f"--schema={schema}" for schema in schemas))
    _run(site)
    assert site.count(f"{STORE}.link_claim_client") == 1
    site.look(f"drop schema {', '.join(schemas)} cascade", at=home)
    restore_into(place_of(home.host, home.port), home.name, file)
    if schemas in (["in_tables"], [STORE]):
        assert site.etl("verify", "--repair", "--level", "quick").code == 0
    clients_arrive(site, first=1)
    _run(site)
    assert_linked(site)


@ONLY_ONE
def test_a_copy_made_with_create_database_counts_for_itself(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    with_waiting_links(site)
    stopped(site)
    name = f"copy_of_{site.database.name}"
    site.partner.session.close()
    SESSIONS.close(site.database)
    site.look(f"create database {name} template {site.database.name}", at=replace(site.database, name="postgres"))
    copy = replace(site.database, name=name)
    with moved(site, [copy], site.home) as there:
        assert looked_up_since(there) is None
        clients_arrive(there)
        assert_linked(there)
    drop_database(copy)
    assert site.count(f"{STORE}.boi_reference") == WAITING


@ONLY_ONE
def test_a_run_of_a_copy_ends_no_session_of_the_original(make_site: MakeSite) -> None:
    """The copy has the original's run, whose owner works on: by its name it is ended only in the database of the run
    that is taken over."""
    site = make_site(CLAIMS)
    unfinished(site)
    name = f"copy_of_{site.database.name}"
    site.partner.session.close()
    SESSIONS.close(site.database)
    site.look(f"create database {name} template {site.database.name}", at=replace(site.database, name="postgres"))
    copy = replace(site.database, name=name)
    owner = application_name(site.value("select owner from in_tables.run order by id desc limit 1"))
    with moved(site, [copy], site.home) as there, ExitStack() as stack:
        working, of_copy = (
            stack.enter_context(
                psycopg.connect(
                    host=LOOPBACK,
                    port=one.port,
                    dbname=one.name,
                    user=site.engine_role,
                    password=PASSWORD,
                    application_name=owner,
                )
            )
            for one in (site.database, copy)
        )
        working.execute("select 1 from in_tables.run for update")  # as in the middle of a transaction
        of_copy.execute("select 1")
        assert json.loads(there.etl("run", "--json").out)["taken_over"]
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            of_copy.execute("select 1")
        assert working.execute("select 1").fetchone() == (1,)
    drop_database(copy)
