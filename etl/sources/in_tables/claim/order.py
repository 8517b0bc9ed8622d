"""Whether the order of a table's rows matters: if no two rows concern one instance, chunks may be merged in
parallel."""

from etl.database import SqlTemplates, fetch_one
from etl.merge.context import Connections, MergeContext
from etl.merge.rows.field_values import field_values
from etl.merge.rows.value_policy import ValuePolicy
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import Category

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def in_any_order(connections: Connections, business_object: BusinessObject, context: MergeContext) -> bool:
    """Whether no two claimed rows can concern one instance.

    True where rows match an instance by in_id only: the unique index of every in_ table keeps in_ids from
    coming twice. If a row gets an out_id during the run, its order relative to other rows is undefined.
    """
    if not _is_known_by_in_id(business_object, context):
        return False
    any_alias, any_out_id = (
        _sql(question, in_table=names.in_table(business_object.code), **context.variables)
        for question in ("any_alias", "any_out_id")
    )
    return (
        fetch_one(connections.store, any_alias, {"bo": business_object.code}) is None
        and fetch_one(connections.imported, any_out_id, {"run": context.run}) is None
    )


def _is_known_by_in_id(business_object: BusinessObject, context: MergeContext) -> bool:
    """Whether no value matches an instance. Dictionaries may look up rows of their own."""
    values = field_values(business_object, ValuePolicy(context.store_schema, context.keep_on_null))
    return business_object.category is not Category.DICTIONARY and not any(value.is_unique for value in values)
