"""The heartbeat renews the lease, shows itself to the partner, and notices what it has lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from etl.database import Access, open_engine, transaction
from etl.errors import FencedOut, LeaseLost
from etl.sources.in_tables.handshake import (
    Handshake,
    Heartbeat,
    Joining,
    RunLease,
    heartbeat,
)
from tests.fix_company import Site, until
from tests.integration.in_tables.conftest import MakeHandshake


def beating(handshake: Handshake, lease: RunLease, *, lease_seconds: float = 60) -> Heartbeat:
    return Heartbeat(handshake.engine, "in_tables", lease, beat_seconds=0.05, lease_seconds=lease_seconds)


@pytest.fixture
def first(handshake: MakeHandshake) -> RunLease:
    _, lease = handshake("a").acquire()
    assert lease is not None
    return lease


def test_lease_and_marker_are_renewed(site: Site, handshake: MakeHandshake, first: RunLease) -> None:
    site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
    site.look("update in_tables.process_tracking set periodic_update_time = '2001-01-01'")
    with beating(handshake("a"), first) as beat:
        until(lambda: _age(site, "run", "heartbeat_at") < 5, "the lease is renewed")
        until(lambda: _age(site, "process_tracking", "periodic_update_time") < 5, "the marker shows the heartbeat")
        beat.check()


def test_a_marker_that_is_gone_or_locked_does_not_stop_it(
    site: Site, handshake: MakeHandshake, first: RunLease
) -> None:
    with beating(handshake("a"), first) as beat:
        with site.partner.holding("update process_tracking set load_status = 0"):
            site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
            until(lambda: _age(site, "run", "heartbeat_at") < 5, "the lease is renewed beside a locked marker")
        site.partner.hand_over()
        site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
        until(lambda: _age(site, "run", "heartbeat_at") < 5, "the lease is renewed without a marker")
        beat.check()


def test_an_new_owner_is_noticed(site: Site, handshake: MakeHandshake, first: RunLease) -> None:
    site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
    assert handshake("b").acquire()[1]
    with beating(handshake("a"), first) as beat:
        until(lambda: _is_lost(beat), "the loss is noticed")
    assert _age(site, "run", "heartbeat_at") < 60


def test_trust_ends_before_the_lease_when_the_database_is_out_of_reach(
    handshake: MakeHandshake, first: RunLease
) -> None:
    beat = beating(handshake("a"), first, lease_seconds=0.3)
    beat.check()
    started = time.monotonic()
    until(lambda: _is_lost(beat), "trust ends")
    assert time.monotonic() - started < 60


def test_trust_counts_from_before_the_run_was_won(site: Site, handshake: MakeHandshake) -> None:
    """A long wait within the winning transaction is not a time that the lease has."""
    with ThreadPoolExecutor(1) as pool:
        with site.locking("in_tables.run_fence"):
            winner = pool.submit(handshake("a").acquire)
            site.wait_for_blocked()
            before_the_win = time.monotonic()
        lease = winner.result()[1]
    assert lease is not None
    assert lease.attempted_at < before_the_win
    beating(handshake("a"), lease).check()
    with pytest.raises(FencedOut):
        beating(handshake("a"), replace(lease, attempted_at=lease.attempted_at - 60)).check()


def test_a_helpers_trust_counts_from_before_it_joined(site: Site, handshake: MakeHandshake, first: RunLease) -> None:
    with transaction(handshake("b").engine) as connection:
        _, running = handshake("b").read_state(connection)
    assert running is not None
    with ThreadPoolExecutor(1) as pool:
        with site.locking("in_tables.runner"):
            helper = pool.submit(Joining(handshake("b")).join, running)
            site.wait_for_blocked()
            before_it_joined = time.monotonic()
        lease = helper.result()
    assert lease is not None
    assert lease.attempted_at < before_it_joined


def test_a_database_that_does_not_answer_any_more(handshake: MakeHandshake, first: RunLease) -> None:
    """The log says why each attempt failed; the work is left, with what to do."""
    away = open_engine(Access("127.0.0.1", 9, "nowhere", "no_one"), "etl:a")
    beat = Heartbeat(away, "in_tables", first, beat_seconds=0.05, lease_seconds=0.4)
    with pytest.raises(LeaseLost, match=f"^run {first.run} is left: its lease could not be renewed within"), beat:
        until(lambda: beat.check(), "trust ends")
    away.dispose()


def test_a_lock_on_the_lease_is_said_and_waited_for(
    site: Site,
    handshake: MakeHandshake,
    first: RunLease,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its holder keeps other runners from taking the run over as well."""
    monkeypatch.setattr(heartbeat, "_LOCK_SECONDS", 0.05)
    with caplog.at_level("INFO", "in_pg_migration"), beating(handshake("a"), first) as beat:
        with site.locking("in_tables.run"):
            until(lambda: "the lease cannot be renewed, nor taken over while" in caplog.text, "the log says so")
            beat.check()
        until(lambda: f"run {first.run}: run takes the heartbeat again" in caplog.text, "it continues")
        beat.check()


def _is_lost(beat: Heartbeat) -> bool:
    try:
        beat.check()
    except FencedOut:
        return True
    return False


def _age(site: Site, table: str, column: str) -> float:
    return float(site.value(f"select extract(epoch from clock_timestamp() - {column}) from in_tables.{table}"))
