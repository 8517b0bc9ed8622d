"""One task, one transaction, its state included; transient faults are tried again as a whole."""

import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from etl.database import Connection, transaction
from etl.errors import EtlError, TransientFault
from etl.plan import CHUNKED, Task
from etl.quoting import printable
from etl.tasks.board import Board, Counters, Taken
from etl.telemetry import span

_log = logging.getLogger("in_pg_migration")

# What the work is given: the connection, or what `sides` makes of it.
Work = Callable[[Any, Task], Counters]
Sides = Callable[[Connection], AbstractContextManager[Any]]

# Deadlocks and locks are over soon: short and many. A lost server takes longer to come back: long and few.
_SHORT = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0)
_LONG = (0.5, 1.0, 2.0, 4.0, 8.0)
_LOCK_TIMEOUT = "55P03"
_SERVER_LOST = ("57P", "08", "53300")
# A unique value that two tasks wrote at once, and a plan that a change of the table made useless: the second try finds
# what the first one did not know. If it does not, it never will.
_ONCE = ("23505", "0A000")
_LINK_LOST = ("08", "57P01", "57P02")
# Values out of range, broken constraints, several rows for one, limits of the server, and what it calls its own fault.
_DATA = ("21", "22", "23", "54", "XX000")


def perform(
    board: Board,
    taken: Taken,
    work: Work,
    *,
    before_try: Callable[[], None],
    sides: Sides = nullcontext,
    quarantine: str = "",
    **settings: str,
) -> Counters:
    """Performs a taken task and returns its counters (names -> rows).

    `sides` opens what else the work writes to; it is closed, and with it committed, just before the task's transaction.
    `before_try` raises when this runner must not write any more. `quarantine` says why the work sets the task aside.
    Raises the last fault when patience ends; the task is then free again.
    """
    tries = 0
    while True:
        before_try()
        try:
            finished = board.done_counters(taken) if tries else None
            return _once(board, taken, work, sides, quarantine, **settings) if finished is None else finished
        except TransientFault as fault:
            pause = _pause(fault, tries)
            if pause is None:
                last = _with_holders(board, taken, fault)
                _put_back(board, taken, last)
                raise last from fault
            _log.info("task %s is tried again in %.2f s: %s", taken.task.title, pause, fault)
            tries += 1
            time.sleep(pause)
        except EtlError as fault:
            _put_back(board, taken, fault)
            raise
        except BaseException as end:
            _put_back(board, taken, EtlError(f"{type(end).__name__}: the runner was asked to end"))
            raise


def _once(board: Board, taken: Taken, work: Work, sides: Sides, quarantine: str, **settings: str) -> Counters:
    title = f"[{taken.task.kind} : {taken.task.title}]"
    _log.info("uXizo869mV :: start task %s", title)
    started = time.monotonic()
    told = {"kind": taken.task.kind.value, "title": taken.task.title, "table": taken.task.table}
    with span("etl.task", run=board.run, **told), transaction(board.engine, **settings) as connection:
        board.hold_fence(connection)
        with sides(connection) as opened:
            counters = work(opened, taken.task)
            board.mark_done(connection, taken, counters, quarantine)
    _log.info("pDiZqLIfA7 :: task exit (Finished=true) for %d ms task %s", (time.monotonic() - started) * 1000, title)
    return counters


def _pause(fault: TransientFault, tries: int) -> float | None:
    patience: tuple[float, ...]
    if fault.sqlstate in _ONCE:
        patience = _SHORT[:1]
    else:
        patience = _LONG if not fault.sqlstate or fault.sqlstate.startswith(_SERVER_LOST) else _SHORT
    return patience[tries] * random.uniform(0.5, 1.0) if tries < len(patience) else None  # noqa: S311


def _is_strike(taken: Taken, fault: EtlError) -> bool:
    """Whether nothing but the task explains the fault: values that a statement cannot bear, or a server that was lost
    with each try and is there again. Locks, rights, disk, a server that stays away: these excuse it."""
    if taken.task.kind not in CHUNKED:
        return False
    is_lost = isinstance(fault, TransientFault) and (not fault.sqlstate or fault.sqlstate.startswith(_LINK_LOST))
    return is_lost or fault.sqlstate.startswith(_DATA)


def _with_holders(board: Board, taken: Taken, fault: TransientFault) -> TransientFault:
    """A lock timeout that says whose lock it was, as far as that can be seen; any other fault as it is."""
    if fault.sqlstate != _LOCK_TIMEOUT:
        return fault
    try:
        holders = board.lock_holders()
    except EtlError:
        return fault
    told = "".join(f"\n  {printable(holder)}" for holder in holders)
    last = TransientFault(f"task {taken.task.kind} {taken.task.title}: {fault}{told}")
    last.sqlstate = fault.sqlstate
    return last


def _put_back(board: Board, taken: Taken, fault: EtlError) -> None:
    # The task's own transaction is gone; when the server is gone too, the lease frees the task later.
    try:
        board.put_back(taken, str(fault), is_strike=_is_strike(taken, fault))
    except EtlError as second:
        _log.warning("task %s could not be freed, its lease will free it: %s", taken.task.title, second)
