"""Sample rows -> SQL that a partner can type."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from etl.contract.samples import Row, Value
from etl.quoting import identifier, literal

_WIDE = 100


def insert(schema: str, table: str, rows: Sequence[Row]) -> str:
    """One `insert` of rows that all have the same columns."""
    head = f"insert into {identifier(schema)}.{identifier(table)}"
    columns = ", ".join(identifier(column) for column in rows[0])
    first = f"{head} ({columns})" if len(head) + len(columns) < _WIDE else f"{head}\n    ({columns})"
    values = ",\n    ".join(f"({', '.join(value_text(value) for value in row.values())})" for row in rows)
    return f"{first}\nvalues\n    {values};"


def value_text(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return literal(value.isoformat(sep=" "))
        case bytes():
            return f"convert_to({literal(value.decode())}, 'UTF8')"
        case _:
            return literal(value)
