"""Programs of versions before a migration, once its tables have rows that they do not know and would ignore.

An additive migration lets them write on; what must not be overwritten by them shuts them out when it is first written.
"""

from sqlalchemy import Connection

from etl.database.migrations import HELD_FROM, Part
from etl.database.sql_templates import SqlTemplates
from etl.database.transactions import execute

_sql = SqlTemplates(__package__)


def shut_out_older(connection: Connection, schema: str, part: Part, step: str) -> bool:
    """From the end of the transaction on the transactions of programs that do not have the migration `step` (its name
    without the number) are refused; nothing lowers that. Returns whether any could write till now. Raises ValueError
    where this program knows none of that name."""
    versions = [one.version for one in part.migrations if one.name == step]
    if not versions:
        raise ValueError(f"part {part.name} has no migration {step}")
    values = {"part": part.name, "oldest_writer": versions[0]}
    return execute(connection, _sql("shut_out_older", schema=schema, held_from=HELD_FROM), values) > 0
