"""How large in_ tables are."""

from etl.database import Connection, SqlTemplates, fetch_all
from etl.metadata import Company
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def table_bytes(connection: Connection, company: Company, schema: str) -> dict[str, int]:
    """in_ table -> bytes, without indexes; 0: it has no row."""
    tables = {fold(table): table for table in company.in_tables()}
    found = fetch_all(connection, _sql("table_bytes"), {"schema": fold(schema), "names": list(tables)})
    return {tables[row.name]: row.bytes for row in found}
