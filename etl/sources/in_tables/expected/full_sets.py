"""Full sets: what the source has brought before and does not bring now is removed.

The rows that remove it are added to the in_ table, as the partner could have done, and deleted when all is read: so
guards, receipts, journal and undo see removals like any other.
"""

from collections.abc import Iterable

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one, pipe
from etl.errors import EnvironmentFault, RunStopped, TransientFault
from etl.merge.context import Connections, MergeContext
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.quoting import printable
from etl.runs import ClaimedRows, RowsByTable
from etl.sources.in_tables.expected.present import find_missing, stage_rows, tables_of

_sql = SqlTemplates(__package__)
# SQLSTATEs of a null, a check, a foreign key, an exclusion.
_BROKEN_CONSTRAINT = "23"


def add_removals(connections: Connections, full: Iterable[BusinessObject], context: MergeContext) -> ClaimedRows:
    """Adds a claimed row that removes to the in_ tables of these objects for each instance that their rows lack;
    returns how many per table. A table without a row that does not remove gets none. Raises RunStopped where a
    constraint that the partner added to a table refuses them."""
    return {names.in_table(one.code): _add(connections, one, context) for one in full}


def delete_added(
    connections: Connections, company: Company, context: MergeContext, *, is_stopped: bool = False
) -> RowsByTable:
    """Deletes the rows that the run has added; returns table -> those of them that it has not merged. Of a run that is
    stopped also forgets which ids its full sets had."""
    store = {"store_schema": context.store_schema}
    values = {"source": context.source.name, "run": context.run}
    taken = {row.bo for row in fetch_all(connections.store, _sql("full_sets_of_run", **store), values)}
    unread: RowsByTable = {}
    for table, business_object in company.in_objects.items():
        if business_object.code in taken:
            statement = _sql("delete_added", in_schema=context.in_schema, in_table=table)
            [row] = fetch_all(connections.imported, statement, {"run": context.run})
            unread[table] = row.unread
    if is_stopped and taken:
        execute(connections.store, _sql("forget_ids", **store), values)
    return unread


def _add(connections: Connections, business_object: BusinessObject, context: MergeContext) -> int:
    store, code = connections.store, business_object.code
    variables = tables_of(business_object, context)
    values = {"bo": code, "source": context.source.name, "run": context.run}
    stage_rows(connections, variables)
    if fetch_one(store, _sql("any_present")) is None:
        return 0
    find_missing(connections, business_object, variables, context)
    execute(store, _sql("keep_ids", **variables), values)
    execute(store, _sql("note_full_set", **variables), values)
    return _add_rows(connections, variables, context)


def _add_rows(connections: Connections, variables: dict[str, str], context: MergeContext) -> int:
    imported: Connection = connections.imported
    if not connections.is_single:
        execute(imported, _sql("drop_staged"))
        execute(imported, _sql("create_missing"))
        pipe(connections.store, _sql("missing_ids"), {}, imported, "pg_temp.missing")
    try:
        return execute(imported, _sql("add_rows", **variables), {"run": context.run})
    except EnvironmentFault as fault:
        if not fault.sqlstate.startswith(_BROKEN_CONSTRAINT) or isinstance(fault, TransientFault):
            raise
        raise RunStopped(_refusal(variables, fault)) from fault


def _refusal(variables: dict[str, str], fault: EnvironmentFault) -> str:
    """What the partner has added to the in_ table that refuses these rows, and what to do."""
    broken = getattr(getattr(fault.__cause__, "orig", fault.__cause__), "diag", None)
    table = f"{variables['in_schema']}.{variables['in_table']}"
    what, do = "it refuses them", "drop what refuses them"
    if column := getattr(broken, "column_name", None):
        what = f"its column {printable(column)} must be filled"
        do = f"alter table {table} alter column {printable(column)} drop not null"
    elif constraint := getattr(broken, "constraint_name", None):
        what = f"its constraint {printable(constraint)} does not allow them"
        do = f"alter table {table} drop constraint {printable(constraint)}, or let it allow rows that are removed"
    return (
        f"{variables['in_table']} is a full set, and to remove what it lacks a run adds rows with in_id and removed "
        f"alone: {what}. Nothing was merged, the rows are ready again. Do: {do}; or hand over those rows yourself, "
        "without full_set; and hand over again"
    )
