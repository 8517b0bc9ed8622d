"""Adapts a table to the database, where an installation may be older than the metadata's DDL."""

from collections.abc import Sequence
from dataclasses import replace

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import ConfigurationError
from etl.files.sources import TableFile
from etl.files.target import InTable
from etl.quoting import fold

_sql = SqlTemplates(__package__)


def without_missing_resets(connection: Connection, schema: str, pair: TableFile) -> TableFile:
    """The pair with its `live_table`."""
    columns = [column.name for column in pair.source.layout.columns]
    return replace(pair, table=live_table(connection, schema, pair.table, columns, pair.source.name))


def live_table(connection: Connection, schema: str, table: InTable, columns: Sequence[str], source: str) -> InTable:
    """The table without the resets of columns that it lacks: a link table may have no `removed` yet.

    Raises ConfigurationError when `columns`, which the source fills, has such a column.
    """
    rows = fetch_all(connection, _sql("table_columns"), {"schema": fold(schema), "table": fold(table.name)})
    there = {row.column for row in rows}
    lacking = [name for name in columns if fold(name) not in there]
    if lacking:
        raise ConfigurationError(
            f"{source}: {schema}.{table.name} has no column {', '.join(lacking)} yet: "
            "`etl generate-ddl --apply` adds it"
        )
    return replace(table, reset=tuple(one for one in table.reset if one[0] in there))
