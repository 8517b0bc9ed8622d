"""Negative controls: each fault is injected into the engine, and the harness must find it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etl.embedded import EmbeddedServer
from tests.crash import injected_faults, scenarios
from tests.crash.harness import Harness, open_harness
from tests.crash.proxy import Mode
from tests.fix_database import Database

_LAST = "-- The last statement of every task"
_FIRST = "-- The first statement of every task"
_WON = "-- The run's owner, with its token"  # then the import's name, then the commit
_CHECK = "-- The relations with our names"
_MERGE = 2  # BEGIN, then the rows


def trial_at(at: int, mode: Mode, contains: str, *, after: int = 0) -> Callable[[Harness], Any]:
    """One trial at the n-th round trip that contains the text, or `after` round trips later."""

    def trial(harness: Harness) -> Any:
        places = [place for place, trip in enumerate(harness.trips, 1) if contains in trip]
        return harness.run_trial(places[at - 1] + after, mode)

    return trial


@dataclass(frozen=True)
class Control:
    """A fault and the trial that must find it; with `harmless` in place of the fault the same trial passes."""

    inject: Callable[[], None]
    trial: Callable[[Harness], Any]
    harmless: Callable[[], None] | None = None
    heartbeat: int = 600


def _two_winners(harness: Harness) -> None:
    harness.look("drop index in_tables.run_running")
    scenarios.one_of_many_wins(harness, 1)


FAULTS = [
    Control(injected_faults.no_fence, trial_at(_MERGE, Mode.FREEZE, _LAST)),
    Control(injected_faults.effect_and_state_apart, trial_at(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(injected_faults.position_by_number, scenarios.a_slow_writer_is_not_passed_by),
    Control(injected_faults.heartbeat_on_the_work_connection, scenarios.a_long_task_keeps_its_lease, heartbeat=1),
    Control(injected_faults.backends_are_left, trial_at(_MERGE, Mode.FREEZE, _LAST)),
    Control(injected_faults.attempts_are_not_counted, trial_at(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(injected_faults.marker_is_fixed_first, trial_at(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(
        injected_faults.lease_by_the_clients_clock,
        scenarios.a_wrong_clock_takes_nothing,
        harmless=scenarios.clock_ahead,
    ),
    Control(injected_faults.claim_skips_what_is_locked, scenarios.a_held_row_is_not_passed_by),
    Control(injected_faults.begun_tasks_are_not_inherited, trial_at(_MERGE, Mode.KILL_BEFORE, _LAST)),
    Control(injected_faults.done_tasks_are_inherited, trial_at(4, Mode.KILL_BEFORE, _LAST)),
    Control(injected_faults.retries_without_a_check, trial_at(_MERGE, Mode.CUT_AFTER, _LAST, after=1)),
    Control(injected_faults.a_lost_answer_means_done, trial_at(_MERGE, Mode.CUT_BEFORE, _FIRST)),
    Control(injected_faults.a_lease_won_without_an_answer_is_forgotten, trial_at(1, Mode.CUT_AFTER, _WON, after=2)),
    Control(injected_faults.contenders_do_not_queue, _two_winners, harmless=injected_faults.slow_winners),
    Control(injected_faults.frozen_contenders_hold_their_locks, trial_at(2, Mode.FREEZE, _CHECK)),
    Control(injected_faults.broken_off_runs_keep_their_lease, trial_at(_MERGE, Mode.DISK_FULL, _LAST)),
]


def _open(server: EmbeddedServer, template: Database, folder: Path, control: Control, inject: Any) -> Any:
    lease: Any = {"heartbeatSeconds": control.heartbeat, "leaseSeconds": 6 * control.heartbeat}
    return open_harness(server, template, folder, inject=inject, **lease)


@pytest.mark.negative_control
@pytest.mark.parametrize("control", FAULTS, ids=lambda control: control.inject.__name__)
def test_an_injected_fault_is_found(
    control: Control, server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    with _open(server, template, tmp_path, control, control.inject) as harness:
        harness.patience = 15
        with pytest.raises(AssertionError) as found:
            control.trial(harness)
    print(str(found.value).splitlines()[-1][:300])


# The scenarios that test_sweep does not have.
@pytest.mark.parametrize(
    "control",
    [control for control in FAULTS if control.trial.__module__ == scenarios.__name__ or control.harmless],
    ids=lambda control: control.trial.__name__,
)
def test_without_the_fault_the_scenario_passes(
    control: Control, server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    with _open(server, template, tmp_path, control, control.harmless) as harness:
        control.trial(harness)


def test_one_of_eight_that_start_in_one_instant_wins(
    server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    from tests.crash.test_sweep import EVERYTHING

    with open_harness(server, template, tmp_path) as harness:
        scenarios.one_of_many_wins(harness, 50 if EVERYTHING else 4)
