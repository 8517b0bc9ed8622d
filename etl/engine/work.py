"""Which room performs which kind of task."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy

from etl import inbound, outbound
from etl.database import Connection, Statements, fetch_all, transaction
from etl.engine.beginning import Beginning, claimed_rows, fully_marked
from etl.engine.limit import check_error_limit
from etl.engine.merging import merge
from etl.engine.preparation import prepare_store
from etl.engine.telling import tell_run
from etl.engine.wiring import Begin, House
from etl.errors import RunStopped
from etl.handshake import Won
from etl.inbound import Place, Receipt, Sides
from etl.plan import CHUNKED, Kind, Task
from etl.tasks import Board

_sql = Statements(__package__)

Counters = dict[str, int]

# Before one of these a run may still be stopped; after them the partner has been told that all is read.
_READING = {
    Kind.MIGRATE_DEPENDENT_ROWS,
    Kind.MIGRATE_SINGLE_FIELDS,
    Kind.MIGRATE_BO_LINKS,
    Kind.MIGRATE_CO_LINKS,
    Kind.MIGRATE_IN_MIGRATED_AT,
    Kind.FIX_PROCESS_TRACKING,
}


def place_of(sides: Sides, house: House, run: int) -> Place:
    """Where and how a recorded run reads and writes."""
    in_migration = house.settings.in_migration
    [started] = fetch_all(sides.source, _sql("started_at", schema=house.in_schema), {"run": run})
    return Place(
        in_schema=house.in_schema,
        store_schema=house.store.schema,
        run=run,
        started_at=started.started_at,
        keep_on_null=in_migration.null_policy == "keep",
        max_value_bytes=in_migration.max_value_bytes,
        max_row_bytes=in_migration.max_row_bytes,
        reference_expiry_minutes=in_migration.reference_expiry_minutes,
        chunk_rows=in_migration.chunk_rows,
        undivided_rows=house.settings.undivided_rows,
        workers=house.settings.worker_count,
        unserved_since=house.store.links_served_before(sides.store),
    )


@dataclass(frozen=True)
class Work:
    """Performs tasks of one run; every method is the whole work of a kind, in the transactions it is given.

    `accept`: an operator's word lets a batch remove and empty as much as it will.
    """

    house: House
    board: Board
    won: Won
    place: Place
    accept: bool = False

    @contextmanager
    def sides(self, source: Connection, begin: Begin = transaction) -> Iterator[Sides]:
        """Beside a transaction of the import, under its fence, that of the store, under the same."""
        with self.house.sides(source, begin) as sides:
            if not sides.is_one:
                self.house.gate.hold(sides.store, self.won.run, self.won.fence)
            yield sides

    def __call__(self, sides: Sides, task: Task) -> Counters:
        """The work of the task's kind; returns its counters. Raises RunStopped when the run must not go on."""
        if task.kind in _READING:
            check_error_limit(sides.source, self.board, self.house.settings.in_migration.error_limit)
        beginning = Beginning(self.house, self.board, self.place, self.accept)
        match task.kind:
            case Kind.BEGIN:
                return beginning.begin(sides, task)
            case Kind.CLAIM:
                return beginning.claim(sides, task)
            case Kind.PLAN:
                return beginning.plan(sides, task)
            case (
                Kind.UPLOAD_FILES
                | Kind.MIGRATE_DEPENDENT_ROWS
                | Kind.MIGRATE_SINGLE_FIELDS
                | Kind.MIGRATE_BO_LINKS
                | Kind.MIGRATE_CO_LINKS
                | Kind.MIGRATE_IN_MIGRATED_AT
            ):
                return merge(sides, task, self.house.company, self.place)
            case Kind.MAKE_INDEXES:
                prepare_store(sides.store, self.house)
                return {}
            case Kind.FIX_PROCESS_TRACKING:
                return self._fix_process_tracking(sides)
            case Kind.COPY_ERR:
                return self._copy_errors(sides)
            case Kind.FILL_OUT:
                return self._fill_out(sides, task)
            case Kind.RUN_PROCESSES:
                return self._run_processes(sides)
            case Kind.NOTIFY:  # hooks may read the out_ tables, which are committed by now
                tell_run(sides.source, self.house, self.won.run)
                return {}
            case Kind.NOP:
                return {}

    def set_aside(self, sides: Sides, task: Task) -> Counters:
        """Instead of a task that cannot be performed: its rows are rejected unread.

        Raises RunStopped when the run cannot do without it.
        """
        if task.kind not in CHUNKED:
            raise RunStopped(
                f"task {task.kind} ({task.title}) of run {self.won.run} ended its runner each time it was tried, and "
                "no run can do without it: see the log of the runners and of the server, mend it, and hand over again"
            )
        if task.kind is Kind.MIGRATE_DEPENDENT_ROWS:
            return {}  # the tasks of the chunks find the rows as they are, and the guilty one among fewer
        return inbound.quarantine(sides.source, self.house.company, task, self.place)

    def close_stopped(self, sides: Sides) -> None:
        """A run that ends before its rows: those not merged are ready again, the others get their books."""
        released = inbound.release(sides.source, self.house.company, self.place)
        self._copy_errors(sides)
        with suppress(RunStopped):  # books that do not add up may be why it is stopped
            inbound.write_receipts(sides.source, self._receipts(self.board.tasks(sides.source), released), self.place)

    def close_done(self, sides: Sides) -> None:
        """A run that has come to its end; with a task set aside the next run looks at the same arrivals again."""
        if all(row.state != "quarantined" for row in self.board.tasks(sides.source)):
            self.house.store.note_links_served(sides.store)

    def _fix_process_tracking(self, sides: Sides) -> Counters:
        """After this commit the partner may clear the in_ tables: the run needs nothing more from them."""
        rows = self.board.tasks(sides.source)
        released = inbound.release(sides.source, self.house.company, self.place, but=fully_marked(rows))
        inbound.write_receipts(sides.source, self._receipts(rows, released), self.place)
        is_ours = self.house.handshake.finish_marker(sides.source, self.won)
        return {"marker_rows": int(is_ours)}

    def _receipts(self, rows: Collection[sqlalchemy.Row[Any]], released: Mapping[str, int]) -> list[Receipt]:
        claimed = claimed_rows(rows)
        # `released` is in metadata order; jsonb keeps none.
        return [
            Receipt.of(table, claimed.get(table, 0), number, [row.counters for row in rows if row.in_table == table])
            for table, number in released.items()
        ]

    def _copy_errors(self, sides: Sides) -> Counters:
        if sides.is_one:
            return inbound.copy_errors(sides.store, self.place)
        return inbound.relay_errors(sides, self.place)

    def _fill_out(self, sides: Sides, task: Task) -> Counters:
        if not self.house.settings.has_out_migration:
            return {}
        with self.house.out_side(sides.store) as out:
            if task.table:
                return outbound.fill_table(out, self.house.versions, task.table, task.part)
            outbound.ensure_version(out, self.house.versions, self.house.out_version)
        return {}

    def _run_processes(self, sides: Sides) -> Counters:
        if not self.house.settings.has_out_migration:
            return {}
        with self.house.out_side(sides.store) as out:
            return outbound.bring_up_to_date(out, self.house.versions)
