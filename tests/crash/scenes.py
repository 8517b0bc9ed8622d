"""Scenes with two sessions: what must not happen while another one is slow, holds a lock, or has a wrong clock."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.crash.lab import Lab
from tests.fix_company import OUT, STORE, Ended, until
from tests.forked import barrier

RUNNERS = 8


def clock_ahead() -> None:
    """The process believes that it is tomorrow."""
    now = time.time
    time.time = lambda: now() + 86_400


def a_slow_writer_is_not_passed_by(lab: Lab) -> None:
    """Its journal row has a smaller number than those that a run follows, and is committed after the run."""
    lab.reset()
    lab.proxy.arm(None)
    with psycopg.connect(lab.eyes.info.dsn) as slow:
        slow.execute(f"update {STORE}.bo_Client set name = 'slow' where _in_id = 'same'")
        slow.execute(
            f"insert into {STORE}.journal (bo, instance, change) "
            f"select 'Client', _id, 'changed' from {STORE}.bo_Client where _in_id = 'same'"
        )
        lab.look("delete from in_tables.in_Client where in_id = 'same'")
        assert lab.run().code in (0, 1)
    lab.look("delete from in_tables.process_tracking")
    assert lab.run().code in (0, 1)
    shown = lab.look(f"select count(*) as n from {OUT}.Client where name = 'slow'")
    assert shown == [{"n": 1}], "a change that was committed late is not shown"


def a_long_task_keeps_its_lease(lab: Lab) -> None:
    """The heartbeat goes on while a task waits."""
    lab.reset()
    lab.proxy.arm(None)
    with lab.site.locking(f"{STORE}.bo_Client"):
        running = lab.start()
        try:
            lab.site.wait_for_blocked()
            [first] = lab.look("select heartbeat_at from in_tables.run where state = 'running'")
            moved = "select 1 from in_tables.run where state = 'running' and heartbeat_at > %s"
            alive = False
            deadline = time.monotonic() + 4  # the lease; the lock is waited for longer
            while not alive and time.monotonic() < deadline:
                alive = bool(lab.look(moved, [first["heartbeat_at"]]))
                time.sleep(0.05)
            assert alive, "the heart stands still while a task is long"
        except BaseException:
            running.end()
            raise
    assert running.ended().code == lab.code


def a_wrong_clock_takes_nothing(lab: Lab) -> None:
    """A runner whose clock is a day ahead leaves a living run alone. The lab sows the clock into its second runner."""
    lab.reset()
    lab.proxy.arm(None)
    sown, lab.sow = lab.sow, None
    with lab.site.locking(f"{STORE}.bo_Client"):
        first = lab.start()
        try:
            lab.site.wait_for_blocked()
            lab.sow = sown
            second = lab.run()
            assert second.code == 75, f"it should leave the living alone: {second}"
        except BaseException:
            first.end()
            raise
    assert first.ended().code == lab.code


def a_held_row_is_not_passed_by(lab: Lab) -> None:
    """The partner changes a row while the run claims: it is claimed as well, when the partner is done."""
    lab.reset()
    lab.proxy.arm(None)
    with lab.site.partner.holding("update in_Client set name = 'newer' where in_id = 'changed'"):
        running = lab.start()
        until(lambda: _is_blocked(lab) or running.process.exitcode is not None, "the run meets the lock or ends")
    assert running.ended().code == lab.code
    left = lab.look("select in_id from in_tables.in_Client where in_status in ('', 'ON_WORK')")
    assert left == [], "the claim has passed by a row that was ready"
    assert lab.look(f"select 1 from {STORE}.bo_Client where name = 'newer'")


def _is_blocked(lab: Lab) -> bool:
    return bool(
        lab.look(
            "select 1 from pg_stat_activity where datname = current_database() "
            "and application_name like 'etl:%%' and wait_event_type = 'Lock'"
        )
    )


def one_of_many_wins(lab: Lab, rounds: int) -> None:
    """So many start in one instant, on an empty marker and on a row by turns: one run comes of it."""
    for number in range(rounds):
        lab.reset()
        lab.proxy.arm(None)
        if number % 2:
            lab.look("insert into in_tables.process_tracking (oper_date, load_status) values (current_date, 1)")
        before = lab.look("select count(*) as n from in_tables.run")[0]["n"]
        results = _start_at_once(lab)
        assert {one.code for one in results} <= {0, 75, lab.code}, results
        assert all("Traceback" not in one.err for one in results)
        assert sum('"receipts": [{' in one.out for one in results) == 1, f"one run, no more: {results}"
        assert lab.look("select count(*) as n from in_tables.run")[0]["n"] == before + 1
        wrong = lab.wrong() if number % 2 == 0 else ""
        assert not wrong, wrong


def _start_at_once(lab: Lab) -> list[Ended]:
    gate = barrier(RUNNERS)
    started = [lab.start_at(gate) for _ in range(RUNNERS)]
    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(lambda one: one.ended(), started))
