"""Changes -> the live database. The caller owns the transaction: all changes are applied or none."""

from collections.abc import Iterable

from etl.database import Connection, SqlTemplates
from etl.ddl.compare import missing, missing_out, missing_store
from etl.ddl.duplicates import naming_duplicates
from etl.ddl.tables import Direction, TableChange
from etl.metadata import Company
from etl.metadata.out_structure import OutStructure

_sql = SqlTemplates(__package__)


def apply(connection: Connection, changes: Iterable[TableChange]) -> None:
    """Execute the changes in order, in the transaction that the connection is in.

    Raises UnfitTables with the values that keep a column from becoming unique.
    """
    for change in changes:
        with naming_duplicates(connection, change):
            # Without parameters the driver looks for no placeholders.
            connection.exec_driver_sql(change.sql, execution_options={"no_parameters": True})


def bring_up(
    connection: Connection,
    company: Company,
    direction: Direction | str,
    *,
    in_schema: str,
    store_schema: str,
    out_schema: str,
) -> list[TableChange]:
    """Make what the live schemas lack and return it; a second call returns nothing. Raises what `missing` raises."""
    connection.execute(_sql("lock"))
    schemas = {"in_schema": in_schema, "store_schema": store_schema, "out_schema": out_schema}
    changes = missing(connection, company, direction, **schemas)
    apply(connection, changes)
    return changes


def bring_up_store(connection: Connection, company: Company, schema: str) -> list[TableChange]:
    """As `bring_up`, for the store of a run (see `missing_store`)."""
    connection.execute(_sql("lock"))
    changes = missing_store(connection, company, schema)
    apply(connection, changes)
    return changes


def bring_up_out(connection: Connection, structure: OutStructure, schema: str) -> list[TableChange]:
    """As `bring_up`, for the tables of one version."""
    connection.execute(_sql("lock"))
    changes = missing_out(connection, structure, schema)
    apply(connection, changes)
    return changes
