"""Which function performs which kind of task."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from etl.database import Connection, SqlTemplates, fetch_all, transaction
from etl.engine.error_limit import check_error_limit
from etl.engine.notifications import notify_run
from etl.engine.planning import Planner, claimed_rows, fully_marked
from etl.engine.preparation import prepare_store
from etl.engine.runtime import Begin, Runtime
from etl.errors import EnvironmentFault, RunStopped
from etl.merge import IN_TABLES, Connections, MergeContext, MergeFunction, files, links, rows
from etl.merge import errors as merge_errors
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.outputs import versions
from etl.runs import CHUNKED, Chunk, Counters, Kind, RecordedTask, Task, TaskFunction, TaskQueue, add_counters
from etl.sources.in_tables import expected, receipts, remote
from etl.sources.in_tables.handshake import RunLease
from etl.sources.in_tables.receipts import Receipt

_sql = SqlTemplates(__package__)

# Before one of these a run may still be stopped; after them the marker says that all is read.
_READING = {
    Kind.MIGRATE_DEPENDENT_ROWS,
    Kind.MIGRATE_SINGLE_FIELDS,
    Kind.MIGRATE_BO_LINKS,
    Kind.MIGRATE_CO_LINKS,
    Kind.MIGRATE_IN_MIGRATED_AT,
    Kind.FIX_PROCESS_TRACKING,
}


def merge_context_of(connections: Connections, runtime: Runtime, run: int) -> MergeContext:
    """Where and how a recorded run reads and writes."""
    in_migration = runtime.settings.in_migration
    [found] = fetch_all(connections.imported, _sql("recorded_run", schema=runtime.in_schema), {"run": run})
    return MergeContext(
        in_schema=runtime.in_schema,
        store_schema=runtime.store.schema,
        run=run,
        started_at=found.started_at,
        keep_on_null=in_migration.null_policy == "keep",
        max_value_bytes=in_migration.max_value_bytes,
        max_row_bytes=in_migration.max_row_bytes,
        reference_expiry_minutes=in_migration.reference_expiry_minutes,
        chunk_rows=in_migration.chunk_rows,
        undivided_rows=runtime.settings.undivided_rows,
        workers=runtime.settings.worker_count,
        source=replace(IN_TABLES, name=runtime.handshake.source(connections.imported)),
        has_expected=found.has_expected,
        has_compare=found.has_compare,
    )


def _merge_here(
    connections: Connections,
    task: Task,
    *,
    company: Company,
    context: MergeContext,
    merge: MergeFunction,
    slices: Sequence[Chunk],
) -> Counters:
    if not slices:
        return merge(connections.store, chunk=task.part, context=context)
    counters: Counters = {}
    if task.kind is Kind.MIGRATE_SINGLE_FIELDS:  # a slice does not see what the others give up
        business_object = company.in_objects[task.table]
        add_counters(counters, rows.merge_dependent_rows(connections.store, business_object, task.part, context))
    for chunk in slices:
        add_counters(counters, merge(connections.store, chunk=chunk, context=context))
    return counters


def _touching(business_object: BusinessObject) -> MergeFunction:
    return lambda store, *, chunk, context: rows.touch_migrated(store, business_object, context)


def _refuse_unknown_table(_: Connections, task: Task) -> Counters:
    raise EnvironmentFault(
        f"the run has a task for {task.table}, which the metadata no longer knows: restore the business object, run "
        "again, and take it away between runs"
    )


def _pass_barrier(_: Connections, __: Task) -> Counters:
    """The tasks before it are done: nothing is left to do."""
    return {}


@dataclass(frozen=True)
class TaskHandlers:
    """The functions that perform the tasks of one run, each the whole work of a kind, in the caller's transactions.

    `accept`: the operator allows the batch to remove and empty any number of rows.
    """

    runtime: Runtime
    queue: TaskQueue
    lease: RunLease
    context: MergeContext
    accept: bool = False

    @contextmanager
    def connections(self, source: Connection, begin: Begin = transaction) -> Iterator[Connections]:
        """Beside a transaction of the import, under its fence, that of the store, under the same."""
        with self.runtime.connections(source, begin) as connections:
            self.runtime.store_fence.hold(connections.store, self.lease.token)
            yield connections

    def handler(self, task: Task, slices: Sequence[Chunk] = ()) -> TaskFunction[Connections]:
        """The function that performs a task and returns its counters.

        `slices`: the parts of its chunk to be merged one after the other, if it is not merged at once.
        """
        company = self.runtime.company
        known, link = company.in_objects.get(task.table), company.in_link_table(task.table)
        planner = Planner(self.runtime, self.queue, self.context, self.accept)
        match task.kind:
            case Kind.BEGIN:
                return planner.begin
            case Kind.CLAIM:
                return planner.claim
            case Kind.PLAN:
                return planner.plan
            case Kind.UPLOAD_FILES:
                return self._merging(lambda store, *, chunk, context: files.upload_files(store, company, context))
            case Kind.MIGRATE_DEPENDENT_ROWS:
                function = partial(rows.merge_dependent_rows, business_object=known) if known else None
                return self._merging(function, slices, remotely=partial(remote.merge_remotely, only_dependent=True))
            case Kind.MIGRATE_SINGLE_FIELDS:
                function = partial(rows.merge_single_fields, business_object=known) if known else None
                return self._merging(function, slices)
            case Kind.MIGRATE_BO_LINKS | Kind.MIGRATE_CO_LINKS:
                return self._merging(partial(links.merge_links, link=link) if link else None, slices)
            case Kind.MIGRATE_IN_MIGRATED_AT:
                return self._merging(_touching(known) if known else None, remotely=remote.touch_remotely)
            case Kind.MAKE_INDEXES:
                return self._make_indexes
            case Kind.FIX_PROCESS_TRACKING:
                return self._fix_process_tracking
            case Kind.COPY_ERR:
                return self._copy_errors
            case Kind.FILL_OUT:
                return self._fill_out
            case Kind.RUN_PROCESSES:
                return self._run_processes
            case Kind.NOTIFY:
                return self._notify
            case Kind.NOP:
                return _pass_barrier

    def merge(self, connections: Connections, task: Task, slices: Sequence[Chunk] = ()) -> Counters:
        """Merges the rows of a task (its kind is one of MERGING) in transactions that are not its own."""
        return cast(Counters, self.handler(task, slices)(connections, task))

    def _merging(
        self,
        merge: MergeFunction | None,
        slices: Sequence[Chunk] = (),
        remotely: Callable[..., Counters] = remote.merge_remotely,
    ) -> TaskFunction[Connections]:
        """The function that merges a task's rows by `merge`, in one database or, by `remotely`, between two; without
        `merge` the metadata does not know the task's table."""
        if merge is None:
            return _refuse_unknown_table
        function = remotely if self.runtime.has_own_store else _merge_here
        return partial(function, company=self.runtime.company, context=self.context, merge=merge, slices=slices)

    @contextmanager
    def connections_for(self, task: Task, source: Connection) -> Iterator[Connections]:
        """The connections of a task. Raises RunStopped when the run has rejected too many rows."""
        if task.kind in _READING:
            check_error_limit(source, self.queue, self.runtime.settings.in_migration.error_limit)
        with self.connections(source) as connections:
            yield connections

    def set_aside(self, connections: Connections, task: Task) -> Counters:
        """Replaces a task that cannot be performed: rejects its rows unread.

        Raises RunStopped when the run cannot do without it.
        """
        if task.kind not in CHUNKED:
            raise RunStopped(
                f"task {task.kind} ({task.title}) of run {self.lease.run} ended its runner each time it was tried, and "
                "no run can do without it: see the log of the runners and of the server, fix it, and hand over again"
            )
        if task.kind is Kind.MIGRATE_DEPENDENT_ROWS:
            return {}  # the tasks of the chunks find the one that causes the fault among fewer rows
        return merge_errors.quarantine(connections.imported, self.runtime.company, task, self.context)

    def close_stopped(self, connections: Connections) -> None:
        """Closes a run that is stopped: rows that were not merged are ready again; writes the receipts."""
        unread = expected.delete_added(connections, self.runtime.company, self.context, is_stopped=True)
        expected.free_expected(connections.imported, self.context)
        released = receipts.release(connections.imported, self.runtime.company, self.context)
        released |= {table: released[table] + number for table, number in unread.items()}
        self._copy_errors(connections)
        with suppress(RunStopped):  # row counts that do not add up may be why it is stopped
            receipts.write_receipts(
                connections.imported, self._receipts(self.queue.tasks(connections.imported), released), self.context
            )
        self._finish_unit(connections)

    def close_done(self, connections: Connections) -> None:
        """Closes a run whose tasks are all done."""
        self.runtime.store.mark_restored_changes(connections.store)
        if all(task.state != "quarantined" for task in self.queue.tasks(connections.imported)):
            self.runtime.store.advance_positions(connections.store, self.lease.run)
        self._finish_unit(connections)

    def _finish_unit(self, connections: Connections) -> None:
        written = Receipt.of_run(connections.imported, self.runtime.in_schema, self.lease.run)
        receipt = {one.in_table: one.counters for one in written}
        self.context.unit.finish(connections.store, self.runtime.store.schema, receipt)

    def _make_indexes(self, connections: Connections, _: Task) -> Counters:
        prepare_store(connections.store, self.runtime)
        return {}

    def _fix_process_tracking(self, connections: Connections, _: Task) -> Counters:
        """After this commit the partner may clear the in_ tables: the run needs nothing more from them."""
        tasks = self.queue.tasks(connections.imported)
        expected.delete_added(connections, self.runtime.company, self.context)
        expected.finish_expected(connections, self.runtime.company, self.context)
        released = receipts.release(connections.imported, self.runtime.company, self.context, but=fully_marked(tasks))
        receipts.write_receipts(connections.imported, self._receipts(tasks, released), self.context)
        is_ours = self.runtime.handshake.finish_marker(connections.imported, self.lease)
        return {"marker_rows": int(is_ours)}

    def _receipts(self, tasks: Collection[RecordedTask], released: Mapping[str, int]) -> list[Receipt]:
        claimed = claimed_rows(tasks)
        # `released` is in metadata order; jsonb keeps none.
        of_tables = [
            Receipt.of(table, claimed.get(table, 0), number, [task.counters for task in tasks if task.table == table])
            for table, number in released.items()
        ]
        of_files = [Receipt.of_files(task.counters) for task in tasks if task.kind is Kind.UPLOAD_FILES]
        return of_tables + [one for one in of_files if one.claimed]

    def _notify(self, connections: Connections, _: Task) -> Counters:
        """Hooks may read the out_ tables, which are committed by now."""
        notify_run(connections.imported, self.runtime, self.lease.run)
        return {}

    def _copy_errors(self, connections: Connections, _: Task | None = None) -> Counters:
        if connections.is_single:
            return receipts.copy_errors(connections.store, self.context)
        return remote.copy_errors_to_store(connections, self.context)

    def _fill_out(self, connections: Connections, task: Task) -> Counters:
        if not self.runtime.settings.has_out_migration:
            return {}
        with self.runtime.out_connection(connections.store) as out:
            if task.table:
                return versions.fill_table(out, self.runtime.versions, task.table, task.part)
            versions.ensure_version(out, self.runtime.versions, self.runtime.out_version)
        return {}

    def _run_processes(self, connections: Connections, _: Task) -> Counters:
        if not self.runtime.settings.has_out_migration:
            return {}
        with self.runtime.out_connection(connections.store) as out:
            return versions.bring_up_to_date(out, self.runtime.versions)
