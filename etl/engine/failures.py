"""What a task does after a fault of its rows: it runs again without the rows that cause it, or slice by slice."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from etl.database import SqlTemplates, execute, rollback_transaction, transaction
from etl.engine.handlers import TaskHandlers
from etl.errors import EnvironmentFault, EtlError
from etl.merge import Connections
from etl.merge import errors as merge_errors
from etl.retry import RetryPolicy
from etl.runs import (
    CHUNKED,
    Chunk,
    CounterName,
    Counters,
    ErrorClass,
    PoisonRows,
    Task,
    TaskFunction,
    bisect,
    error_class_of,
    is_data_error,
)
from etl.sources.in_tables import claim as claiming

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

# Enough to find 36 poison rows among 500,000 one by one.
_PROBES = 1000
# A chunk whose statement was cut off by a timeout is merged in 8 slices.
_SLICES = 8
# How often a task is tried again whose unique values no row of its own is to blame for: another source has written them
# meanwhile, which the next try sees.
_MEETINGS = 5
_UNIQUE_VIOLATION = "23505"


@dataclass
class FailureHandler:
    """Handles the faults of one task: called with a fault, it returns the work to try instead, once for each cause."""

    handlers: TaskHandlers
    task: Task
    retry_policy: RetryPolicy
    settings: dict[str, str]
    _poison: Sequence[PoisonRows[Chunk, EtlError]] = ()
    _is_sliced: bool = False
    _meetings: int = 0

    def __call__(self, fault: EtlError) -> TaskFunction[Connections] | None:
        """The work to try instead; None: there is none. Raises other faults that the search for poison rows meets."""
        if self.task.kind not in CHUNKED:
            return None
        if error_class_of(fault) is ErrorClass.TIMEOUT:
            self._slice(fault)
            return self._perform
        if is_data_error(fault) and not self._poison:
            return self._without_poison_rows(fault)
        return None

    def _slice(self, fault: EtlError) -> None:
        """Merges in slices from now on. Raises EnvironmentFault when slices are impossible or were tried."""
        rows = self.task.part.rows
        if not claiming.is_divisible(self.handlers.runtime.company, self.task):
            why = "its rows belong together, so it cannot be done in slices (nor does a lower chunkRows help)"
        elif rows < 2:
            why = "it has no rows to be done in slices"
        elif self._is_sliced:
            why = f"it was tried in slices of {-(-rows // _SLICES)} rows too"
        else:
            _log.warning("task %s is tried again in %d slices: %s", self.task.title, _SLICES, fault)
            self._is_sliced = True
            return
        last = EnvironmentFault(f"task {self.task.kind} {self.task.title}: {fault}; {why}")
        last.sqlstate = fault.sqlstate
        raise last from fault

    def _without_poison_rows(self, fault: EtlError) -> TaskFunction[Connections] | None:
        _log.warning("task %s met a fault of its rows; searching them: %s", self.task.title, fault)
        suspect, rest = self.task.part, claiming.without_rows(self.handlers.runtime.company, self.task)
        if rest:
            if self._probe(rest):
                return None  # waiting references caused it, no row of this batch
            suspect = replace(suspect, first=rest.after)
        poison = bisect(PoisonRows(suspect, fault), self._halves, self._probe, probes=_PROBES)
        self._poison = sorted(poison, key=lambda one: one.part.first or 0)
        rows = sum(one.part.rows for one in poison)
        _log.warning("task %s: %d of its rows cause it and are rejected", self.task.title, rows)
        if not poison and fault.sqlstate == _UNIQUE_VIOLATION and self._meetings < _MEETINGS:
            self._meetings += 1
            return self._perform
        return self._perform if poison else None

    def _halves(self, chunk: Chunk) -> tuple[Chunk, ...]:
        with transaction(self.handlers.queue.engine, **self.settings) as connection:
            return claiming.cut(connection, self.handlers.runtime.company, self._part(chunk), self.handlers.context, 2)

    def _probe(self, chunk: Chunk) -> EtlError | None:
        """The fault of a part of the rows, or None; faults that are not of rows are raised."""
        try:
            self.retry_policy.run_with_retry(
                f"a part of task {self.task.title}", partial(self._try_and_roll_back, self._part(chunk))
            )
        except EtlError as fault:
            if is_data_error(fault):
                return fault
            if error_class_of(fault) is not ErrorClass.TIMEOUT:
                raise
            self._slice(fault)
            return self._probe(chunk)
        return None

    def _try_and_roll_back(self, part: Task) -> None:
        """Performs the task for a part of its rows and rolls it back; deferred constraints are checked too."""
        with rollback_transaction(self.handlers.queue.engine, **self.settings) as connection:
            self.handlers.queue.assert_fence(connection)
            with self.handlers.connections(connection, rollback_transaction) as connections:
                self._merge(connections, part)
                for side in {connections.imported, connections.store}:
                    execute(side, _sql("check_constraints"))

    def _perform(self, connections: Connections, task: Task) -> Counters:
        """Rejects the rows that cause the fault and merges all others, in the one transaction of the task."""
        company, context = self.handlers.runtime.company, self.handlers.context
        counters = Counter[CounterName]()
        for one in self._poison:
            counters.update(
                merge_errors.quarantine(connections.imported, company, self._part(one.part), context, _reason(one))
            )
        counters.update(self._merge(connections, task))
        return dict(counters)

    def _merge(self, connections: Connections, task: Task) -> Counters:
        company, context = self.handlers.runtime.company, self.handlers.context
        slices = claiming.slices(connections.imported, company, task, context, _SLICES) if self._is_sliced else ()
        return self.handlers.merge(connections, task, slices)

    def _part(self, chunk: Chunk) -> Task:
        return replace(self.task, chunk=chunk)


def _reason(poison: PoisonRows[Chunk, EtlError]) -> str:
    """The server's primary message, which may contain values; its detail is left out."""
    rows = poison.part.rows
    among = f" (one of {rows} rows, or several of them: they were divided no further)" if rows > 1 else ""
    return f"{poison.fault.sqlstate} {poison.fault.server_message}{among}"
