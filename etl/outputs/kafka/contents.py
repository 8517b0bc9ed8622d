"""The contents of files in records: Base64 beside the id, which records of Kafka as a source bring back as files."""

from base64 import b64encode
from collections.abc import Callable
from json.encoder import encode_basestring as quoted

from etl.database import Connection, SqlTemplates, fetch_one

_sql = SqlTemplates(__package__)

ReadFile = Callable[[str], str]
"""Of a file's id: the rest of a field's item, which begins with a comma; "" where the store does not have it."""


def file_reader(connection: Connection, store_schema: str) -> ReadFile:
    """Reads one file at a time: a block of rows may have more of them than fit into memory."""
    statement = _sql("file", schema=store_schema)

    def read(file_id: str) -> str:
        row = fetch_one(connection, statement, {"id": file_id})
        if row is None:
            return ""
        given = {"content": b64encode(row.content).decode(), "fileName": row.file_name, "mimeType": row.mime_type}
        return "".join(f',"{key}":{quoted(value)}' for key, value in given.items() if value is not None)

    return read
