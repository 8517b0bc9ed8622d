"""Instances of another installation: what a merge of their rows does not write."""

from collections.abc import Mapping, Sequence

from etl.database import Connection, SqlTemplates, execute
from etl.merge.context import MergeContext
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import FieldType

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def write_removed_instances(
    connection: Connection, business_object: BusinessObject, context: MergeContext, table: str, origin: str
) -> int:
    """Writes those rows of the temporary `table` (system_id, in_id, system_state, the stored fields) that are REMOVED;
    returns how many. `origin`: what the journal says of them before the line."""
    fields = [
        {"code": field.code, "is_file": field.type is FieldType.FILE_UPLOAD, "number": number}
        for number, field in enumerate(business_object.stored_fields)
    ]
    variables = {
        "store_schema": context.store_schema,
        "table": table,
        "golden": names.store_table(business_object.code),
    }
    values = {
        "bo": business_object.code,
        "run": context.run,
        "origin": origin,
        "started_at": context.started_at,
    }
    return execute(connection, _sql("adopt_removed", **variables, fields=fields), values)


def write_adopted_columns(
    connection: Connection, business_object: BusinessObject, store_schema: str, table: str, columns: Mapping[str, str]
) -> None:
    """Writes columns that no source loads, as the temporary `table` has them beside `system_id`: golden column ->
    column of the table. Null leaves what is there."""
    variables = {"store_schema": store_schema, "table": table, "golden": names.store_table(business_object.code)}
    execute(connection, _sql("adopt_columns", **variables, columns=columns))


def note_adopted_ids(
    connection: Connection, business_object: BusinessObject, store_schema: str, tables: Sequence[str], unit: int
) -> int:
    """Notes further external ids. `tables`: that of the ids (in_id, out_id), and that of their instances (system_id,
    in_id). Returns how many there are."""
    variables = {"store_schema": store_schema, "ids": tables[0], "instances": tables[1]}
    values = {"bo": business_object.code, "run": unit}
    return execute(connection, _sql("adopt_ids", **variables), values)
