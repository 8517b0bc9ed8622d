"""A new version is filled beside the old one while the store changes, and continues after a kill."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from etl.database import transaction
from etl.engine import build_version, list_versions
from tests.fix_company import OUT, STORE, Site, until
from tests.integration.outputs.conftest import Outbound, follow
from tests.integration.outputs.test_versions import CHANGED
from tests.integration.outputs.writers import Writer, populate, session, wrong_rows

pytestmark = pytest.mark.first_run

SECOND = "out_demo_1_2"
CLIENTS = 20_000


@pytest.fixture
def large(outbound: Outbound) -> Outbound:
    """Enough clients that the smallest chunk takes 30 of them, already in version 1; the metadata asks for more."""
    populate(outbound.site, CLIENTS, claims=3_000)
    outbound.site.set(chunkRows=1000)
    outbound.run()
    outbound.site.document("Client", CHANGED)
    return outbound


@contextmanager
def load(site: Site, writers: int = 2) -> Iterator[list[Writer]]:
    """Writers who change the store all the time, each change a transaction."""
    stopping = threading.Event()
    found: list[Writer] = []

    def write(seed: int) -> None:
        with session(site.store_database) as connection:
            writer = Writer(connection, random.Random(seed))
            found.append(writer)
            while not stopping.is_set():
                writer.change()
                connection.commit()

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(writers)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def fill(site: Site) -> dict[str, int]:
    [row] = site.look(f"select fill from {STORE}.out_version where schema_name = '{SECOND}'")
    return dict(row["fill"] or {})


def test_a_version_that_is_built_under_load_equals_the_store(large: Outbound) -> None:
    site = large.site
    shown: list[int] = []
    with load(site) as writers, site.runtime() as runtime:
        built = build_version(runtime, "2", shown.append)
    assert (built.schema, built.is_new) == (SECOND, True)
    assert shown[-1] == 100
    assert len(shown) > CLIENTS / 1000
    assert sum(len(writer.numbers) for writer in writers) > 20
    large.run()
    assert wrong_rows(site, SECOND, client_columns=("Name", "Secret")) == {}
    assert wrong_rows(site, OUT) == {}


def test_a_build_that_is_killed_goes_on_where_it_was(large: Outbound) -> None:
    site = large.site
    process = site.start("out", "build", "--version", "2")
    until(lambda: fill(site).get("rows", 0) >= 4000 if known(site) else None, "a fifth is filled")
    process.kill()
    process.communicate()
    left = fill(site)
    assert 4000 <= left["rows"] < CLIENTS
    assert state(site) == "building"
    with load(site):
        large.run()  # whatever it fills on, the live version is served
        done = site.etl("out", "build", "--version", "2", "--json")
        assert (done.code, done.err) == (0, "")
    large.run()
    assert wrong_rows(site, SECOND, client_columns=("Name", "Secret")) == {}
    assert site.value(f"select count(*) from {SECOND}.Client where updated_at > inserted_at") < CLIENTS / 10


def test_a_run_whose_time_is_up_leaves_the_filling_to_the_next(large: Outbound) -> None:
    site = large.site
    site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    with site.runtime() as runtime:
        for _ in range(2):
            follow(runtime, replace(runtime.versions, fill_seconds=0))
    assert state(site) == "building"
    assert state(site, OUT) == "current"
    with load(site):
        assert large.run().out_schema == SECOND
    large.run()
    assert state(site) == "live"
    assert wrong_rows(site, SECOND, client_columns=("Name", "Secret")) == {}
    assert wrong_rows(site, OUT) == {}


def test_statistics_that_are_far_too_low_lose_no_row(large: Outbound) -> None:
    site = large.site
    with session(site.store_database) as connection:
        connection.execute(f"update pg_class set reltuples = 10 where oid = '{STORE}.bo_client'::regclass")
    with site.runtime() as runtime:
        built = build_version(runtime, "2", lambda percent: None)
    assert built.rows["upserted"] >= CLIENTS
    assert wrong_rows(site, SECOND, client_columns=("Name", "Secret")) == {}


def known(site: Site) -> bool:
    return bool(site.look(f"select 1 from {STORE}.out_version where schema_name = '{SECOND}'"))


def state(site: Site, schema: str = SECOND) -> str:
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        [found] = [one for one in list_versions(connection, runtime) if one.schema_name == schema]
    return found.state
