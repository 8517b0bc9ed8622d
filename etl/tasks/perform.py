"""One task, one transaction, its state included; transient faults are tried again as a whole."""

import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from etl.database import Connection, transaction
from etl.errors import EtlError, TransientFault
from etl.plan import Task
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


def perform(
    board: Board,
    taken: Taken,
    work: Work,
    *,
    before_try: Callable[[], None],
    sides: Sides = nullcontext,
    **settings: str,
) -> Counters:
    """Performs a taken task and returns its counters (names -> rows).

    `sides` opens what else the work writes to; it is closed, and with it committed, just before the task's transaction.
    `before_try` raises when this runner must not write any more. Raises the last fault when patience ends; the task is
    then free again.
    """
    tries = 0
    while True:
        before_try()
        try:
            finished = board.done_counters(taken) if tries else None
            return _once(board, taken, work, sides, **settings) if finished is None else finished
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


def _once(board: Board, taken: Taken, work: Work, sides: Sides, **settings: str) -> Counters:
    title = f"[{taken.task.kind} : {taken.task.title}]"
    _log.info("uXizo869mV :: start task %s", title)
    started = time.monotonic()
    told = {"kind": taken.task.kind.value, "title": taken.task.title, "table": taken.task.table}
    with span("etl.task", run=board.run, **told), transaction(board.engine, **settings) as connection:
        board.hold_fence(connection)
        with sides(connection) as opened:
            counters = work(opened, taken.task)
            board.mark_done(connection, taken, counters)
    _log.info("pDiZqLIfA7 :: task exit (Finished=true) for %d ms task %s", (time.monotonic() - started) * 1000, title)
    return counters


def _pause(fault: TransientFault, tries: int) -> float | None:
    patience = _LONG if not fault.sqlstate or fault.sqlstate.startswith(_SERVER_LOST) else _SHORT
    return patience[tries] * random.uniform(0.5, 1.0) if tries < len(patience) else None  # noqa: S311


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
        board.put_back(taken, str(fault))
    except EtlError as second:
        _log.warning("task %s could not be freed, its lease will free it: %s", taken.task.title, second)
