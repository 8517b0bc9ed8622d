"""The views of schema out_<company>, which show the tables of the current version."""

import json
from collections.abc import Collection

from etl import ddl
from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.errors import ConfigurationError, EnvironmentFault
from etl.outputs.versions.registry import VersionRow, known_versions
from etl.outputs.versions.version import Versions
from etl.outputs.versions.views.view_moves import (
    Columns,
    Refusal,
    ViewAction,
    ViewLoss,
    ViewMove,
    plan_moves,
    view_losses,
)
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.outputs.versions")

# A session that has waited for deadlock_timeout checks for a deadlock, and fails if there is one. Before any reader can
# have waited that long for us, we have locked all views or released those we have.
_FIRST_SHARE, _NEXT_SHARE = 0.6, 0.02


def lacks_views(connection: Connection, versions: Versions, known: VersionRow) -> bool:
    """Whether a table of the version has no view."""
    structure = known.structure or versions.wanted
    return not {fold(name) for name in structure.tables} <= _shapes(connection, versions.views_schema, "v").keys()


def move_views(
    connection: Connection,
    versions: Versions,
    known: VersionRow,
    *,
    force: bool = False,
    is_rollback: bool = False,
    first: str = "",
) -> list[ViewMove]:
    """Makes the views show a complete version and records it as the current one, in the caller's transaction.

    Raises ConfigurationError with a line per view that cannot be moved without `force`, and TransientFault with the
    name of a view that is being read: another try should wait for that one `first`.
    """
    schema = versions.views_schema
    execute(connection, _sql("views_schema", views_schema=schema))
    tables = _tables(connection, versions, known)
    _refuse_strangers(connection, versions, tables)
    views = _our_views(connection, versions)
    moves, refusals = plan_moves(tables, views, _dependents(connection, schema), force=force)
    if refusals:
        raise _refused(known, refusals)
    grants = {
        move.view: _grants(connection, schema, move.view)
        for move in moves
        if move.act in (ViewAction.DROP, ViewAction.REBUILD)
    }
    _lock(connection, schema, views, first)
    for move in moves:
        _perform(connection, versions, known, move)
        _grant(connection, schema, move, grants.get(move.view) or known.view_grants.get(move.view, []))
    variables = {"store_schema": versions.store_schema}
    values = {"schema_name": known.schema, "grants": json.dumps(grants)}
    left_version = fetch_one(connection, _sql("leave_current", **variables), values)
    made = values | {"left": left_version.schema_name if left_version else None, "is_rollback": is_rollback}
    execute(connection, _sql("make_current", **variables), made)
    return moves


def losses(connection: Connection, versions: Versions, known: VersionRow) -> tuple[ViewLoss, ...]:
    """What readers lose when the views show the version; nothing is written."""
    tables, views = _tables(connection, versions, known), _our_views(connection, versions)
    return view_losses(tables, views, _dependents(connection, versions.views_schema))


def _our_views(connection: Connection, versions: Versions) -> dict[str, Columns]:
    """The views that show tables of some version: other roles may have made other views in the schema."""
    structures = [one.structure for one in known_versions(connection, versions.store_schema) if one.structure]
    ours = {fold(name) for structure in [*structures, versions.wanted] for name in structure.tables}
    return {name: columns for name, columns in _shapes(connection, versions.views_schema, "v").items() if name in ours}


def _lock(connection: Connection, schema: str, views: dict[str, Columns], first: str) -> None:
    deadlock = fetch_all(connection, _sql("deadlock_patience"))[0].milliseconds
    variables = {
        "views_schema": schema,
        "views": sorted(views, key=lambda name: (name != first, name)),
        "columns": {name: next(iter(columns)) for name, columns in views.items()},
        "first_patience": max(1, round(deadlock * _FIRST_SHARE)),
        "next_patience": max(1, round(deadlock * _NEXT_SHARE)),
    }
    if views:
        execute(connection, _sql("lock_views", **variables))


def _perform(connection: Connection, versions: Versions, known: VersionRow, move: ViewMove) -> None:
    variables = {"views_schema": versions.views_schema, "out_schema": known.schema, "view": move.view}
    if move.act in (ViewAction.DROP, ViewAction.REBUILD):
        execute(connection, _sql("drop_view", **variables))
    if move.act is ViewAction.EMPTY:
        execute(connection, _sql("empty_view", **variables, expressions=move.expressions))
    elif move.act is not ViewAction.DROP:
        execute(connection, _sql("replace_view", **variables, expressions=move.expressions))


def _tables(connection: Connection, versions: Versions, known: VersionRow) -> dict[str, Columns]:
    """The version's tables with our own columns: other roles may have added others."""
    structure = known.structure or versions.wanted
    live = _shapes(connection, known.schema, "r")
    found: dict[str, Columns] = {}
    for table in ddl.out_tables(structure, known.schema):
        ours = [column.name for column in table.columns]
        columns = live.get(fold(table.name), {})
        found[fold(table.name)] = {name: columns[name] for name in ours if name in columns}
    return found


def _shapes(connection: Connection, schema: str, kind: str) -> dict[str, Columns]:
    rows = fetch_all(connection, _sql("shapes_of"), {"schema": schema})
    return {row.name: dict(zip(row.columns, row.types, strict=True)) for row in rows if row.kind == kind}


def _refuse_strangers(connection: Connection, versions: Versions, tables: Collection[str]) -> None:
    rows = fetch_all(connection, _sql("shapes_of"), {"schema": versions.views_schema})
    strange = sorted(row.name for row in rows if row.kind != "v" and row.name in tables)
    if strange:
        raise EnvironmentFault(
            f"the schema {versions.views_schema} is for views on the current out_ version, and these are no views: "
            f"{', '.join(strange)}; move them elsewhere"
        )


def _dependents(connection: Connection, schema: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in fetch_all(connection, _sql("dependents"), {"schema": schema, "but": []}):
        found.setdefault(row.relation, []).append(row.dependent)
    return found


def _grants(connection: Connection, schema: str, view: str) -> list[object]:
    rows = fetch_all(connection, _sql("grants_of"), {"schema": schema, "name": view})
    return [row.granted for row in rows]


def _grant(connection: Connection, schema: str, move: ViewMove, grants: list[object]) -> None:
    if move.act not in (ViewAction.REBUILD, ViewAction.CREATE):
        return
    values = {"schema": schema, "name": move.view, "grants": json.dumps(grants)}
    for row in fetch_all(connection, _sql("grants_text"), values):
        connection.exec_driver_sql(row.statement, execution_options={"no_parameters": True})


def _refused(known: VersionRow, refusals: list[Refusal]) -> ConfigurationError:
    lines = "\n".join(f"  {refusal.reason}" for refusal in refusals)
    help_ = "" if any(one.is_final for one in refusals) else "; with --force they stay, and what is gone is empty"
    return ConfigurationError(f"the views cannot be moved to {known.schema}{help_}:\n{lines}")
