"""Names for a partner which of its instances the store lacks, has with other values, or has in excess.

The partner writes ids and hashes of its own; the answer holds ids, never a value of the store's.
"""

from etl.database import SqlTemplates, execute, fetch_all, pipe
from etl.merge.context import Connections, MergeContext
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.quoting import identifier
from etl.sources.in_tables.expected.present import find_missing, stage_compared, tables_of
from etl.sources.in_tables.expected.spelling import hash_of_stored

_sql = SqlTemplates(__package__)


def compare(connections: Connections, business_object: BusinessObject, context: MergeContext) -> None:
    """Compares the partner's ids and hashes with the store; replaces what is written of an earlier comparison."""
    store, imported = connections.store, connections.imported
    variables = tables_of(business_object, context)
    table = names.in_table(business_object.code)
    of_table = {"in_table": table}
    stage_compared(connections, variables)
    find_missing(connections, business_object, variables, context)
    hash_sql = hash_of_stored(business_object, "g")
    values = of_table | {"bo": business_object.code}
    execute(store, _sql("find_differences", hash=hash_sql, **variables), values)
    [counts] = fetch_all(store, _sql("count_differences"))
    execute(imported, _sql("forget_differences", **variables), of_table)
    if connections.is_single:
        execute(imported, _sql("insert_differences", **variables))
    else:
        into = f"{identifier(context.in_schema)}.comparison_row (in_table, in_id, difference)"
        pipe(store, _sql("differences"), {}, imported, into)
    execute(imported, _sql("note_comparison", **variables), of_table | {"run": context.run} | counts._asdict())
