"""Rows and digests of tables: whether two databases hold the same."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from etl.database import Connection, SqlTemplates, fetch_all

_sql = SqlTemplates(__package__)


class TableDigest(BaseModel):
    """A table with its rows and their digest; both are None for a table of others, with a name that is none of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str
    table: str
    rows: int | None = None
    digest: str | None = None

    def __str__(self) -> str:
        return f"{self.schema_name}.{self.table}"


def digests_of(connection: Connection, schemas: Sequence[str]) -> tuple[TableDigest, ...]:
    """Of all tables of the schemas, in the snapshot of the connection."""
    rows = fetch_all(connection, _sql("tables"), {"schemas": list(schemas)})
    return tuple(_digest(connection, row.schema_name, row.table_name, is_plain=row.is_plain) for row in rows)


def _digest(connection: Connection, schema: str, table: str, *, is_plain: bool) -> TableDigest:
    if not is_plain:
        return TableDigest(schema_name=schema, table=table)
    [row] = fetch_all(connection, _sql("digest", schema=schema, table=table))
    return TableDigest(schema_name=schema, table=table, rows=row.rows, digest=row.digest)


def differences(
    expected: Iterable[TableDigest], found: Iterable[TableDigest], *, changed: Iterable[str] = ()
) -> list[str]:
    """What differs, for people. Of tables named in `changed` only the number of rows is compared."""
    there = {str(one): one for one in found}
    not_compared = set(changed)
    lines = []
    for one in expected:
        other = there.get(str(one))
        if other is None:
            lines.append(f"{one} is missing")
        elif one.rows is not None and other.rows != one.rows:
            lines.append(f"{one} has {other.rows:,} rows instead of {one.rows:,}")
        elif one.digest != other.digest and one.table not in not_compared:
            lines.append(f"{one} has other values in its {one.rows:,} rows")
    return lines
