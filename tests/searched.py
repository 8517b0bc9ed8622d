"""Searches whole databases for texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.fix_company import Site, superuser
from tests.fix_database import Database


@dataclass(frozen=True)
class Find:
    """A value in a column of a table."""

    table: str
    column: str
    value: str


def finds(site: Site, values: Sequence[str]) -> list[Find]:
    """Where any of the values is in a column of a table, in any schema of any database of the company."""
    return [one for database in site.databases for one in _finds_in(database, values)]


def _finds_in(database: Database, values: Sequence[str]) -> Iterator[Find]:
    """Bytes are searched too: as PostgreSQL escapes them, ASCII letters stay what they are."""
    listed = (
        "select n.nspname, c.relname, a.attname, a.atttypid = 'bytea'::regtype from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid "
        "where c.relkind in ('r', 'm') and a.attnum > 0 and not a.attisdropped "
        "and n.nspname !~ '^(pg_|information_schema)'"
    )
    with psycopg.connect(**superuser(database)) as session:
        for schema, table, column, is_bytes in session.execute(listed).fetchall():
            text = sql.SQL("encode({}, 'escape')" if is_bytes else "cast({} as text)").format(sql.Identifier(column))
            query = sql.SQL("select v from unnest(%s::text[]) v where exists (select from {} where strpos({}, v) > 0)")
            found = session.execute(query.format(sql.Identifier(schema, table), text), [list(values)])
            yield from (Find(f"{schema}.{table}", column, value) for (value,) in found.fetchall())
