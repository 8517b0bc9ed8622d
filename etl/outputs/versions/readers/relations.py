"""What exists for the readers of a version: triggers that note changed rows, views and functions."""

import logging
from dataclasses import dataclass
from typing import Final

from etl.database import Connection, SqlTemplates, execute, fetch_all, part_states
from etl.metadata import names
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.own_tables import OUT
from etl.outputs.versions.version import OutVersion
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.outputs.versions", "etl.store")
_log = logging.getLogger("in_pg_migration")

_EVENTS: Final = ("insert", "update", "delete")


@dataclass(frozen=True)
class ReadTable:
    """An out_ table, the columns of its ids, and the view of its changes."""

    table: str
    columns: tuple[str, ...]

    @property
    def table_name(self) -> str:
        """As the catalog has it."""
        return fold(self.table)

    @property
    def view(self) -> str:
        return names.changes_view(self.table)

    @property
    def column_names(self) -> list[str]:
        return [fold(one) for one in self.columns]


def has_readers(connection: Connection, store_schema: str) -> bool:
    """Whether the tables of readers are there: an older program did not make them."""
    [state] = part_states(connection, store_schema, [OUT])
    return state.has("readers")


def read_tables(structure: OutStructure) -> list[ReadTable]:
    return [
        *(ReadTable(one.name, ("system_id",)) for one in structure.instances),
        *(ReadTable(one.name, (one.owner_column, one.target_column)) for one in structure.links),
    ]


def make_relations(connection: Connection, version: OutVersion, structure: OutStructure) -> None:
    """Makes triggers, views and functions; what was there of them is replaced. The changes of before are unknown."""
    drop_views(connection, version)
    variables = _variables(version)
    tables = read_tables(structure)
    for one in tables:
        of_table = variables | {"table": one.table, "column_names": one.column_names}
        for event in _EVENTS:
            execute(connection, _sql("note_rows", **of_table, event=event))
        execute(connection, _sql("note_truncate", **of_table))
    execute(connection, _sql("create_schema", **variables))
    for one in tables:
        of_view = {"table": one.table, "table_name": one.table_name, "view": one.view, "columns": list(one.columns)}
        execute(connection, _sql("changes_view", **variables, **of_view))
    for name in ("tracking_view", "receipts_view"):
        execute(connection, _sql(name, **variables))
    execute(connection, _sql("ask_function", **variables, tables=tables))
    execute(connection, _sql("confirm_function", **variables))
    execute(connection, _sql("close_functions", **variables))


def remake_relations(connection: Connection, version: OutVersion, structure: OutStructure) -> None:
    """Makes them again where the version has readers, as after a restore or for tables that were made again."""
    if not has_readers(connection, version.store_schema):
        return
    if not (found := fetch_all(connection, _sql("roles_of", **version.variables), {"schema_name": version.schema})):
        return
    make_relations(connection, version, structure)
    for row in found:
        if row.is_there:
            grant(connection, version, row.role_name)
        else:
            _log.warning(
                "%s has a reader with the role %s, which does not exist: make it, then remove the reader "
                "and add it again (`etl out reader`)",
                version.schema,
                row.role_name,
            )


def drop_relations(connection: Connection, version: OutVersion, structure: OutStructure) -> None:
    """Drops triggers, views and functions, and what was noted."""
    for one in read_tables(structure):
        for event in (*_EVENTS, "truncate"):
            execute(connection, _sql("drop_trigger", **_variables(version), table=one.table, event=event))
    drop_views(connection, version)
    forget_changes(connection, version)


def drop_views(connection: Connection, version: OutVersion) -> None:
    execute(connection, _sql("drop_schema", **_variables(version)))


def forget_changes(connection: Connection, version: OutVersion) -> None:
    execute(connection, _sql("delete_changes", **_variables(version)), {"schema_name": version.schema})


def grant(connection: Connection, version: OutVersion, role: str) -> None:
    execute(connection, _sql("grants", **_variables(version), role=role))


def revoke(connection: Connection, version: OutVersion, role: str) -> None:
    execute(connection, _sql("revokes", **_variables(version), role=role))


def _variables(version: OutVersion) -> dict[str, object]:
    return version.variables | {
        "reader_schema": names.out_reader_schema(version.schema),
        "schema_name": version.schema,
    }
