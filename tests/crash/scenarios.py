"""Scenarios with two sessions: what must not happen while another is slow, holds a lock, or has a wrong clock."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.crash.harness import Harness
from tests.fix_company import OUT, STORE, Ended, until
from tests.forked import barrier

RUNNERS = 8


def clock_ahead() -> None:
    """The process believes that it is tomorrow."""
    now = time.time
    time.time = lambda: now() + 86_400


def a_slow_writer_is_not_passed_by(harness: Harness) -> None:
    """Its journal row has a smaller number than those that a run follows, and is committed after the run."""
    harness.reset()
    harness.proxy.arm(None)
    with psycopg.connect(harness.observer.info.dsn) as slow:
        slow.execute(f"update {STORE}.bo_Client set name = 'slow' where _in_id = 'same'")
        slow.execute(
            f"insert into {STORE}.journal (bo, instance, change) "
            f"select 'Client', _id, 'changed' from {STORE}.bo_Client where _in_id = 'same'"
        )
        harness.look("delete from in_tables.in_Client where in_id = 'same'")
        assert harness.run().code in (0, 1)
    harness.look("delete from in_tables.process_tracking")
    assert harness.run().code in (0, 1)
    shown = harness.look(f"select count(*) as n from {OUT}.Client where name = 'slow'")
    assert shown == [{"n": 1}], "a change that was committed late is not shown"


def a_long_task_keeps_its_lease(harness: Harness) -> None:
    """The heartbeat continues while a task waits."""
    harness.reset()
    harness.proxy.arm(None)
    with harness.site.locking(f"{STORE}.bo_Client"):
        running = harness.start()
        try:
            harness.site.wait_for_blocked()
            [first] = harness.look("select heartbeat_at from in_tables.run where state = 'running'")
            moved = "select 1 from in_tables.run where state = 'running' and heartbeat_at > %s"
            alive = False
            deadline = time.monotonic() + 4  # the lease; the lock is waited for longer
            while not alive and time.monotonic() < deadline:
                alive = bool(harness.look(moved, [first["heartbeat_at"]]))
                time.sleep(0.05)
            assert alive, "there is no heartbeat while a task is long"
        except BaseException:
            running.end()
            raise
    assert running.ended().code == harness.code


def a_wrong_clock_takes_nothing(harness: Harness) -> None:
    """A runner whose clock is a day ahead leaves a living run alone. Only the second runner gets the wrong clock."""
    harness.reset()
    harness.proxy.arm(None)
    wrong_clock, harness.inject = harness.inject, None
    with harness.site.locking(f"{STORE}.bo_Client"):
        first = harness.start()
        try:
            harness.site.wait_for_blocked()
            harness.inject = wrong_clock
            second = harness.run()
            assert second.code == 75, f"it should leave the living alone: {second}"
        except BaseException:
            first.end()
            raise
    assert first.ended().code == harness.code


def a_held_row_is_not_passed_by(harness: Harness) -> None:
    """The partner changes a row while the run claims: it is claimed as well, when the partner is done."""
    harness.reset()
    harness.proxy.arm(None)
    with harness.site.partner.holding("update in_Client set name = 'newer' where in_id = 'changed'"):
        running = harness.start()
        until(lambda: _is_blocked(harness) or running.process.exitcode is not None, "the run meets the lock or ends")
    assert running.ended().code == harness.code
    left = harness.look("select in_id from in_tables.in_Client where in_status in ('', 'ON_WORK')")
    assert left == [], "the claim has passed by a row that was ready"
    assert harness.look(f"select 1 from {STORE}.bo_Client where name = 'newer'")


def _is_blocked(harness: Harness) -> bool:
    return bool(
        harness.look(
            "select 1 from pg_stat_activity where datname = current_database() "
            "and application_name like 'etl:%%' and wait_event_type = 'Lock'"
        )
    )


def one_of_many_wins(harness: Harness, rounds: int) -> None:
    """RUNNERS start in one instant, with an empty marker and with a row by turns: only one run starts."""
    for number in range(rounds):
        harness.reset()
        harness.proxy.arm(None)
        if number % 2:
            harness.look("insert into in_tables.process_tracking (oper_date, load_status) values (current_date, 1)")
        before = harness.look("select count(*) as n from in_tables.run")[0]["n"]
        results = _start_at_once(harness)
        assert {one.code for one in results} <= {0, 75, harness.code}, results
        assert all("Traceback" not in one.err for one in results)
        assert sum('"receipts": [{' in one.out for one in results) == 1, f"one run, no more: {results}"
        assert harness.look("select count(*) as n from in_tables.run")[0]["n"] == before + 1
        wrong = harness.differences() if number % 2 == 0 else ""
        assert not wrong, wrong


def _start_at_once(harness: Harness) -> list[Ended]:
    start_barrier = barrier(RUNNERS)
    started = [harness.start_at_barrier(start_barrier) for _ in range(RUNNERS)]
    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(lambda one: one.ended(), started))
