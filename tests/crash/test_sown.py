"""Negative controls: each bug is sown into the engine, and the harness must find it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etl.database.embedded import EmbeddedServer
from tests.crash import scenes, sown
from tests.crash.lab import Lab, open_lab
from tests.crash.proxy import Mode
from tests.fix_database import Database

_LAST = "-- The last statement of every task"
_FIRST = "-- The first statement of every task"
_WON = "-- The run's owner, with its token"
_CHECK = "-- The relations with our names"
_MERGE = 2  # BEGIN, then the rows


def strike(at: int, mode: Mode, aim: str, *, after: int = 0) -> Callable[[Lab], Any]:
    """One trial at the n-th round trip that contains `aim`, or at the one that comes so many later."""

    def trial(lab: Lab) -> Any:
        places = [place for place, trip in enumerate(lab.trips, 1) if aim in trip]
        return lab.try_at(places[at - 1] + after, mode)

    return trial


@dataclass(frozen=True)
class Control:
    """A bug and where it must show; `good` is what the same place is tried with to see that it is the bug's fault."""

    sow: Callable[[], None]
    trial: Callable[[Lab], Any]
    good: Callable[[], None] | None = None
    heartbeat: int = 600


def _two_winners(lab: Lab) -> None:
    lab.look("drop index in_tables.run_running")
    scenes.one_of_many_wins(lab, 1)


SOWN = [
    Control(sown.no_fence, strike(_MERGE, Mode.FREEZE, _LAST)),
    Control(sown.effect_and_state_apart, strike(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(sown.position_by_number, scenes.a_slow_writer_is_not_passed_by),
    Control(sown.heartbeat_on_the_work_connection, scenes.a_long_task_keeps_its_lease, heartbeat=1),
    Control(sown.backends_are_left, strike(_MERGE, Mode.FREEZE, _LAST)),
    Control(sown.attempts_are_not_counted, strike(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(sown.marker_is_fixed_first, strike(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(sown.lease_by_the_clients_clock, scenes.a_wrong_clock_takes_nothing, good=scenes.clock_ahead),
    Control(sown.claim_skips_what_is_locked, scenes.a_held_row_is_not_passed_by),
    Control(sown.begun_tasks_are_not_inherited, strike(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(sown.done_tasks_are_inherited, strike(4, Mode.KILL_BEFORE, _LAST)),
    Control(sown.retries_without_a_look, strike(_MERGE, Mode.CUT_AFTER, _LAST, after=1)),
    Control(sown.a_lost_answer_means_done, strike(_MERGE, Mode.CUT_BEFORE, _FIRST)),
    Control(sown.what_was_won_unheard_is_forgotten, strike(1, Mode.CUT_AFTER, _WON, after=1)),
    Control(sown.contenders_do_not_queue, _two_winners, good=sown.slow_winners),
    Control(sown.frozen_contenders_hold_their_locks, strike(2, Mode.FREEZE, _CHECK)),
    Control(sown.broken_off_runs_keep_their_lease, strike(_MERGE, Mode.DISK_FULL, _LAST)),
]


def _open(server: EmbeddedServer, template: Database, folder: Path, control: Control, sow: Any) -> Any:
    lease: Any = {"heartbeatSeconds": control.heartbeat, "leaseSeconds": 6 * control.heartbeat}
    return open_lab(server, template, folder, sow=sow, **lease)


@pytest.mark.negative_control
@pytest.mark.parametrize("control", SOWN, ids=lambda control: control.sow.__name__)
def test_a_sown_bug_is_found(control: Control, server: EmbeddedServer, template: Database, tmp_path: Path) -> None:
    with _open(server, template, tmp_path, control, control.sow) as lab:
        lab.patience = 15
        with pytest.raises(AssertionError) as found:
            control.trial(lab)
    print(str(found.value).splitlines()[-1][:300])


# The scenes that the sweep does not have; its own places are all in test_sweep.
@pytest.mark.parametrize(
    "control",
    [control for control in SOWN if control.trial.__module__ == scenes.__name__ or control.good],
    ids=lambda control: control.trial.__name__,
)
def test_without_the_bug_all_is_well(
    control: Control, server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    with _open(server, template, tmp_path, control, control.good) as lab:
        control.trial(lab)


def test_one_of_eight_that_start_in_one_instant_wins(
    server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    from tests.crash.test_sweep import EVERYTHING

    with open_lab(server, template, tmp_path) as lab:
        scenes.one_of_many_wins(lab, 50 if EVERYTHING else 4)
