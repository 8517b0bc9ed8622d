"""Names the values that keep a column from becoming unique."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.compare import UnfitTables
from etl.ddl.tables import TableChange
from etl.quoting import shown

_sql = SqlTemplates(__package__)

_TWICE = "23505"
_TOO_LONG = "54000"
_NULL = "23502"


@contextmanager
def naming_duplicates(connection: Connection, change: TableChange) -> Iterator[None]:
    """Within the `with` block a refusal of `change` because of values becomes an UnfitTables that names them."""
    if change.unique_on is None:
        yield
        return
    try:
        with connection.begin_nested():
            yield
    except exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state not in (_TWICE, _TOO_LONG, _NULL):
            raise
        schema, table, column = change.unique_on
        kind = {_TWICE: "duplicates", _TOO_LONG: "long_values", _NULL: "empty_values"}[state]
        if change.duplicates and state == _TWICE:
            rows = list(connection.exec_driver_sql(change.duplicates, execution_options={"no_parameters": True}).all())
        else:
            rows = fetch_all(connection, _sql(kind, schema=schema, table=table, column=column))
        raise UnfitTables(_text(change, state, column, [(row.value, row.rows, row.in_all) for row in rows])) from error


def _text(change: TableChange, state: str, column: str, found: list[tuple[str | None, int, int]]) -> str:
    head = f"{change.description} is not possible"
    if not found:
        return f"{head} because of values that are gone meanwhile: try again"
    if state == _NULL:
        return f"{head}: {column} is null in {found[0][1]:,} rows; give each of them a value of its own, then try again"
    number = found[0][2]
    what = (
        "stand in more than one row" if state == _TWICE else "are longer than an index can keep (2,000 bytes are safe)"
    )
    cure = "change or delete all rows but one of each" if state == _TWICE else "shorten them"
    first = f" The first {len(found)}:" if len(found) < number else ""
    lines = [f"  {shown(value)}: {rows:,} rows" for value, rows, _ in found]
    return "\n".join([f"{head}: {number:,} values of {column} {what}; {cure}, then try again.{first}", *lines])
