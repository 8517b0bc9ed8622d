"""What others have made on a table of ours: it would stay with the former table."""

from etl.database import Connection
from etl.errors import EnvironmentFault
from etl.operations.upgrade.placed_change import PlacedChange
from etl.quoting import printable


def foreign_objects(connection: Connection, ongoing: PlacedChange, table: str) -> list[str]:
    """Views, triggers, rules, policies, publications and indexes of the table, and settings of its own."""
    indexes = [f"{table}_{suffix}" for suffix in ongoing.change.suffixes]
    rows = ongoing.read(connection, "foreign_objects", {"indexes": indexes}, table=table)
    return [f"{row.kind} {printable(row.name)}" for row in rows]


def refuse_foreign(connection: Connection, ongoing: PlacedChange, table: str) -> None:
    """Raises EnvironmentFault if there are any: we drop nothing that is not ours."""
    if found := foreign_objects(connection, ongoing, table):
        raise EnvironmentFault(
            f"{ongoing.schema}.{table} has {', '.join(found)}, which would stay with the former table: remove "
            "them, switch, and make them again"
        )
