"""Tables that hold values of an instance, and what is done with their rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.ddl.catalog import relations
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.store")

# Kinds of relations in the catalog: tables, and those with partitions.
_TABLES = ("r", "p")

Values = Mapping[str, object]


@dataclass(frozen=True)
class SubjectTable:
    """Rows of a table. `rows`: the macro of `sql/rows.jinja` that chooses them, `v` its variables. `empties`: columns
    and the SQL that they get; without any the rows are deleted, unless `act` names a statement of its own, whose values
    are in `binds`."""

    schema: str
    table: str
    rows: str
    v: Mapping[str, object] = field(default_factory=dict)
    empties: tuple[tuple[str, str], ...] = ()
    act: str = ""
    binds: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_deleting(self) -> bool:
        """Whether the rows go."""
        return not self.empties and self.act != "erase_instances"

    def count(self, connection: Connection, values: Values) -> int:
        [row] = fetch_all(connection, self._statement("count_rows"), {**values, **self.binds})
        return int(row.rows)

    def erase(self, connection: Connection, values: Values) -> int:
        """Deletes or empties the rows; returns how many."""
        name = self.act or ("empty_rows" if self.empties else "delete_rows")
        rows = execute(connection, self._statement(name), {**values, **self.binds})
        if rows:
            # Statistics hold values of rows that they have sampled.
            execute(connection, self._statement("analyze_rows"))
        return rows

    def _statement(self, name: str) -> sqlalchemy.TextClause:
        variables = {"schema": self.schema, "table": self.table, "condition": self.rows, "empties": self.empties}
        return _sql(name, v={"schema": self.schema, **self.v}, **variables)


@dataclass(frozen=True)
class Holder:
    """A table, log or folder that holds values. `database`: import, store, out, web, or log. `rows`: how many rows or
    lines; `is_deleting`: whether these go, or are emptied."""

    database: str
    name: str
    rows: int
    is_deleting: bool


def existing(connection: Connection, tables: Iterable[SubjectTable]) -> list[SubjectTable]:
    """Those whose tables are there."""
    wanted = list(tables)
    there: set[tuple[str, str]] = set()
    for schema in {one.schema for one in wanted}:
        names = [one.table for one in wanted if one.schema == schema]
        there |= {(schema, name) for name, one in relations(connection, schema, names).items() if one.kind in _TABLES}
    return [one for one in wanted if (one.schema, fold(one.table)) in there]
