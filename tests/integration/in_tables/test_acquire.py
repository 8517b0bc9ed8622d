"""Winning, losing, taking over and finishing, on a real marker."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest

from etl.database import Connection, transaction
from etl.errors import FencedOut, MarkerHeld, TransientFault
from etl.sources.in_tables.handshake import Action, Handshake, Joining, RunLease
from tests.fix_company import Site, superuser, until
from tests.integration.in_tables.conftest import MakeHandshake


def lease(handshake: Handshake) -> RunLease:
    _, found = handshake.acquire()
    assert found is not None
    return found


def finish(handshake: Handshake, run: RunLease) -> None:
    with transaction(handshake.engine) as connection:
        handshake.finish_marker(connection, run)
        handshake.end(connection, run, state="done")


def make_older(site: Site, seconds: int) -> None:
    site.look(f"update in_tables.run set heartbeat_at = clock_timestamp() - interval '{seconds} s'")


def test_an_empty_table_is_won_with_a_row_of_our_own(site: Site, handshake: MakeHandshake) -> None:
    run = lease(handshake("a"))
    assert run.run > 0
    row = site.partner.marker()
    assert row["id"] == run.marker
    assert row["occupied_by_process"] == run.run
    assert row["load_status"] == 0
    assert row["ins_inkafka_status"] == 0
    assert row["oper_date"] == site.value("select current_date")
    assert row["start_ins_inkafka_time"] is not None
    assert row["periodic_update_time"] is not None


def test_a_handed_over_row_is_won_and_no_row_is_added(site: Site, handshake: MakeHandshake) -> None:
    number = site.partner.hand_over_by_row()
    run = lease(handshake("a"))
    assert run.marker == number
    assert site.partner.marker()["occupied_by_process"] == run.run
    assert site.count("in_tables.process_tracking") == 1


def test_only_the_row_with_the_highest_id_counts(site: Site, handshake: MakeHandshake) -> None:
    site.partner.hand_over_by_row()
    site.partner("insert into process_tracking (oper_date, load_status) values (current_date, 0)")
    decision, run = handshake("a").acquire()
    assert (decision.action, run) == (Action.WAIT, None)


def test_the_second_runner_is_held_off(handshake: MakeHandshake) -> None:
    lease(handshake("a"))
    decision, run = handshake("b").acquire()
    assert (decision.action, run) == (Action.HELD, None)


def test_finishing_is_the_signal_to_the_partner(site: Site, handshake: MakeHandshake) -> None:
    run = lease(handshake("a"))
    finish(handshake("a"), run)
    row = site.partner.marker()
    assert (row["ins_inkafka_status"], row["occupied_by_process"], row["periodic_update_time"]) == (1, 0, None)
    assert row["end_ins_inkafka_time"] >= row["start_ins_inkafka_time"]
    assert handshake("b").acquire()[1] is None


def test_numbers_of_runs_and_fences_rise(site: Site, handshake: MakeHandshake) -> None:
    runs = []
    for _ in range(5):
        site.partner.hand_over()
        runs.append(lease(handshake("a")))
        finish(handshake("a"), runs[-1])
    assert [run.fence for run in runs] == sorted({run.fence for run in runs})
    assert len({run.run for run in runs}) == 5


def test_eight_contenders_one_winner_round_after_round(site: Site, handshake: MakeHandshake) -> None:
    for number in range(15):
        if number % 2:
            site.partner.hand_over()
        else:
            site.partner.hand_over_by_row()
        winners = _race([handshake(f"{number}-{runner}") for runner in range(8)])
        assert len(winners) == 1, f"round {number}: {winners}"
        finish(handshake(winners[0].owner), winners[0])


def test_eight_new_owners_one_takeover(site: Site, handshake: MakeHandshake) -> None:
    first = lease(handshake("dead"))
    for number in range(10):
        make_older(site, 61)
        new_owners = _race([handshake(f"{number}-{runner}") for runner in range(8)])
        assert [(new_owner.run, new_owner.taken_over) for new_owner in new_owners] == [(first.run, True)]
        assert new_owners[0].fence == first.fence + number + 1


def _race(contenders: list[Handshake]) -> list[RunLease]:
    barrier = threading.Barrier(len(contenders))
    winners: list[RunLease] = []

    def run(handshake: Handshake) -> None:
        barrier.wait()
        _, found = handshake.acquire()
        if found:
            winners.append(found)

    threads = [threading.Thread(target=run, args=(contender,)) for contender in contenders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return winners


def test_a_lease_that_ran_out_is_taken_over_with_a_higher_fence(site: Site, handshake: MakeHandshake) -> None:
    first = lease(handshake("a"))
    make_older(site, 59)
    assert handshake("b").acquire()[1] is None
    make_older(site, 61)
    new_owner = lease(handshake("b"))
    assert (new_owner.run, new_owner.marker, new_owner.taken_over) == (first.run, first.marker, True)
    assert new_owner.fence > first.fence
    with pytest.raises(FencedOut), transaction(handshake("a").engine) as connection:
        handshake("a").end(connection, first, state="done")


def test_a_run_that_was_given_up_is_taken_at_once(handshake: MakeHandshake) -> None:
    first = lease(handshake("a"))
    handshake("a").give_up(first)
    assert lease(handshake("b")).run == first.run


def test_giving_up_what_an_new_owner_has_changes_nothing(site: Site, handshake: MakeHandshake) -> None:
    first = lease(handshake("a"))
    make_older(site, 61)
    lease(handshake("b"))
    handshake("a").give_up(first)
    assert handshake("c").acquire()[0].action is Action.HELD


def test_a_row_of_another_finish_is_left_alone(site: Site, handshake: MakeHandshake) -> None:
    """The partner rewrote the marker mid-run: what it says now is its own."""
    run = lease(handshake("a"))
    site.partner.hand_over()
    site.partner.hand_over_by_row()
    with transaction(handshake("a").engine) as connection:
        assert not handshake("a").finish_marker(connection, run)
    row = site.partner.marker()
    assert (row["load_status"], row["ins_inkafka_status"]) == (1, 0)


@pytest.mark.parametrize("act", ["delete from process_tracking", "update process_tracking set occupied_by_process = 0"])
def test_no_second_run_starts_while_one_runs(site: Site, handshake: MakeHandshake, act: str) -> None:
    lease(handshake("a"))
    site.partner(act)
    assert handshake("b").acquire()[0].action is Action.HELD
    site.partner.hand_over_by_row()
    assert handshake("b").acquire()[0].action is Action.HELD


def test_a_row_that_the_partner_takes_back_at_the_last_moment(site: Site, handshake: MakeHandshake) -> None:
    """Its statement is open when the runner decides, and committed when the runner writes."""
    site.partner.hand_over_by_row()
    with ThreadPoolExecutor(1) as pool:
        with site.partner.holding("update process_tracking set load_status = 0") as partner:
            found = pool.submit(handshake("a").acquire)
            until(lambda: _is_waiting_for(site, partner.info.backend_pid), "the runner waits for the row")
        decision, run = found.result()
    assert (decision.action, run) == (Action.START, None)
    assert site.count("in_tables.run") == 0
    assert handshake("b").acquire()[0].action is Action.WAIT


def test_an_owner_that_wakes_up_at_the_last_moment_keeps_its_run(site: Site, handshake: MakeHandshake) -> None:
    first = lease(handshake("a"))
    make_older(site, 61)
    with ThreadPoolExecutor(1) as pool:
        with site.locking("in_tables.run_fence"):
            found = pool.submit(handshake("b").acquire)
            until(lambda: _is_waiting_for(site), "the other one waits for the fence")
            beat = psycopg.connect(**superuser(site.database))
            beat.execute("update in_tables.run set heartbeat_at = clock_timestamp()")
        with beat:
            until(lambda: _is_waiting_for(site, beat.info.backend_pid), "it waits for the run")
        with pytest.raises(TransientFault, match=f"run {first.run} is alive: its owner has renewed the lease"):
            found.result()
    assert handshake("b").acquire()[0].action is Action.HELD


def test_a_number_that_another_runner_has_passed_is_not_used(site: Site, handshake: MakeHandshake) -> None:
    finish(handshake("a"), lease(handshake("a")))
    site.partner.hand_over()
    late = replace(handshake("b"), next_number=lambda above: above)
    with pytest.raises(TransientFault, match="another runner was first, and has a higher number: look again"):
        late.acquire()
    assert lease(handshake("b")).run > 0


@dataclass(frozen=True)
class Unanswered(Handshake):
    """What it acquires is committed, and the answer is lost, or a signal comes with it."""

    raised: type[BaseException] = TransientFault
    is_committed: bool = True

    def _act(self, connection: Connection, *state: Any) -> RunLease | None:
        super()._act(connection, *state)
        if self.is_committed:
            connection.get_transaction().commit()  # type: ignore[union-attr]
        raise self.raised("the answer is lost")


def test_a_run_whose_answer_was_lost_is_this_runners(site: Site, handshake: MakeHandshake) -> None:
    one = handshake("a")
    lossy = Unanswered(one.engine, one.schema, one.company, one.owner, one.lease_seconds)
    first = lease(lossy)
    assert (first.owner, first.taken_over) == ("a", False)
    assert handshake("b").acquire()[0].action is Action.HELD
    make_older(site, 61)
    again = lease(replace(lossy, owner="c"))
    assert (again.run, again.owner, again.taken_over) == (first.run, "c", True)


def test_a_run_that_a_signal_came_with_is_given_up(site: Site, handshake: MakeHandshake) -> None:
    one = handshake("a")
    interrupted = Unanswered(
        one.engine, one.schema, one.company, one.owner, one.lease_seconds, raised=KeyboardInterrupt
    )
    with pytest.raises(KeyboardInterrupt):
        interrupted.acquire()
    decision, run = handshake("b").acquire()
    assert decision.action is Action.TAKE_OVER
    assert run is not None
    finish(handshake("b"), run)
    site.partner.hand_over()
    with pytest.raises(KeyboardInterrupt):
        replace(interrupted, is_committed=False).acquire()
    assert handshake("b").acquire()[0].action is Action.INSERT, "it had acquired nothing"


def test_nothing_begins_beside_a_run(handshake: MakeHandshake) -> None:
    run = lease(handshake("a"))
    with (
        pytest.raises(MarkerHeld, match=f"^run {run.run} has not ended: wait for it, or run `etl run` if it was left$"),
        transaction(handshake("b").engine) as connection,
    ):
        handshake("b").lock_out_runs(connection)


def test_a_run_that_has_ended_is_not_joined(handshake: MakeHandshake) -> None:
    run = lease(handshake("a"))
    with transaction(handshake("b").engine) as connection:
        _, running = handshake("b").read_state(connection)
    assert running is not None
    finish(handshake("a"), run)
    assert Joining(handshake("b")).join(running) is None


def test_a_heartbeat_from_the_future_that_changes_is_one(site: Site, handshake: MakeHandshake) -> None:
    lease(handshake("a"))
    with transaction(handshake("b").engine) as connection:
        _, running = handshake("b").read_state(connection)
    assert running is not None
    assert not replace(handshake("b"), lease_seconds=0).is_beating(running)
    site.look("update in_tables.run set heartbeat_at = heartbeat_at + interval '1 s'")
    assert handshake("b").is_beating(running)


def _is_waiting_for(site: Site, pid: int = 0) -> bool:
    """Whether a runner waits for a lock; with a pid for one of that session."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' "
    waiting += "and application_name = 'etl:all' and (%s = 0 or %s = any(pg_blocking_pids(pid)))"
    return bool(site.value(waiting, [pid, pid], at=site.database))
