"""One run. Reads like the list in the guide: look, win, claim and plan, perform task after task, close."""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from etl.database import Statements, fetch_all, transaction
from etl.engine.cleaning import clean_before_run
from etl.engine.outcome import Outcome
from etl.engine.preparation import enter_store, is_prepared, prepare
from etl.engine.sharing import bearing_of, beat_of, board_of, dismiss_all, place_now, workers_of
from etl.engine.telling import notify_of_run, tell_run
from etl.engine.wiring import House
from etl.engine.work import Work
from etl.engine.workers import refuse_unknown
from etl.errors import DamageFound, EnvironmentFault, EtlError, MarkerHeld, RunStopped, TransientFault
from etl.handshake import Action, Decision, Won
from etl.inbound import Receipt, unread_after_run
from etl.plan import Kind
from etl.plan.layout import FIRST
from etl.tasks import Board
from etl.telemetry import span

_sql = Statements(__package__)
_log = logging.getLogger("in_pg_migration")

Answer = TypeVar("Answer")

# Before another try to win a run, in seconds.
_PAUSES = (0.2, 1.0)


def _nothing() -> None:
    """Goes on."""


def run_once(house: House, *, accept: bool = False, go_on: Callable[[], None] = _nothing) -> Outcome:
    """One look at the marker and, if it says so, one whole run.

    With `accept` a batch may remove or empty as much as it will, and the rows of a stopped run are taken as they are.
    `go_on` is called before each task and raises when no further one may begin.

    Raises MarkerHeld when another runner has it, RunStopped when the run ends before its rows do, FencedOut when an
    heir took over, EnvironmentFault when something must be mended first (the run is then free for the next runner).
    """
    if not house.settings.has_in_migration:
        return Outcome("hasInMigration is false in configs/InMigrationPostgresConfig.txt: no run starts")
    idle = _look(house, accept=accept)
    if idle:
        return idle
    decision, won = _win(house, accept=accept)
    if won is None:
        return _not_started(decision)
    _log.info("w7qP9r57 :: start migration by companyCode=%s run=%s", house.company.code, won.run)
    with span("etl.run", company=house.company.code, run=won.run, taken_over=won.taken_over):
        return _perform_run(house, decision, won, accept=accept, go_on=go_on)


def _win(house: House, *, accept: bool, pauses: tuple[float, ...] = _PAUSES) -> tuple[Decision, Won | None]:
    """Prepares what a run needs and tries to win it; what goes away by itself is waited for."""
    try:
        prepare(house)
        return house.handshake.win(accept=accept)
    except TransientFault:
        # A runner that was faster may hold the very locks that this takes; then the marker says so, or that it is done.
        decision = _decision(house, accept=accept)
        if decision and not decision.starts:
            return decision, None
        if not pauses:
            raise
    time.sleep(pauses[0] * random.uniform(0.5, 1.0))  # noqa: S311
    return _win(house, accept=accept, pauses=pauses[1:])


def _look(house: House, *, accept: bool) -> Outcome | None:
    """The idle tick: one cheap look that writes nothing; None when there is something to do."""
    decision = _decision(house, accept=accept)
    return None if decision is None or decision.starts else _not_started(decision)


def _decision(house: House, *, accept: bool) -> Decision | None:
    """None while nothing of ours is there. What an owner that is to be replaced holds open is ended."""
    with transaction(house.engine) as connection:
        if not is_prepared(connection, house):
            return None
        decision, _, running = house.handshake.decide(connection, accept=accept)
    if running and (running.beat_age or 0) < 0 and decision.starts and house.handshake.is_beating(running):
        return _decision(house, accept=accept)
    if decision.action is Action.TAKE_OVER and running:
        # A newer version planned it, perhaps: before anything is touched.
        refuse_unknown(running.run, Board(house.engine, house.in_schema, running.run, "", running.fence).left())
        house.handshake.refuse_locked(running)
        # What a frozen owner holds open would keep the preparation waiting, not only the merge.
        house.handshake.end_backends(running)
    return decision


def _not_started(decision: Decision) -> Outcome:
    if decision.starts or decision.action is Action.HELD:
        raise MarkerHeld(f"another runner was first: {decision.reason}")
    _log.info("12VQDGGLXH :: миграция не началась: %s", decision.reason)
    return Outcome(decision.reason)


