"""Ends the hold of a restore."""

from etl.database import HELD_FROM, SqlTemplates, execute, transaction
from etl.operations.installation import DUMPS, Installation, has_table, own_schemas

_sql = SqlTemplates(__package__)


def activate(installation: Installation) -> list[str]:
    """Lets programs write again where a restore holds them off; returns the schemas. The import is the last: when its
    runs begin, all else is ready."""
    done: dict[str, None] = {}
    for name in reversed(DUMPS):
        with transaction(installation.engine_of(name)) as connection:
            there = installation.schemas_of(name, connection)
            for schema in own_schemas(name, there, installation.runtime.store.schema):
                if not has_table(connection, f"{schema}.etl_schema"):
                    continue
                if execute(connection, _sql("activate", schema=schema, held_from=HELD_FROM)):
                    done[schema] = None
    return list(done)
