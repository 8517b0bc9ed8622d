"""Help: a runner that did not win the marker performs tasks of the run that another one owns.

The owner alone claims, plans, tells the partner and closes. Nothing here writes but tasks, each under the run's token.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from etl.database import transaction
from etl.engine.cycle import run_once
from etl.engine.outcome import Outcome
from etl.engine.sharing import beat_of, board_of, place_now, workers_of
from etl.engine.wiring import House
from etl.engine.work import Work
from etl.errors import FencedOut, MarkerHeld, RunStopped
from etl.handshake import Heartbeat, HelpersHeartbeat, Joining, Won
from etl.tasks import Board
from etl.telemetry import span

_log = logging.getLogger("in_pg_migration")

# How long to wait between two looks for the plan of a run that has just begun.
_POLL_SECONDS = 0.2


def run_or_help(house: House, *, accept: bool = False) -> Outcome:
    """As `run_once`; while another runner has the marker, helps it until its run has ended, and looks again.

    Raises MarkerHeld when that run cannot be joined.
    """
    tasks = 0
    while True:
        try:
            return replace(run_once(house, accept=accept), helped=tasks)
        except MarkerHeld:
            tasks += help_run(house)


def help_run(house: House, *, go_on: Callable[[], None] = lambda: None) -> int:
    """Joins the run that goes on and performs its tasks until it ends, or changes hands; returns how many. 0 also when
    none goes on: look again.

    Raises MarkerHeld when its owner works with other values, or when the run must not go on, which the owner says.
    """
    joining = Joining(house.handshake)
    with transaction(house.engine) as connection:
        _, running = house.handshake.look(connection)
    won = joining.join(running) if running else None
    if won is None:
        return 0
    _log.info("joined run %s of runner %s", won.run, running.owner if running else "")
    board = board_of(house, won, is_helper=True)
    try:
        with span("etl.help", company=house.company.code, run=won.run):
            _help(house, board, won, go_on)
    except FencedOut as end:
        _log.info("the help for run %s has ended: %s", won.run, end)
    except RunStopped as stop:
        raise MarkerHeld(f"run {won.run} is left to its owner: {stop}") from stop
    finally:
        joining.leave(won)
    tasks = board.performed()
    _log.info("helped with run %s: %d tasks", won.run, tasks)
    return tasks


def _help(house: House, board: Board, won: Won, go_on: Callable[[], None]) -> None:
    beat = beat_of(house, won, HelpersHeartbeat)
    with beat:
        board.put_back_mine()
        if _is_planned(board, beat, go_on):
            work = Work(house, board, won, place_now(house, won.run))
            workers_of(house, work, beat, go_on).work_off()


def _is_planned(board: Board, beat: Heartbeat, go_on: Callable[[], None]) -> bool:
    """Waits for the owner's plan; False when the run ends without one."""
    while not (left := board.left()).is_planned:
        go_on()
        beat.check()
        if left.is_over:
            return False
        time.sleep(_POLL_SECONDS)
    return True
