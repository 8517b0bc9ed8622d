"""Files of another installation, which keep their ids: from a temporary table into the store."""

from etl.database import Connection, SqlTemplates, execute

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def store_adopted_files(connection: Connection, store_schema: str, table: str, unit: int) -> int:
    """Stores the rows of the temporary `table` (file_id, out_file_id, file_name, mime_type, content), whose ids are
    set and good; a content with several names is kept once. Returns how many files there are."""
    variables = {"store_schema": store_schema, "table": table}
    execute(connection, _sql("adopt_contents", **variables))
    files = execute(connection, _sql("adopt_files", **variables))
    execute(connection, _sql("adopt_file_ids", **variables), {"run": unit})
    return files
