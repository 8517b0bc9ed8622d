"""The heartbeat renews the lease, shows itself to the partner, and notices what it has lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from etl.database import transaction
from etl.errors import FencedOut
from etl.handshake import Handshake, Heartbeat, Joining, Won
from tests.fix_company import Site, until
from tests.integration.handshake.conftest import MakeHandshake


def beating(handshake: Handshake, won: Won, *, lease_seconds: float = 60) -> Heartbeat:
    return Heartbeat(handshake.engine, "in_tables", won, beat_seconds=0.05, lease_seconds=lease_seconds)


@pytest.fixture
def first(handshake: MakeHandshake) -> Won:
    _, won = handshake("a").win()
    assert won is not None
    return won


def test_lease_and_marker_are_renewed(site: Site, handshake: MakeHandshake, first: Won) -> None:
    site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
    site.look("update in_tables.process_tracking set periodic_update_time = '2001-01-01'")
    with beating(handshake("a"), first) as beat:
        until(lambda: _age(site, "run", "heartbeat_at") < 5, "the lease is renewed")
        until(lambda: _age(site, "process_tracking", "periodic_update_time") < 5, "the marker shows the heartbeat")
        beat.check()


def test_a_marker_that_is_gone_or_locked_does_not_stop_it(site: Site, handshake: MakeHandshake, first: Won) -> None:
    with beating(handshake("a"), first) as beat:
        with site.partner.holding("update process_tracking set load_status = 0"):
            site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
            until(lambda: _age(site, "run", "heartbeat_at") < 5, "the lease is renewed beside a locked marker")
        site.partner.hand_over()
        site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
        until(lambda: _age(site, "run", "heartbeat_at") < 5, "the lease is renewed without a marker")
        beat.check()


def test_an_heir_is_noticed(site: Site, handshake: MakeHandshake, first: Won) -> None:
    site.look("update in_tables.run set heartbeat_at = '2001-01-01'")
    assert handshake("b").win()[1]
    with beating(handshake("a"), first) as beat:
        until(lambda: _is_lost(beat), "the loss is noticed")
    assert _age(site, "run", "heartbeat_at") < 60


def test_trust_ends_before_the_lease_when_the_database_is_out_of_reach(handshake: MakeHandshake, first: Won) -> None:
    beat = beating(handshake("a"), first, lease_seconds=0.3)
    beat.check()
    started = time.monotonic()
    until(lambda: _is_lost(beat), "trust ends")
    assert time.monotonic() - started < 60


def test_trust_counts_from_before_the_run_was_won(site: Site, handshake: MakeHandshake) -> None:
    """A long wait within the winning transaction is no time that the lease has."""
    with ThreadPoolExecutor(1) as pool:
        with site.locking("in_tables.run_fence"):
            winner = pool.submit(handshake("a").win)
            site.wait_for_blocked()
            before_the_win = time.monotonic()
        won = winner.result()[1]
    assert won is not None
    assert won.attempted_at < before_the_win
    beating(handshake("a"), won).check()
    with pytest.raises(FencedOut):
        beating(handshake("a"), replace(won, attempted_at=won.attempted_at - 60)).check()


def test_a_helpers_trust_counts_from_before_it_joined(site: Site, handshake: MakeHandshake, first: Won) -> None:
    with transaction(handshake("b").engine) as connection:
        _, running = handshake("b").look(connection)
    assert running is not None
    with ThreadPoolExecutor(1) as pool:
        with site.locking("in_tables.runner"):
            helper = pool.submit(Joining(handshake("b")).join, running)
            site.wait_for_blocked()
            before_it_joined = time.monotonic()
        won = helper.result()
    assert won is not None
    assert won.attempted_at < before_it_joined


def _is_lost(beat: Heartbeat) -> bool:
    try:
        beat.check()
    except FencedOut:
        return True
    return False


def _age(site: Site, table: str, column: str) -> float:
    return float(site.value(f"select extract(epoch from clock_timestamp() - {column}) from in_tables.{table}"))
