"""UPLOAD_FILES: stores in_fileStorage, each content once for all its names, and fills waiting fields."""

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.merge.context import Connections, MergeContext
from etl.merge.errors.catalogue import sentences
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import FieldType
from etl.quoting import fold, identifier
from etl.runs import Counters
from etl.store import new_ids

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def upload_files(connection: Connection, company: Company, context: MergeContext) -> Counters:
    """Stores new contents, records which file each file_id names, and marks the rows uploaded.

    The bytes never leave the server. Files are stored first, so that fields find the files that they name; fields of
    earlier runs that waited for a file get it now, or expire.
    """
    tables = context.variables
    limit = {"max_value_bytes": context.max_value_bytes}
    created = execute(connection, _sql("store_files", **tables), limit | {"new_ids": new_ids()})
    marking = limit | {"new_ids": new_ids(), "run": context.run}
    [marked] = fetch_all(connection, _sql("mark_files", **tables), marking)
    counters: Counters = {
        "created": created,
        "uploaded": marked.rows,
        "rejected": refuse_files(connection, context),
        "resolved": 0,
        "expired": 0,
    }
    for business_object in company.objects:
        for column in _file_columns(business_object):
            _serve_waiting(connection, business_object, column, context, counters)
    return counters


def has_files(connections: Connections, context: MergeContext) -> bool:
    """Whether there are files that no run has stored, or fields that wait for files."""
    unread = fetch_one(connections.imported, _sql("any_unread_file", **context.variables))
    return (
        unread is not None or fetch_one(connections.store, _sql("any_file_reference", **context.variables)) is not None
    )


def refuse_files(connection: Connection, context: MergeContext) -> int:
    """Reports contents larger than the limit; returns how many. Does not read the store."""
    values = {"run": context.run, "max_value_bytes": context.max_value_bytes, "sentences": sentences()}
    return execute(connection, _sql("refuse_files", **context.variables), values)


def _file_columns(business_object: BusinessObject) -> list[str]:
    return [field.code for field in business_object.loaded_fields if field.type is FieldType.FILE_UPLOAD]


def _serve_waiting(
    connection: Connection,
    business_object: BusinessObject,
    column: str,
    context: MergeContext,
    counters: Counters,
) -> None:
    tables = context.variables | {
        "golden": names.store_table(business_object.code),
        "column": identifier(column),
        "name": fold(column),
    }
    values = {
        "run": context.run,
        "bo": business_object.code,
        "field": fold(column),
        "in_table": names.in_table(business_object.code),
        "started_at": context.started_at,
        "expiry_minutes": context.reference_expiry_minutes,
        "sentences": sentences(),
    }
    counters["expired"] += execute(connection, _sql("expire_files", **tables), values)
    counters["resolved"] += execute(connection, _sql("resolve_files", **tables), values)
