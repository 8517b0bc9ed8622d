"""Winning, losing, taking over and finishing, on a real marker."""

import threading

import pytest

from etl.database import transaction
from etl.errors import FencedOut
from etl.sources.in_tables.handshake import Action, Handshake, RunLease
from tests.fix_company import Site
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
