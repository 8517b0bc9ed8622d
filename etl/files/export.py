"""Writes out_ tables into files: one snapshot of all tables; files get their final names when all are complete."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import sqlalchemy

from etl.database import Connection, SqlTemplates, copy_out, fetch_all, snapshot
from etl.errors import ConfigurationError, EnvironmentFault
from etl.files.columns import TIME, ExportColumn, month_of, out_column
from etl.files.parquet_out import Progress, Query, Unfit, read_blocks, write_parquet, write_parts
from etl.files.placing import Placing
from etl.files.target import suggestion
from etl.quoting import fold, shown

_sql = SqlTemplates(__package__)
_SINCE: Final = ("updated_at", "inserted_at")
# No code begins with an underscore.
_REMOVED: Final = out_column("_removed", "boolean")

Choose = Callable[[Connection], tuple[str, dict[str, Any]]]


class ExportFormat(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True)
class Export:
    """The options of an export. Without `tables` all of them; `partition_by` holds where a table has the column.

    `for_spreadsheets`: texts that a spreadsheet would calculate begin with an apostrophe.
    """

    schema: str
    folder: Path
    format: ExportFormat = ExportFormat.PARQUET
    tables: tuple[str, ...] = ()
    partition_by: str = ""
    since: datetime | None = None
    unfit_as_null: bool = False
    for_spreadsheets: bool = False


@dataclass(frozen=True)
class Exported:
    """One table's file, or folder of parts."""

    table: str
    path: str
    rows: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Snapshot:
    schema: str
    taken_at: datetime
    tables: tuple[Exported, ...]


def export_tables(engine: sqlalchemy.Engine, export: Export, progress: Progress) -> Snapshot:
    """Writes the files. Raises ConfigurationError for unknown tables or files that cannot be written."""
    try:
        with snapshot(engine) as connection:
            columns = _columns(connection, export)
            chosen = _chosen(export, columns)
            [now] = fetch_all(connection, _sql("now"))
            with Placing(export.folder) as placing:
                done = [_write(connection, export, table, columns[table], placing, progress) for table in chosen]
                placing.finish()
    except Unfit as error:
        raise _explained(engine, export, error) from error
    return Snapshot(export.schema, now.now, tuple(done))


def read_batches(
    engine: sqlalchemy.Engine, schema: str, table: str, *, unfit_as_null: bool = False
) -> Iterator[pa.RecordBatch]:
    """The rows of an out_ table, some megabytes at a time, in one snapshot, which lasts until the iterator ends.

    At least one batch, so that an empty table shows its columns. Raises as `export_tables` does.
    """
    export = Export(schema, Path(), tables=(table,), unfit_as_null=unfit_as_null)
    try:
        with snapshot(engine) as connection:
            found = _columns(connection, export)
            [name] = _chosen(export, found)
            columns = [column.without_unfit for column in found[name]] if unfit_as_null else found[name]
            query = _query(connection, export, name, columns)
            yield pa.RecordBatch.from_pylist([], schema=query.schema)
            for block in read_blocks(query):
                yield from block.to_batches()
    except Unfit as error:
        raise _explained(engine, export, error) from error


def read_chosen(
    engine: sqlalchemy.Engine, schema: str, table: str, choose: Choose, *, unfit_as_null: bool = False
) -> Iterator[pa.RecordBatch]:
    """As `read_batches`, of chosen rows: `choose` gives a query of ids, for the snapshot in which it is called.

    Before the table's columns stands `_removed`: whether no row has the id any more; then the other columns are null.
    """
    export = Export(schema, Path(), tables=(table,), unfit_as_null=unfit_as_null)
    try:
        with snapshot(engine) as connection:
            found = _columns(connection, export)
            [name] = _chosen(export, found)
            columns = [column.without_unfit for column in found[name]] if unfit_as_null else found[name]
            text, values = choose(connection)
            statement = _sql("chosen_rows", schema=schema, table=name, columns=columns, chosen=text)
            query = Query(connection, name, [_REMOVED, *columns], statement, values)
            yield pa.RecordBatch.from_pylist([], schema=query.schema)
            for block in read_blocks(query):
                yield from block.to_batches()
    except Unfit as error:
        raise _explained(engine, export, error) from error


