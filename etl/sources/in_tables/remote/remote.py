"""Import and store in two databases: copies a task's rows to the store, merges them there, and sends statuses back.

The rows are copied by binary COPY into temporary tables of the store's database, of the shape of the in_ tables, and
all statements of the merge run on these. They note a row's new status in the table `mark`: updating the copied row
would cost ten times as much. The order makes it safe:

1. The import's rows are read and locked: what is merged is what stays there.
2. The store's transaction merges and records the task with its counters in `remote_task`.
3. The import's transaction is updated (see status_writer), then the store's is committed, then the import's.

A break between the two commits leaves the store's part done and the import's rows claimed. The task is repeated: the
rows, as they stand by then, find their instances and change nothing; what a repetition would not find again (links that
waited) the store has kept; and the counters are those of both tries (`counters_of_both`).
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from etl.database import Connection, SqlTemplates, execute, fetch_one, pipe
from etl.ddl.columns import Column
from etl.merge.context import Connections, MergeContext, MergeFunction
from etl.merge.errors.truncated import refuse_truncated
from etl.merge.files.upload import refuse_files
from etl.merge.rows.migrated_at import shows_migrated_at
from etl.merge.rows.single_fields import find_dependent_rows, merge_dependent_rows
from etl.merge.rows.statements import merge_without_pins
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.runs import Chunk, Counters, Kind, Task, add_counters
from etl.sources.in_tables.receipts.receipts import copy_errors
from etl.sources.in_tables.remote.remote_task import (
    ERROR,
    TEMPORARY,
    RemoteTask,
    counters_of_both,
    drop,
    in_columns,
    into,
    remote_task_of,
    without_absent_columns,
)
from etl.sources.in_tables.remote.status_writer import status_writer

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def forget_remote_tasks(connection: Connection, store_schema: str, *, before: int) -> None:
    """Deletes what tasks of runs with numbers below `before` have left."""
    execute(connection, _sql("forget_remote_tasks", store_schema=store_schema), {"run": before})


def copy_errors_to_store(connections: Connections, context: MergeContext) -> Counters:
    """As `copy_errors`, between two databases."""
    execute(connections.store, _sql("relay_error_table"))
    query = _sql("errors_of_run", **context.variables)
    pipe(
        connections.imported, query, {"run": context.run}, connections.store, into("err", ("id", *ERROR, "created_at"))
    )
    copied = copy_errors(connections.store, context.relayed(TEMPORARY))
    drop(connections.store, "err")
    return copied


def merge_remotely(
    connections: Connections,
    task: Task,
    *,
    company: Company,
    context: MergeContext,
    merge: MergeFunction,
    slices: Sequence[Chunk] = (),
    only_dependent: bool = False,
) -> Counters:
    """Performs a task that merges rows by `merge`, between two databases, and returns its counters.

    `slices`: the parts of its chunk to be taken one after the other, if it is not taken at once. `only_dependent`: of
    its rows only those that depend on each other; if there are none, nothing is copied.
    """
    if only_dependent and not _find_dependent_rows(connections, company, task, context):
        return {}
    whole = RemoteRows(connections, remote_task_of(company, task, context))
    first = whole.noted_counters()
    parts = [(replace(task, chunk=chunk), merge) for chunk in slices or (whole.rows.chunk,)]
    dependent = replace(task, kind=Kind.MIGRATE_DEPENDENT_ROWS)
    if slices and whole.rows.kind == "rows" and _find_dependent_rows(connections, company, dependent, context):
        parts.insert(0, (dependent, partial(merge_dependent_rows, business_object=_object(company, task))))
    again: Counters = {}
    for part, function in parts:
        rows = remote_task_of(company, part, context)
        with RemoteRows(connections, rows).copied(is_first=first is None) as (chunk, relayed):
            counters = function(connections.store, chunk=chunk, context=relayed)
            if rows.kind == "files":
                counters["rejected"] = refuse_files(connections.imported, context)
            add_counters(again, counters)
    counters = counters_of_both(first, again)
    whole.note(counters)
    return counters


def _find_dependent_rows(connections: Connections, company: Company, task: Task, context: MergeContext) -> bool:
    """Inserts their ids into the table `remaining` at the import; returns whether there are any.

    Only the store can find them: ids and unique values are sent there, and ids are sent back.
    """
    business_object = _object(company, task)
    merge = merge_without_pins(connections.store, business_object, task.part, context.relayed(TEMPORARY))
    if not merge.unique and not merge.ask("any_alias") and not _any_out_id(connections, task, context):
        return False
    columns = in_columns(company, task.table)
    unique = [column for column in columns if column.name in {field.name for field in merge.unique}]
    claimed = {"in_status": "'ON_WORK'", "occupied_id": context.run}
    execute(connections.store, _sql("relay_table", table=task.table, columns=columns, claimed=claimed))
    variables = {"table": task.table, "unique_columns": unique, "chunk": task.part, **context.variables}
    values = {"run": context.run} | task.part.bounds(are_ctids=False)
    named = into(task.table, ("id", "in_id", "out_id", "removed", *(column.name for column in unique)))
    pipe(connections.imported, _sql("ids_and_unique_values", **variables), values, connections.store, named)
    execute(connections.store, _sql("analyze_copy", table=task.table, kind="rows"))
    found = find_dependent_rows(merge)
    drop(connections.store, task.table)
    execute(connections.imported, _sql("drop_remaining"))
    if found:
        execute(connections.imported, _sql("create_remaining"))
        pipe(connections.store, _sql("remaining_rows"), {}, connections.imported, into("remaining", ("id",)))
    return found > 0


def _any_out_id(connections: Connections, task: Task, context: MergeContext) -> bool:
    query = _sql("any_out_id", in_table=task.table, **context.variables)
    return fetch_one(connections.imported, query, {"run": context.run}) is not None


def _object(company: Company, task: Task) -> BusinessObject:
    return company.in_objects[task.table]


def touch_remotely(
    connections: Connections,
    task: Task,
    *,
    company: Company,
    context: MergeContext,
    merge: MergeFunction,
    slices: Sequence[Chunk] = (),
) -> Counters:
    """Only ids are copied, nothing is sent back, and a repetition changes nothing twice: no slice is needed."""
    business_object = _object(company, task)
    if not shows_migrated_at(business_object):
        return {}
    execute(
        connections.store, _sql("relay_table", table=task.table, columns=in_columns(company, task.table), claimed={})
    )
    query = _sql("ids_of_claimed_rows", table=task.table, **context.variables)
    target = into(task.table, ("id", "out_id", "occupied_id", "in_status"))
    pipe(connections.imported, query, {"run": context.run}, connections.store, target)
    counters = merge(connections.store, chunk=task.part, context=context.relayed(TEMPORARY))
    drop(connections.store, task.table)
    return counters


@contextmanager
def rows_at_store(
    connections: Connections, company: Company, task: Task, context: MergeContext
) -> Iterator[MergeContext]:
    """Copies the rows of a task to the store to compare them there; yields the context for it. Nothing is merged."""
    part = RemoteRows(connections, remote_task_of(company, task, context))
    part.fetch(is_first=False)
    yield context.relayed(TEMPORARY)
    for table in ("err", "mark", part.rows.table):
        drop(connections.store, table)


@dataclass(frozen=True)
class RemoteRows:
    """The rows of a task, or of a part of it, between the two databases."""

    connections: Connections
    rows: RemoteTask

    @contextmanager
    def copied(self, *, is_first: bool) -> Iterator[tuple[Chunk, MergeContext]]:
        """The copied rows as a chunk, with the context for merging them; their statuses are sent back at the end."""
        copied = self.fetch(is_first=is_first)
        # Rows that are missing when a task is repeated are no truncation: the first try had merged them.
        chunk = self.rows.copied_chunk(is_empty=not is_first and not copied)
        with status_writer(self.connections, self.rows) as back:
            yield chunk, self.rows.context.relayed(TEMPORARY, back.flush_statuses)
            self.keep()
            back.flush_rest()
        for table in ("err", "mark", self.rows.table):
            drop(self.connections.store, table)

    def noted_counters(self) -> Counters | None:
        """The counters of an earlier try that the store has committed; None at the first try."""
        row = fetch_one(self.connections.store, self._sql("noted_counters"), self.rows.values)
        return dict(row.counters) if row else None

    def fetch(self, *, is_first: bool) -> int:
        """Copies the rows and locks them in the import; returns how many."""
        return RemoteRows(self.connections, without_absent_columns(self.connections.imported, self.rows))._fetch(
            is_first=is_first
        )

    def _fetch(self, *, is_first: bool) -> int:
        self._at_store("relay_table")
        self._at_store("relay_mark_table")
        execute(self.connections.store, _sql("relay_error_table"))
        if self.rows.ends_waiting:
            self._at_store("relay_ended_table")
        copied = self._pipe_in("rows_of_task", _with_row_identity(self.rows.copied_columns))
        if copied and self.rows.long:
            self._fetch_long()
        are_gone = is_first and not copied and self.rows.chunk.rows > 0
        if are_gone and not self._pipe_in("any_row_at_import", _with_row_identity(self.rows.columns)):
            refuse_truncated(self.connections.imported, self.rows.table, self.rows.context)
        self._at_store("analyze_copy")
        return copied

    def keep(self) -> None:
        """Records in the store what a repetition needs if the store is committed and the import is not."""
        if self.rows.ends_waiting:
            self._at_store("keep_ended_references")
            drop(self.connections.store, "ended")
        self._at_store("keep_errors")

    def note(self, counters: Counters) -> None:
        """Records in the store that the task is done, with its counters."""
        execute(
            self.connections.store, self._sql("note_counters"), self.rows.values | {"counters": json.dumps(counters)}
        )

    def _fetch_long(self) -> None:
        if fetch_one(self.connections.imported, self._sql("any_long_value"), self.rows.values) is None:
            return
        execute(self.connections.store, _sql("create_slices"))
        query, store = self._sql("slices_of_long_values"), self.connections.store
        target = into("slice", ("source_row", "ordinal", "n", "part"))
        pipe(self.connections.imported, query, self.rows.values, store, target)
        for ordinal, column in enumerate(self.rows.long):
            text = self._sql("join_slices", column=column)
            execute(store, text, self.rows.values | {"ordinal": ordinal})
        drop(store, "slice")

    def _pipe_in(self, query: str, columns: Sequence[str]) -> int:
        target = into(self.rows.table, columns)
        return pipe(self.connections.imported, self._sql(query), self.rows.values, self.connections.store, target)

    def _at_store(self, statement: str) -> int:
        return execute(self.connections.store, self._sql(statement), self.rows.values)

    def _sql(self, statement: str, **more: object) -> Any:
        return _sql(statement, **self.rows.variables, **more)


def _with_row_identity(columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns with a row's ctid and version."""
    return (*(column.name for column in columns), "_source_row", "_version")
