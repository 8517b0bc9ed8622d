"""A fault at each round trip of a helper: the run's owner ends with the same outcome, and a helper that wakes writes
nothing.

The owner is stopped after planning, so that the helper performs all that comes before the first barrier. The suite
injects a fault at every 43rd round trip, with one mode after the other; ETL_CRASH at each (tests/crash/test_sweep.py).
"""

import importlib
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from etl.embedded import EmbeddedServer
from tests.crash import runner
from tests.crash.batch import TWO_OBJECTS, deliver_two
from tests.crash.harness import Harness, open_harness
from tests.crash.invariants import check_invariants
from tests.crash.proxy import Fault, Mode
from tests.crash.test_sweep import open_harnesses, sweep, trials_of
from tests.fix_company import until
from tests.fix_database import Database

_SUITE_EVERY = 43
_LAST = "-- The last statement of every task"


def stop_after_planning() -> None:
    """The process stops itself once its run is planned; it holds no lock then."""
    workers: Any = importlib.import_module("etl.engine.workers")
    perform = workers.perform

    def once(*arguments: Any, **settings: Any) -> Any:
        counters = perform(*arguments, **settings)
        workers.perform = perform
        os.kill(os.getpid(), signal.SIGSTOP)
        return counters

    workers.perform = once


def _is_stopped(process: runner.Runner) -> bool:
    state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


def _has_merged(harness: Harness) -> bool:
    """Whether nothing is left for a helper."""
    return not harness.look("select 1 from in_tables.task where kind = 'MIGRATE_SINGLE_FIELDS' and state <> 'done'")


def _begin(harness: Harness, fault: Fault | None) -> tuple[runner.Runner, runner.Runner]:
    """A stopped owner, and a helper that has started."""
    harness.reset()
    owner = harness.start_directly(stop_after_planning)
    until(partial(_is_stopped, owner), "the owner has planned")
    harness.proxy.arm(fault)
    helper = harness.start("run", "--join", "--json")
    harness.proxy.set_target(helper.pid)
    return owner, helper


def record_helper_baseline(harness: Harness) -> list[str]:
    """The round trips that a helper makes until it has nothing to do."""
    owner, helper = _begin(harness, None)
    until(partial(_has_merged, harness), "the helper has merged all")
    trips = list(harness.proxy.trips)
    owner.signal(signal.SIGCONT)
    assert (owner.ended().code, helper.ended().code) == (harness.code, 0)
    harness.check_outcome()
    return trips


def run_helper_trial(harness: Harness, at: int, mode: Mode) -> None:
    """One trial; raises AssertionError when the outcome is not that of the undisturbed run."""
    fault = Fault(at, mode)
    owner, helper = _begin(harness, fault)
    try:
        _check_trial(harness, fault, owner, helper)
    except AssertionError as error:
        raise AssertionError(f"round trip {at} of a helper, {mode}: {fault.trip}\n{error}") from error
    finally:
        fault.resume.set()
        owner.end()
        helper.end()


def _check_trial(harness: Harness, fault: Fault, owner: runner.Runner, helper: runner.Runner) -> None:
    mode = fault.mode
    until(
        lambda: fault.reached.is_set() or helper.process.exitcode is not None,
        "the fault is injected or the helper ends",
    )
    assert fault.reached.is_set(), f"it has not come so far: {helper.ended()}"
    if mode.kills:
        assert helper.ended().code == -signal.SIGKILL
    if mode.kills or mode is Mode.FREEZE:
        harness.look("update in_tables.runner set heartbeat_at = heartbeat_at - interval '1 day'")
    check_invariants(harness.look)
    owner.signal(signal.SIGCONT)
    done = owner.ended()
    assert done.code == harness.code, done
    assert "Traceback" not in done.err, done.err
    harness.check_outcome()
    if mode.kills:
        return
    if mode is Mode.FREEZE:
        fault.resume.set()
        helper.signal(signal.SIGCONT)
    ended = helper.ended()
    assert ended.code == 143 if mode is Mode.TERMINATE else ended.code in (0, 4, 75), ended
    assert "Traceback" not in ended.err, ended.err
    harness.check_outcome()


def test_every_round_trip_of_a_helper(server: EmbeddedServer, template: Database, tmp_path: Path) -> None:
    with open_harnesses(
        lambda folder: open_harness(server, template, folder, documents=TWO_OBJECTS, handed_over=deliver_two), tmp_path
    ) as harnesses:
        number = max(len(record_helper_baseline(harness)) for harness in harnesses)
        print(f"{number} round trips")
        assert number > 50
        wrong = sweep(harnesses, trials_of(number, _SUITE_EVERY), run_helper_trial)
    if wrong:
        pytest.fail(f"{len(wrong)} trials went wrong:\n" + "\n\n".join(wrong))


def backends_of_helpers_are_left() -> None:
    from etl.sources.in_tables.handshake import Handshake

    Handshake.end_backends_of = lambda self, owners, *, wait_seconds=0: True  # type: ignore[method-assign]


def lost_helpers_are_waited_for() -> None:
    from etl.engine.workers import Workers

    work = Workers._work

    def patient(self: Workers) -> None:
        self.rescue = lambda owners: None
        work(self)

    Workers._work = patient  # type: ignore[method-assign]


@pytest.mark.negative_control
@pytest.mark.parametrize(
    ("inject", "mode"),
    [
        (backends_of_helpers_are_left, Mode.FREEZE),
        (lost_helpers_are_waited_for, Mode.KILL_BEFORE),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_an_injected_fault_is_found(
    inject: runner.Injection, mode: Mode, server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    with open_harness(server, template, tmp_path, documents=TWO_OBJECTS, handed_over=deliver_two) as harness:
        harness.patience = 15
        places = [place for place, trip in enumerate(record_helper_baseline(harness), 1) if _LAST in trip]
        harness.inject = inject
        with pytest.raises(AssertionError) as found:
            run_helper_trial(harness, places[1], mode)
    print(str(found.value).splitlines()[-1][:300])
