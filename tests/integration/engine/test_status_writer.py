"""Import and store in two databases: the one marks rows while the other still writes what they ask for."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from etl.sources.in_tables.remote import status_writer
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_APART, STORE, MakeSite, Site, ended, superuser, until
from tests.integration.engine.test_apart import new_owner

ROWS = 12_000
CLIENTS = f"{STORE}.bo_Client"
MARKING = "application_name like 'etl:%' and query like '%unchanged since they were read and locked%'"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Enough clients are ready for their marks to be written ahead; one is bad."""
    site = make_site(CLAIMS, copyTables="false", leaseSeconds=3, heartbeatSeconds=1)
    site.partner.fill("in_Claim", {"in_id": "k0"})
    assert site.run().exit_code == 0
    site.partner(f"insert into in_Client (in_id, name) select 'c' || n, 'name ' || n from generate_series(2, {ROWS}) n")
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"})
    site.partner.hand_over()
    return site


def check_complete(site: Site) -> None:
    assert site.partner.statuses("in_Client") == {"DONE": ROWS - 1, "ERROR": 1}
    assert site.count(CLIENTS) == site.count(f"{STORE}.journal where bo = 'Client'") == ROWS - 1
    unlike = "in_status = 'DONE' and out_id is null or in_status = 'ERROR' and out_id is not null"
    assert site.count(f"in_tables.in_Client where {unlike}") == 0
    assert [error["code"] for error in site.errors()] == ["NUMBER_NOT_FINITE"]


@contextmanager
def marked(site: Site) -> Iterator["subprocess.Popen[str]"]:
    """A run whose import has marked the clients; the store is kept from writing any of them."""
    with site.locking(CLIENTS):
        process = site.start("run")
        until(
            lambda: site.look(
                f"select 1 from pg_stat_activity where {MARKING} and state = 'idle in transaction'", at=site.database
            ),
            "the import has marked the rows",
        )
        site.wait_for_blocked()
        assert site.partner.statuses("in_Client") == {"ON_WORK": ROWS}  # until both have committed
        yield process


@ONLY_APART
def test_rows_are_marked_while_the_store_writes(site: Site) -> None:
    with marked(site) as process:
        pass
    assert ended(process).code == 1
    check_complete(site)


@ONLY_APART
def test_a_runner_that_is_killed_then_has_marked_nothing(site: Site) -> None:
    with marked(site) as process:
        process.kill()
        assert ended(process).code == -signal.SIGKILL
        site.look("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'etl:%'")
    assert (site.partner.statuses("in_Client"), site.count(CLIENTS)) == ({"ON_WORK": ROWS}, 0)
    assert new_owner(site).code == 1
    check_complete(site)


@ONLY_APART
def test_a_store_that_breaks_off_then_leaves_nothing_marked(site: Site) -> None:
    with marked(site) as process:
        waiting = "application_name like 'etl:%' and wait_event_type = 'Lock'"
        site.look(f"select pg_terminate_backend(pid) from pg_stat_activity where {waiting}")
    assert ended(process).code == 1
    check_complete(site)


@pytest.mark.nightly
@ONLY_APART
def test_an_import_that_breaks_off_in_the_midst_of_marking(site: Site) -> None:
    """The fault is another thread's; it ends the task that waits for it, and the task is tried again."""
    with psycopg.connect(**superuser(site.database)) as other:
        with site.holding_after_claims():
            process = site.start("run")
            site.wait_for_blocked()
            other.execute("lock table in_tables.in_Client in share mode")
        site.wait_for_blocked(by=other.info.backend_pid)
        [row] = site.look(f"select query, pg_terminate_backend(pid) from pg_stat_activity where {MARKING}")
        assert "update" in row["query"]
    assert ended(process).code == 1
    check_complete(site)


@BOTH_LAYOUTS
def test_what_waits_again_is_not_what_waited(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks of this batch's rows may be there before those of the links that waited, and of the same ends."""
    monkeypatch.setattr(status_writer, "_AHEAD_FROM_ROWS", 1)
    site = make_site(CLAIMS)
    never, late = ({"claim_id": "k0", "watchers_id": client} for client in ("never", "late"))
    site.partner.fill("in_Claim", {"in_id": "k0"})
    site.partner.fill("in_Claim_Watchers", never, late)
    assert site.run().exit_code == 0
    site.look(f"update {STORE}.boi_reference set waiting_since = now() - interval '1 year'")
    site.partner.fill("in_Client", {"in_id": "late"})
    site.partner.redeliver("in_Claim_Watchers", never, late)
    site.partner.hand_over()
    assert site.run().exit_code == 1
    assert [error["code"] for error in site.errors()] == ["REFERENCE_EXPIRED"]
    rows = site.partner("select watchers_id, in_status from in_Claim_Watchers")
    assert {row["watchers_id"]: row["in_status"] for row in rows} == {"late": "DONE", "never": "WAITING"}
    assert site.look(f"select target_value from {STORE}.boi_reference") == [{"target_value": "never"}]
