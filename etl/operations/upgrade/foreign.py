"""What others have made on a table of ours: it would stay with the former table."""

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import EnvironmentFault
from etl.operations.upgrade.store_change import StoreChange
from etl.quoting import printable

_sql = SqlTemplates(__package__)


def foreign_objects(connection: Connection, ongoing: StoreChange, table: str) -> list[str]:
    """Views, triggers, rules, policies, publications and indexes of the table, and settings of its own."""
    rows = fetch_all(connection, _sql("foreign_objects", schema=ongoing.schema, table=table))
    return [f"{row.kind} {printable(row.name)}" for row in rows]


def refuse_foreign(connection: Connection, ongoing: StoreChange, table: str) -> None:
    """Raises EnvironmentFault if there are any: we drop nothing that is not ours."""
    if found := foreign_objects(connection, ongoing, table):
        raise EnvironmentFault(
            f"{ongoing.schema}.{table} has {', '.join(found)}, which would stay with the former table: remove "
            "them, switch, and make them again"
        )
