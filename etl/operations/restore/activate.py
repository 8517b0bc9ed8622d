"""Ends the hold of a restore."""

from etl.database import HELD_FROM, Connection, SqlTemplates, execute, part_states, transaction
from etl.operations.erase import Erased, repeat, unrepeated
from etl.operations.installation import DUMPS, STORE, Installation, has_table, own_schemas
from etl.store import STORE as STORE_PART
from etl.store import Holds

_sql = SqlTemplates(__package__)

_REASON = "erasures are repeated: if this was interrupted, call `etl erase --repeat --apply`"
_BY = "etl restore --activate"


def activate(installation: Installation) -> tuple[list[str], list[Erased]]:
    """Lets programs write again where a restore holds them off; returns the schemas. The import is the last: when its
    runs begin, all else is ready. Erasures that the backup is older than are repeated first: until then nothing begins,
    as on a hold of all hosts."""
    has_erasures = bool(unrepeated(installation))
    done: dict[str, None] = {}
    for name in reversed(DUMPS):
        with transaction(installation.engine_of(name)) as connection:
            if has_erasures and name == STORE:
                _hold(connection, installation.runtime.store.schema)
            there = installation.schemas_of(name, connection)
            for schema in own_schemas(name, there, installation.runtime.store.schema):
                if not has_table(connection, f"{schema}.etl_schema"):
                    continue
                if execute(connection, _sql("activate", schema=schema, held_from=HELD_FROM)):
                    done[schema] = None
    erased = repeat(installation) if has_erasures else []
    if has_erasures:
        with transaction(installation.runtime.store_engine) as store:
            Holds(installation.runtime.store.schema).end(store, [""])
    return list(done), erased


def _hold(store: Connection, schema: str) -> None:
    [state] = part_states(store, schema, [STORE_PART])
    if state.has("hold"):
        Holds(schema).begin(store, "", _REASON, _BY)
