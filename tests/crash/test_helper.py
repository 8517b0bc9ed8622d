"""A helper is struck at each of its round trips: the run's owner comes to the same end, and who wakes writes nothing.

The owner stands still from its plan on, so that the helper performs all that comes before the first barrier. The suite
strikes at every seventh round trip, with one mode after the other; `make crash` strikes with every mode at every one.
"""

import importlib
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from etl.database.embedded import EmbeddedServer
from tests.crash import runner
from tests.crash.batch import TWO_OBJECTS, deliver_two
from tests.crash.books import audit
from tests.crash.lab import Lab, open_lab
from tests.crash.proxy import Mode, Strike
from tests.crash.test_sweep import EVERYTHING, Trial, all_modes, lanes, rotating, sweep
from tests.fix_company import until
from tests.fix_database import Database

# Has no divisor in common with the number of modes, so that each has its turn.
_SUITE_EVERY = 7
_LAST = "-- The last statement of every task"


def stands_still() -> None:
    """The process stops itself once its run is planned, and holds nothing."""
    workers: Any = importlib.import_module("etl.engine.workers")
    perform = workers.perform

    def once(*arguments: Any, **settings: Any) -> Any:
        counters = perform(*arguments, **settings)
        workers.perform = perform
        os.kill(os.getpid(), signal.SIGSTOP)
        return counters

    workers.perform = once


def _is_still(process: runner.Runner) -> bool:
    state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


def _has_merged(lab: Lab) -> bool:
    """Whether nothing is left for a helper."""
    return not lab.look("select 1 from in_tables.task where kind = 'MIGRATE_SINGLE_FIELDS' and state <> 'done'")


def _begin(lab: Lab, strike: Strike | None) -> tuple[runner.Runner, runner.Runner]:
    """An owner that stands still, and a helper on its way."""
    lab.reset()
    owner = lab.start_unseen(stands_still)
    until(partial(_is_still, owner), "the owner has planned")
    lab.proxy.arm(strike)
    helper = lab.start("run", "--join", "--json")
    lab.proxy.aim_at(helper.pid)
    return owner, helper


def learn(lab: Lab) -> list[str]:
    """The round trips that a helper makes until it has nothing to do."""
    owner, helper = _begin(lab, None)
    until(partial(_has_merged, lab), "the helper has merged all")
    trips = list(lab.proxy.trips)
    owner.signal(signal.SIGCONT)
    assert (owner.ended().code, helper.ended().code) == (lab.code, 0)
    lab.is_as_expected()
    return trips


def strike_helper(lab: Lab, at: int, mode: Mode) -> None:
    """One trial; raises AssertionError when what is there afterwards is not as if undisturbed."""
    strike = Strike(at, mode)
    owner, helper = _begin(lab, strike)
    try:
        _judge(lab, strike, owner, helper)
    except AssertionError as error:
        raise AssertionError(f"round trip {at} of a helper, {mode}: {strike.trip}\n{error}") from error
    finally:
        strike.check_cancelled.set()
        owner.end()
        helper.end()


def _judge(lab: Lab, strike: Strike, owner: runner.Runner, helper: runner.Runner) -> None:
    mode = strike.mode
    until(lambda: strike.reached.is_set() or helper.process.exitcode is not None, "the helper is struck")
    assert strike.reached.is_set(), f"it has not come so far: {helper.ended()}"
    if mode.kills:
        assert helper.ended().code == -signal.SIGKILL
    if mode.kills or mode is Mode.FREEZE:
        lab.look("update in_tables.runner set heartbeat_at = heartbeat_at - interval '1 day'")
    audit(lab.look)
    owner.signal(signal.SIGCONT)
    done = owner.ended()
    assert done.code == lab.code, done
    assert "Traceback" not in done.err, done.err
    lab.is_as_expected()
    if mode.kills:
        return
    if mode is Mode.FREEZE:
        strike.check_cancelled.set()
        helper.signal(signal.SIGCONT)
    ended = helper.ended()
    assert ended.code == 143 if mode is Mode.TERMINATE else ended.code in (0, 4, 75), ended
    assert "Traceback" not in ended.err, ended.err
    lab.is_as_expected()


def _trials(number: int) -> list[Trial]:
    return all_modes(number) if EVERYTHING else rotating(number)[::_SUITE_EVERY]


def test_every_round_trip_of_a_helper(server: EmbeddedServer, template: Database, tmp_path: Path) -> None:
    with lanes(
        lambda folder: open_lab(server, template, folder, documents=TWO_OBJECTS, handed_over=deliver_two), tmp_path
    ) as labs:
        number = max(len(learn(lab)) for lab in labs)
        print(f"{number} round trips")
        assert number > 50
        wrong = sweep(labs, _trials(number), strike_helper)
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
    ("sow", "mode"),
    [
        (backends_of_helpers_are_left, Mode.FREEZE),
        (lost_helpers_are_waited_for, Mode.KILL_BEFORE),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_sown_bug_is_found(
    sow: runner.Sow, mode: Mode, server: EmbeddedServer, template: Database, tmp_path: Path
) -> None:
    with open_lab(server, template, tmp_path, documents=TWO_OBJECTS, handed_over=deliver_two) as lab:
        lab.patience = 15
        places = [place for place, trip in enumerate(learn(lab), 1) if _LAST in trip]
        lab.sow = sow
        with pytest.raises(AssertionError) as found:
            strike_helper(lab, places[1], mode)
    print(str(found.value).splitlines()[-1][:300])
