"""Files that records bring or name: a content comes in Base64, and a file that is only named must be known."""

from base64 import b64decode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from etl.database import Connection, SqlTemplates, copy_values, execute, fetch_all
from etl.merge import MergeContext
from etl.merge.files import upload_files
from etl.merge.links import create_staged_links
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.runs import Counters
from etl.sources.kafka.boi_input import FieldInput
from etl.sources.kafka.faults import Fault, RecordFault

_sql = SqlTemplates(__package__)

_MAX_FILE_ID: Final = 32
_MAX_NAME: Final = 300
_MAX_TYPE: Final = 100


class FileRow(NamedTuple):
    file_id: str
    file_name: str | None
    mime_type: str | None
    content: bytes


def file_of(item: FieldInput, bo: str, path: str, max_bytes: int) -> FileRow:
    """The file that a field brings. Raises RecordFault."""
    try:
        content = b64decode(item.content or "", validate=True)
    except ValueError:
        reason = "is no Base64"
        raise RecordFault(Fault("BAD_VALUE", path, bo, item.code, (item.content or "")[:50], reason=reason)) from None
    if len(content) > max_bytes:
        raise RecordFault(Fault("VALUE_TOO_LONG", path, bo, item.code, f"{len(content)} bytes"))
    texts = ((item.api_value, _MAX_FILE_ID), (item.file_name, _MAX_NAME), (item.mime_type, _MAX_TYPE))
    for text, longest in texts:
        if text and (len(text) > longest or "\x00" in text):
            raise RecordFault(Fault("BAD_VALUE", path, bo, item.code, text, reason=f"is over {longest} characters"))
    file_id = item.api_value or sha256(content).hexdigest()[:_MAX_FILE_ID]
    return FileRow(file_id, item.file_name or None, item.mime_type or None, content)


def store_files(
    connection: Connection, files: Sequence[FileRow], company: Company, context: MergeContext
) -> tuple[Counters, list[Fault]]:
    """Stores files, so that the fields of the same batch find them; returns counters, and what is to be said of fields
    that waited for a file too long. Of several files of one id the last counts."""
    latest = {file.file_id: file for file in files}
    create_staged_links(connection, [])  # the table err
    execute(connection, _sql("create_files"))
    copy_values(connection, _sql("copy_files"), latest.values())
    counters = upload_files(connection, company, context)
    faults = [
        Fault(one.code, "$", field=one.column_name, value=one.value, external_id=one.in_id, severity=one.severity)
        for one in fetch_all(connection, _sql("link_errors"))
    ]
    execute(connection, _sql("drop_link_stages", tables=["in_fileStorage"]))
    return counters, faults


def refuse_unknown_files(
    connection: Connection, business_object: BusinessObject, columns: Sequence[str], store_schema: str
) -> list[tuple[int, str, str]]:
    """Takes the staged objects that name a file which the store does not know out of their table; returns their
    numbers, the fields, and what they name."""
    if not columns:
        return []
    variables = {"table": names.in_table(business_object.code), "columns": columns, "schema": store_schema}
    rows = fetch_all(connection, _sql("refuse_unknown_files", **variables))
    return [(row.id, row.field, row.file_id) for row in rows]
