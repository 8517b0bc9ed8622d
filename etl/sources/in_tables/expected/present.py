"""The ids that a source has now, staged in the store's database, and the instances that it has brought but lacks."""

from etl.database import SqlTemplates, execute, pipe
from etl.merge.context import Connections, MergeContext
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.quoting import fold
from etl.store import undone_units

_sql = SqlTemplates(__package__)


def tables_of(business_object: BusinessObject, context: MergeContext) -> dict[str, str]:
    """The names that the statements ask for."""
    return {
        "in_schema": context.in_schema,
        "store_schema": context.store_schema,
        "in_table": names.in_table(business_object.code),
        "golden": names.store_table(business_object.code),
    }


def stage_rows(connections: Connections, variables: dict[str, str]) -> None:
    """Makes the table `present` of the ids of the in_ table's rows."""
    _stage(connections, variables, "insert_present", "present_rows", {})


def stage_compared(connections: Connections, variables: dict[str, str]) -> None:
    """Makes the table `present` of the ids and hashes that the partner has written."""
    _stage(connections, variables, "insert_compared", "compare_rows", {"in_table": fold(variables["in_table"])})


def find_missing(
    connections: Connections, business_object: BusinessObject, variables: dict[str, str], context: MergeContext
) -> None:
    """Makes the table `missing`: see its statement."""
    undone = sorted(undone_units(connections.store, context.store_schema))
    values = {"bo": business_object.code, "source": context.source.name, "undone": undone}
    execute(connections.store, _sql("find_missing", **variables), values)


def _stage(
    connections: Connections, variables: dict[str, str], insert: str, query: str, values: dict[str, str]
) -> None:
    execute(connections.store, _sql("drop_staged"))
    execute(connections.store, _sql("create_present"))
    if connections.is_single:
        execute(connections.store, _sql(insert, **variables), values)
    else:
        pipe(connections.imported, _sql(query, **variables), values, connections.store, "pg_temp.present")
    execute(connections.store, _sql("analyze_present"))