def _perform_run(house: House, decision: Decision, won: Won, *, accept: bool, go_on: Callable[[], None]) -> Outcome:
    started = time.monotonic()
    board = board_of(house, won)
    beat = beat_of(house, won)
    bearing = bearing_of(house, board, beat, go_on)

    def step(what: str, act: Callable[[], Answer]) -> Answer:
        """A step between the tasks: whoever holds locks is waited for, as tasks do."""
        return bearing.patiently(f"{what} run {won.run}", act, only_lasting=True)

    with _freeing(house, won), beat:
        step("entering the store for", partial(enter_store, house, won))
        work = Work(house, board, won, step("looking at", partial(place_now, house, won.run)), accept)
        try:
            clean_before_run(house)
            step("beginning", partial(_begin, board, won))
            workers_of(house, work, beat, go_on).work_off()
            step("closing", partial(_close, house, board, work))
        except RunStopped as stop:
            step("stopping", partial(_stop, house, board, work, str(stop)))
            raise
        except EnvironmentFault as fault:
            if not fault.is_damage:
                raise
            step("stopping", partial(_stop, house, board, work, str(fault)))
            raise DamageFound(str(fault)) from fault
    return _outcome(house, board, decision, won, time.monotonic() - started)


@contextmanager
def _freeing(house: House, won: Won) -> Iterator[None]:
    """Frees the lease of a run that breaks off; when a link was lost, the run's own row says what has become of it."""
    try:
        yield
    except RunStopped:
        raise
    except TransientFault:
        if not _is_done(house, won):
            _give_up(house, won)
            raise
    except BaseException:
        _give_up(house, won)
        raise


def _is_done(house: House, won: Won) -> bool:
    """Whether this runner closed the run, though the answer was lost; raises what it has to say if not it alone did."""
    try:
        with transaction(house.engine) as connection:
            state, message = house.handshake.state_of(connection, won)
    except EnvironmentFault:
        return False  # the fault that is on its way tells more
    if state == "stopped":
        raise RunStopped(message)
    return state == "done"


def _begin(board: Board, won: Won) -> None:
    if won.taken_over:
        board.inherit()
    with transaction(board.engine) as connection:
        board.hold_fence(connection)
        board.record(connection, [FIRST])


def _close(house: House, board: Board, work: Work) -> None:
    with transaction(house.engine) as connection:
        board.hold_fence(connection)
        with work.sides(connection) as sides:
            work.close_done(sides)
        house.handshake.end(connection, work.won, state="done")
    notify_of_run(house, work.won.run)


def _stop(house: House, board: Board, work: Work, message: str) -> None:
    """Ends a run before its rows: what is not merged is ready again, the marker says 2 until the next hand-over."""
    dismiss_all(house, board, work.won)
    with transaction(house.engine) as connection:
        board.hold_fence(connection)
        with work.sides(connection) as sides:
            work.close_stopped(sides)
            board.drop_rest(connection)
            house.handshake.finish_marker(connection, work.won, status=2)
            house.handshake.end(connection, work.won, state="stopped", message=message)
    try:
        with transaction(house.engine) as connection:
            tell_run(connection, house, work.won.run, message=message)
    except EnvironmentFault as fault:
        _log.warning("nobody was told that run %s was stopped: %s", work.won.run, fault)


def _give_up(house: House, won: Won) -> None:
    # The next runner need not wait for the lease; if even this fails, it waits.
    try:
        house.handshake.give_up(won)
    except EtlError as error:
        _log.warning("the lease of run %s could not be freed and must run out: %s", won.run, error)


def _outcome(house: House, board: Board, decision: Decision, won: Won, seconds: float) -> Outcome:
    with transaction(house.engine) as connection:
        rows = board.tasks(connection)
        [errors] = fetch_all(connection, _sql("error_rows", schema=house.in_schema), {"run": won.run})
        receipts = Receipt.of_run(connection, house.in_schema, won.run)
        claimed = {one.in_table for one in receipts if one.claimed}
        unread = [str(one) for one in unread_after_run(connection, house.company, house.in_schema, claimed)]
    for sentence in unread:
        _log.warning("%s", sentence)
    out = Counter[str]()
    for row in rows:
        if row.kind in (Kind.FILL_OUT, Kind.RUN_PROCESSES):
            out.update(row.counters)
    return Outcome(
        reason=decision.reason,
        run=won.run,
        taken_over=won.taken_over,
        receipts=tuple(receipts),
        errors=errors.errors,
        resolved=sum(row.counters.get("resolved", 0) for row in rows),
        out_schema=house.out_version.schema if house.settings.has_out_migration else "",
        out=dict(out),
        seconds=seconds,
        unread=tuple(unread),
    )
