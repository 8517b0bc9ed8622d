"""What a task does instead when a fault came of its rows: the same without the guilty ones, or slice by slice."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from etl import inbound
from etl.database import Statements, execute, rehearsal, transaction
from etl.engine.merging import merge
from etl.engine.work import Work
from etl.errors import EnvironmentFault, EtlError
from etl.inbound import Sides
from etl.plan import CHUNKED, Chunk, Task
from etl.tasks import Bearing, Guilty, Meaning, blames_rows, meaning_of, search
from etl.tasks import Work as Performs

_sql = Statements(__package__)
_log = logging.getLogger("in_pg_migration")

Counters = dict[str, int]

# Three dozen rows among half a million are found one by one with so many.
_PROBES = 1000
# A statement that is cut off for its length takes an eighth of it.
_SLICES = 8


@dataclass
class Mending:
    """Of one task that this runner performs: asked with a fault, it gives another work for it, once for each cause."""

    work: Work
    task: Task
    bearing: Bearing
    settings: dict[str, str]
    _guilty: Sequence[Guilty[Chunk, EtlError]] = ()
    _is_sliced: bool = False

    def __call__(self, fault: EtlError) -> Performs | None:
        """Another work that may come to an end; None: there is none. Raises what a search meets beside guilty rows."""
        if self.task.kind not in CHUNKED:
            return None
        if meaning_of(fault) is Meaning.TIMEOUT:
            self._slice(fault)
            return self._perform
        if blames_rows(fault) and not self._guilty:
            return self._without_guilty(fault)
        return None

    def _slice(self, fault: EtlError) -> None:
        """From now on the work is done in slices. Raises EnvironmentFault when that is of no help."""
        rows = self.task.part.rows
        if not inbound.is_divisible(self.work.house.company, self.task):
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

    def _without_guilty(self, fault: EtlError) -> Performs | None:
        _log.warning("task %s met a fault of its rows, which are looked for: %s", self.task.title, fault)
        suspect, rest = self.task.part, inbound.without_rows(self.work.house.company, self.task)
        if rest:
            if self._probe(rest):
                return None  # what waited is to blame, and no row of this batch
            suspect = replace(suspect, first=rest.after)
        guilty = search(Guilty(suspect, fault), self._halves, self._probe, probes=_PROBES)
        self._guilty = sorted(guilty, key=lambda one: one.part.first or 0)
        rows = sum(one.part.rows for one in guilty)
        _log.warning("task %s: %d of its rows cause it and are rejected", self.task.title, rows)
        return self._perform if guilty else None

    def _halves(self, chunk: Chunk) -> tuple[Chunk, ...]:
        with transaction(self.work.board.engine, **self.settings) as connection:
            return inbound.cut(connection, self.work.house.company, self._part(chunk), self.work.place, 2)

    def _probe(self, chunk: Chunk) -> EtlError | None:
        """How a part of the rows fails; only a fault of rows is one."""
        try:
            self.bearing.patiently(f"a part of task {self.task.title}", partial(self._rehearse, self._part(chunk)))
        except EtlError as fault:
            if blames_rows(fault):
                return fault
            if meaning_of(fault) is not Meaning.TIMEOUT:
                raise
            self._slice(fault)
            return self._probe(chunk)
        return None

    def _rehearse(self, part: Task) -> None:
        """The whole task for a part of its rows, rolled back; also what is checked only at a commit."""
        with rehearsal(self.work.board.engine, **self.settings) as connection:
            self.work.board.hold_fence(connection)
            with self.work.sides(connection, rehearsal) as sides:
                self._merge(sides, part)
                for side in {sides.source, sides.store}:
                    execute(side, _sql("check_constraints"))

    def _perform(self, sides: Sides, task: Task) -> Counters:
        """The guilty rows are rejected and all others merged, in the one transaction of the task."""
        company, place = self.work.house.company, self.work.place
        counters = Counter[str]()
        for one in self._guilty:
            counters.update(inbound.quarantine(sides.source, company, self._part(one.part), place, _reason(one)))
        counters.update(self._merge(sides, task))
        return dict(counters)

    def _merge(self, sides: Sides, task: Task) -> Counters:
        company, place = self.work.house.company, self.work.place
        slices = inbound.slices(sides.source, company, task, place, _SLICES) if self._is_sliced else ()
        return merge(sides, task, company, place, slices)

    def _part(self, chunk: Chunk) -> Task:
        return replace(self.task, chunk=chunk)


def _reason(guilty: Guilty[Chunk, EtlError]) -> str:
    """The server's own word; values stand in it only where it puts them into its primary message."""
    rows = guilty.part.rows
    among = f" (one of {rows} rows, or several of them: they were divided no further)" if rows > 1 else ""
    return f"{guilty.fault.sqlstate} {guilty.fault.said}{among}"
