"""What is copied between an import and a store in two databases: the rows that a task needs, and their statuses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from etl.database import Connection, SqlTemplates, execute
from etl.ddl.columns import Column
from etl.ddl.tables import Direction, tables
from etl.merge.context import MergeContext
from etl.merge.links.removals import REMOVED, has_removed
from etl.metadata import Company
from etl.metadata.company import LinkTable
from etl.quoting import fold, identifier
from etl.runs import Chunk, CounterName, Counters, Kind, Task

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

TEMPORARY = "pg_temp"
"""Where the store's database has a task's rows: tables that only its transaction sees."""

ERROR = ("run", "in_table", "row_id", "in_id", "column_name", "code", "message", "message_rus", "value", "severity")
"""What an error says, without the number and date that the import's own table gives it."""

_LONG_TYPES = ("text", "bytea")
# Bytes: values up to the first, which is more than a page can hold, are copied with their row; longer ones in slices
# of the second.
_INLINE_BYTES = 2 * 1024 * 1024
_SLICE_BYTES = 1024 * 1024

_ROWS = {
    Kind.MIGRATE_DEPENDENT_ROWS: "dependent rows",
    Kind.MIGRATE_SINGLE_FIELDS: "rows",
    Kind.UPLOAD_FILES: "files",
}
# Columns that are not copied: the first two are the same for all claimed rows, and no statement reads the others.
_NOT_COPIED = {
    "rows": ("in_status", "occupied_id", "occupied_at", "inserted_date"),
    "files": (),
    "links": ("in_status",),
}
_NOT_COPIED["dependent rows"] = _NOT_COPIED["rows"]
_MARKED = {"rows": ("in_status", "out_id"), "files": ("uploaded", "out_file_id"), "links": ("in_status",)}
_MARKED["dependent rows"] = _MARKED["rows"]
# Counters of rows that a repeated task finds unchanged.
_EFFECTS: tuple[CounterName, ...] = ("created", "changed", "removed")
# Those of the first try that a repetition does not find again.
_KEPT: tuple[CounterName, ...] = ("resolved", "expired", "touched", "merged")


@dataclass(frozen=True)
class RemoteTask:
    """The rows of one task. `kind` is rows, dependent rows, files or links; `link` is set for links only. `absent` are
    columns that the import's table lacks (see etl/merge/links/removals.py): at the store they are null."""

    task: Task
    kind: str
    table: str
    columns: tuple[Column, ...]
    chunk: Chunk
    context: MergeContext
    link: LinkTable | None = None
    absent: tuple[str, ...] = ()

    @property
    def variables(self) -> dict[str, object]:
        """The variables of templates."""
        own = {"table": self.table, "kind": self.kind, "chunk": self.chunk, "long": self.long}
        columns = {"columns": self.columns, "copied_columns": self.copied_columns, "claimed": self._claimed}
        wanted = _MARKED[self.kind]
        marked = [column for column in self.columns if column.name in wanted]
        sizes = {"inline_bytes": _INLINE_BYTES, "slice_bytes": _SLICE_BYTES}
        ends = {"owner_column": self.link.owner_column, "target_column": self.link.target_column} if self.link else {}
        return self.context.variables | own | columns | {"marked": marked} | sizes | ends

    @property
    def values(self) -> dict[str, object]:
        """The bind values."""
        values: dict[str, object] = {"run": self.context.run, "seq": self.task.seq}
        values |= {"max_value_bytes": self.context.max_value_bytes}
        values |= self.chunk.bounds(are_ctids=self.link is not None)
        if self.link:
            values |= {"bo": self.link.bo.code, "field": self.link.field.code, "target_bo": self.link.member.code}
        return values

    @property
    def copied_columns(self) -> tuple[Column, ...]:
        """The columns that are copied with the rows."""
        left = (*_NOT_COPIED[self.kind], *self.absent)
        return tuple(column for column in self.columns if column.name not in left)

    @property
    def _claimed(self) -> dict[str, object]:
        """SQL of the values of the columns that are not copied, for claimed rows."""
        claimed = {"in_status": "'ON_WORK'", "occupied_id": self.context.run}
        return {name: claimed[name] for name in _NOT_COPIED[self.kind] if name in claimed}

    @property
    def long(self) -> list[Column]:
        """The columns whose values may be too long for one message."""
        return [column for column in self.columns if column.catalog_type in _LONG_TYPES]

    @property
    def ends_waiting(self) -> bool:
        """Whether the task may end waiting links: they are resolved, expire, or are no longer in a full set."""
        return self.link is not None

    def copied_chunk(self, *, is_empty: bool) -> Chunk:
        """Its chunk of the copied rows. The ctids of link rows are meaningless there."""
        chunk = replace(self.chunk, rows=0) if is_empty else self.chunk
        return chunk if self.link is None else Chunk(chunk.rows, None if chunk.first is None else 0)


def remote_task_of(company: Company, task: Task, context: MergeContext) -> RemoteTask:
    """The rows that a task of a kind that merges rows needs."""
    link = company.in_link_table(task.table)
    kind = _ROWS.get(task.kind, "links")
    return RemoteTask(task, kind, task.table, in_columns(company, task.table), task.part, context, link)


def without_absent_columns(connection: Connection, rows: RemoteTask) -> RemoteTask:
    """The same, adapted to the import's table: an older link table may lack the column `removed`."""
    if rows.link is None or has_removed(connection, rows.context.in_schema, rows.table):
        return rows
    return replace(rows, absent=(REMOVED,))


def in_columns(company: Company, table: str) -> tuple[Column, ...]:
    """The columns of an in_ table of the company, or of in_fileStorage."""
    found = tables(company, Direction.IN, in_schema=TEMPORARY, store_schema="", out_schema="")
    return next(one.columns for one in found if fold(one.name) == fold(table))


def counters_of_both(first: Counters | None, again: Counters) -> Counters:
    """The counters of a task whose first try the store has kept and the import has not.

    Rows that the repeated task finds unchanged were created, changed or removed by the first try. Each row counts once,
    as the import has marked it, so the counts add up even if the partner changed rows in between.
    """
    if first is None:
        return again
    sums = dict(again)
    for name in _EFFECTS:
        moved = min(first.get(name, 0), sums.get("unchanged", 0))
        if moved:
            sums[name] = sums.get(name, 0) + moved
            sums["unchanged"] -= moved
    for name in _KEPT:
        if name in first:
            sums[name] = sums.get(name, 0) + first[name]
    return sums


def into(table: str, columns: Sequence[str] = ()) -> str:
    """The target of a pipe: a temporary table, with its columns if not all are filled."""
    named = f" ({', '.join(identifier(column) for column in columns)})" if columns else ""
    return f"{TEMPORARY}.{identifier(table)}{named}"


def drop(connection: Connection, table: str) -> None:
    """Drops the temporary tables; the next task makes its own."""
    execute(connection, _sql("drop_copy", table=table, maybe=False))
