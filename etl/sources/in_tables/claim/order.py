"""Whether the order of a table's rows matters: if they never meet, workers may merge its chunks side by side."""

from etl.database import SqlTemplates, fetch_one
from etl.merge.context import Connections, MergeContext
from etl.merge.rows.field_values import ValuePolicy, field_values
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import Category

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def in_any_order(connections: Connections, business_object: BusinessObject, context: MergeContext) -> bool:
    """Whether no two claimed rows can be for one instance.

    So it is where nothing but in_id leads to an instance: the index that every in_ table must have keeps in_ids from
    coming twice. Of a row that gets an out_id in the midst of the run nobody can say whether it came before another.
    """
    if not _is_known_by_in_id(business_object, context):
        return False
    any_alias, any_out_id = (
        _sql(question, in_table=names.in_table(business_object.code), **context.names)
        for question in ("any_alias", "any_out_id")
    )
    return (
        fetch_one(connections.store, any_alias, {"bo": business_object.code}) is None
        and fetch_one(connections.source, any_out_id, {"run": context.run}) is None
    )


def _is_known_by_in_id(business_object: BusinessObject, context: MergeContext) -> bool:
    """Whether no value leads to an instance. Dictionaries may look up rows of their own."""
    values = field_values(business_object, ValuePolicy(context.store_schema, context.keep_on_null))
    return business_object.category is not Category.DICTIONARY and not any(value.is_unique for value in values)
