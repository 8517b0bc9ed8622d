"""What the catalogs of a database show of damage: indexes that are not used, changed collations, damaged pages."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.monitoring.databases import CheckedDatabase
from etl.monitoring.finding import Finding, Level, error, ok, warning

_sql = SqlTemplates(__package__)


def check_catalog(checked: CheckedDatabase) -> Iterator[Finding]:
    """An index of a constraint that is not used is an error: rows that belong to one instance would be several."""
    what = checked.of("catalog")
    with read_only_transaction(checked.engine) as connection:
        invalid = fetch_all(connection, _sql("invalid_indexes"), {"schemas": checked.held.schemas})
    for row in invalid:
        level = error if row.constraint_name else warning
        yield level(what, invalid_index(row), "`etl verify --repair` makes it again")
    damaged = [*changed_collations(checked.engine, what), *damaged_pages(checked.engine, what)]
    yield from damaged
    if not invalid and not any(one.level is not Level.OK for one in damaged):
        yield ok(what, "no damage is known")


def invalid_index(row: Any) -> str:
    """What a row with index_name, table_name and constraint_name says, for people."""
    of = f" of the constraint {row.constraint_name}" if row.constraint_name else ""
    return f"{row.index_name} of {row.table_name}{of} is invalid: the server does not use it"


def changed_collations(engine: sqlalchemy.Engine, what: str) -> Iterator[Finding]:
    """A library that sorts in another way than when an index was made: the index finds less than there is."""
    with read_only_transaction(engine) as connection:
        rows = fetch_all(connection, _sql("collations", has_version=_has_collation_version(connection)))
    for row in rows:
        found = f"the database {row.database} was made with version {row.recorded}, and the server has {row.actual}"
        do = (
            "reindex its indexes of texts (those of ids sort by bytes and are not concerned), then "
            f"`alter database {row.database} refresh collation version`"
        )
        yield warning(what, found, do)


def damaged_pages(engine: sqlalchemy.Engine, what: str) -> Iterator[Finding]:
    """Pages that the server has found damaged."""
    with read_only_transaction(engine) as connection:
        [row] = fetch_all(connection, _sql("checksum_failures"))
    if row.failures:
        found = f"the server has met {row.failures} damaged pages in {row.database}, the last one {row.last_at}"
        yield error(what, found, "`etl verify --level indexes`; restore a backup on other disks: `etl restore`")


def _has_collation_version(connection: Connection) -> bool:
    """Whether databases record it: since PostgreSQL 15."""
    [row] = fetch_all(connection, _sql("has_collation_version"))
    return bool(row.has_version)