def known_schemas(connection: Connection, prefix: str) -> list[str]:
    """The schemas of a company's versions."""
    rows = fetch_all(connection, _sql("out_schemas"), {"pattern": f"^{prefix}"})
    return [row.schema for row in rows]


def _columns(connection: Connection, export: Export) -> dict[str, list[ExportColumn]]:
    found: dict[str, list[ExportColumn]] = {}
    for row in fetch_all(connection, _sql("out_columns"), {"schema": fold(export.schema)}):
        found.setdefault(row.table, []).append(out_column(row.column, row.type))
    if not found:
        prefix = export.schema.rsplit("_", 2)[0] + "_"
        there = ", ".join(known_schemas(connection, prefix)) or "none yet: `etl run` makes the first one"
        raise ConfigurationError(f"there is no out_ schema {export.schema}; versions: {there}")
    return found


def _chosen(export: Export, columns: dict[str, list[ExportColumn]]) -> list[str]:
    for name in export.tables:
        if fold(name) not in columns:
            known = ", ".join(columns)
            raise ConfigurationError(
                f"{shown(name)} is not a table of {export.schema}{suggestion(name, columns)}; tables: {known}"
            )
    chosen = list(dict.fromkeys(fold(name) for name in export.tables)) or list(columns)
    if export.for_spreadsheets and export.format is not ExportFormat.CSV:
        raise ConfigurationError("only CSV is written for spreadsheets: leave out --spreadsheet, or say --format csv")
    if export.partition_by:
        if export.format is ExportFormat.CSV:
            raise ConfigurationError("only Parquet is written in parts: leave out --partition-by")
        if not any(_named(columns[table], export.partition_by) for table in chosen):
            raise ConfigurationError(f"no exported table has a column {shown(export.partition_by)} to partition by")
    return chosen


def _named(columns: Sequence[ExportColumn], name: str) -> ExportColumn | None:
    return next((column for column in columns if column.name == fold(name)), None)


def _write(
    connection: Connection,
    export: Export,
    table: str,
    columns: list[ExportColumn],
    placing: Placing,
    progress: Progress,
) -> Exported:
    started = time.monotonic()
    target = export.folder / f"{table}.{export.format}"
    if export.unfit_as_null and export.format is ExportFormat.PARQUET:
        columns = [column.without_unfit for column in columns]
    if export.for_spreadsheets:
        columns = [column.for_spreadsheets for column in columns]
    by = _named(columns, export.partition_by) if export.partition_by else None
    if export.format is ExportFormat.CSV:
        query = _query(connection, export, table, columns, has_header=True)
        with placing.open(target) as file:
            rows = copy_out(connection, query.statement, query.values, file)
    elif by is None:
        with placing.open(target) as file:
            rows = write_parquet(_query(connection, export, table, columns), file, progress)
    else:
        target = export.folder / table
        by = month_of(by) if by.type == TIME else by
        columns = columns if by in columns else [*columns, by]
        with placing.folder(target) as part:
            rows = write_parts(_query(connection, export, table, columns), part, by.name, progress)
    size = placing.size(target)
    return Exported(table, str(target), rows, size, time.monotonic() - started)


def _query(
    connection: Connection, export: Export, table: str, columns: list[ExportColumn], *, has_header: bool = False
) -> Query:
    times = [name for name in _SINCE if _named(columns, name)]
    statement = _sql(
        "export_rows",
        schema=export.schema,
        table=table,
        columns=columns,
        since_column=f"coalesce({', '.join(times)})" if export.since and times else "",
        has_header=has_header,
    )
    values = {"since": export.since} if export.since and times else {}
    return Query(connection, table, columns, statement, values)


def _explained(engine: sqlalchemy.Engine, export: Export, error: Unfit) -> EnvironmentFault:
    """Names the columns with values that do not fit, in a new transaction, as the failed one is over."""
    with snapshot(engine) as connection:
        columns = [column for column in _columns(connection, export)[error.table] if column.unfit]
        counts = fetch_all(connection, _sql("unfit", schema=export.schema, table=error.table, columns=columns))[0]
    found = [f"{name} ({rows:,} rows)" for name, rows in counts._mapping.items() if rows]
    if not found:
        return error
    return EnvironmentFault(
        f"{export.schema}.{error.table} holds infinite values or times outside the years 1 to 9999 in "
        f"{', '.join(found)}: write them as null with --unfit null, or export as CSV"
    )
