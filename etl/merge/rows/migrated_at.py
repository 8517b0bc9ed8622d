"""MIGRATE_IN_MIGRATED_AT: the in-migration time of instances that a run saw unchanged."""

from etl.database import Connection, SqlTemplates, execute
from etl.merge.context import MergeContext
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import Native
from etl.runs import Counters

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def touch_migrated(connection: Connection, business_object: BusinessObject, context: MergeContext) -> Counters:
    """Sets the time where a reader can see it: on objects whose native IN_MIGRATION_UPDATED_AT is uploaded.

    Elsewhere no reader could see it, and an unchanged batch writes no row of the golden store. Created and changed
    instances have the time anyway, from the statement that wrote them.
    """
    if not shows_migrated_at(business_object):
        return {}
    variables = context.variables | {
        "in_table": names.in_table(business_object.code),
        "golden": names.store_table(business_object.code),
        "is_staged": context.source.is_staged,
    }
    values = {"run": context.run, "bo": business_object.code, "started_at": context.started_at}
    return {"touched": execute(connection, _sql("touch_migrated", **variables), values)}


def shows_migrated_at(business_object: BusinessObject) -> bool:
    """Whether readers of the object can see the time."""
    return any(native.code is Native.IN_MIGRATION_UPDATED_AT for native in business_object.uploaded_natives)
