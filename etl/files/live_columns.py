"""Adapts a table to the database, where an installation may be older than the metadata's DDL."""

from dataclasses import replace

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import ConfigurationError
from etl.files.sources import TableFile
from etl.quoting import fold

_sql = SqlTemplates(__package__)


def without_missing_resets(connection: Connection, schema: str, pair: TableFile) -> TableFile:
    """The pair without the resets of columns that the table lacks: a link table may have no `removed` yet.

    Raises ConfigurationError when the file fills such a column.
    """
    rows = fetch_all(connection, _sql("table_columns"), {"schema": fold(schema), "table": fold(pair.table.name)})
    there = {row.column for row in rows}
    lacking = [column.name for column in pair.source.layout.columns if fold(column.name) not in there]
    if lacking:
        raise ConfigurationError(
            f"{pair.source.name}: {schema}.{pair.table.name} has no column {', '.join(lacking)} yet: "
            "`etl generate-ddl --apply` adds it"
        )
    kept = tuple(one for one in pair.table.reset if one[0] in there)
    return replace(pair, table=replace(pair.table, reset=kept))
