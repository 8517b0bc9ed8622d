"""The beginning of a run: rows are claimed, checked for mass changes, and planned as tasks."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from etl.engine.notifications import hooks_of
from etl.engine.runtime import Runtime
from etl.merge import Connections, MergeContext, files
from etl.merge.links import tables_to_serve
from etl.outputs import versions
from etl.runs import (
    ClaimedRows,
    Extent,
    Kind,
    RecordedTask,
    Task,
    TaskQueue,
    build_claim_plan,
    build_plan,
)
from etl.settings import InMigration
from etl.sources.in_tables import claim as claiming
from etl.sources.in_tables import expected
from etl.sources.in_tables.claim import Shares


def shares_of(settings: InMigration) -> Shares:
    """How much of its rows a batch may remove, empty, change or unlink."""
    return Shares(
        removed=settings.max_removed_share,
        blanked=settings.max_blanked_share,
        changed=settings.max_changed_share,
        unlinked=settings.max_unlinked_share,
    )


def claimed_rows(tasks: Iterable[RecordedTask]) -> ClaimedRows:
    """in_ table -> claimed rows, as counted by the tasks that claimed them."""
    claimed = Counter[str]()
    for task in tasks:
        claimed.update(task.claimed)
    return claimed


def added_up(rows: ClaimedRows, added: ClaimedRows) -> ClaimedRows:
    """in_ table -> claimed rows, those that were added to full sets included."""
    return rows | {table: rows.get(table, 0) + number for table, number in added.items()}


def fully_marked(tasks: Collection[RecordedTask]) -> set[str]:
    """The in_ tables in which tasks have marked all claimed rows."""
    marked = Counter[str]()
    for task in tasks:
        marked[task.table] += task.counters.get("marked", 0)
    return {table for table, number in claimed_rows(tasks).items() if marked[table] == number}


def _of_last_parts(tasks: Iterable[RecordedTask]) -> ClaimedRows:
    """in_ table -> rows that the last part of its claim has claimed."""
    return {task.table: task.claimed.get(task.table, 0) for task in tasks if task.kind is Kind.CLAIM}


@dataclass(frozen=True)
class Planner:
    """Performs the kinds of tasks that a run begins with.

    `accept`: the operator allows the batch to remove and empty any number of rows.
    """

    runtime: Runtime
    queue: TaskQueue
    context: MergeContext
    accept: bool

    def begin(self, connections: Connections, task: Task) -> ClaimedRows:
        """Takes the day's copies, claims what is ready, and plans; large tables are left to tasks of their own."""
        expected.take_expected(connections.imported, self.context)
        if self.runtime.settings.in_migration.copy_tables:
            claiming.copy_in_tables(connections.imported, self.runtime.company, self.context)
        sizes = claiming.table_bytes(connections.imported, self.runtime.company, self.context.in_schema)
        large = claiming.large_tables(connections.imported, self.runtime.company, self.context, sizes)
        if sum(len(one.chunks) for one in large) > 1:
            self.queue.record(connections.imported, build_claim_plan(large))
            return claiming.claim(
                connections.imported, self.runtime.company, self.context, sizes, but=[one.table for one in large]
            )
        rows = claiming.claim(connections.imported, self.runtime.company, self.context, sizes)
        return added_up(rows, self._record_plan(connections, task, rows))

    def claim(self, connections: Connections, task: Task) -> ClaimedRows:
        return {
            task.table: claiming.claim_table(
                connections.imported, self.runtime.company, task.table, self.context, task.part
            )
        }

    def plan(self, connections: Connections, task: Task) -> ClaimedRows:
        """Plans when all large tables are claimed."""
        claims = self.queue.tasks(connections.imported)
        rows = claimed_rows(claims)
        claiming.analyze_parted(connections.imported, self.runtime.company, rows, _of_last_parts(claims), self.context)
        return self._record_plan(connections, task, rows)

    def _record_plan(self, connections: Connections, task: Task, of_partner: ClaimedRows) -> ClaimedRows:
        """Records the tasks after the planning one; returns how many rows were added to full sets per table."""
        added = expected.apply_expected(connections, self.runtime.company, of_partner, self.context)
        rows = added_up(of_partner, added)
        claimed = claiming.measure(connections, self.runtime.company, rows, self.context)
        if not self.accept:
            shares = shares_of(self.runtime.settings.in_migration)
            claiming.check_mass_changes(connections, self.runtime.company, self.context, claimed, shares)
        extent = Extent(
            claimed,
            has_files=files.has_files(connections, self.context),
            serves=self._serves(connections),
            fills=self._fills(connections, rows),
            notifies=hooks_of(self.runtime.settings).are_called,
        )
        self.queue.record(connections.imported, build_plan(self.runtime.company, extent, after=task))
        return added

    def _serves(self, connections: Connections) -> frozenset[str]:
        links = self.runtime.company.in_link_tables()
        return tables_to_serve(connections.store, links, self.context.store_schema)

    def _fills(self, connections: Connections, rows: ClaimedRows) -> dict[str, int]:
        """The out_ tables that tasks are to fill, and by how many: none unless more was claimed than one task takes."""
        if not self.runtime.settings.has_out_migration or sum(rows.values()) <= self.context.undivided_rows:
            return {}
        with self.runtime.out_beside(connections.imported) as out:
            return versions.tables_to_fill(connections.store, out, self.runtime.versions, rows)
