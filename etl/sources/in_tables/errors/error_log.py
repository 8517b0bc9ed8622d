"""Reads the table err: lists errors, shows one with its in_ row, offers rows again, exports to a file."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf
from typing import Any, BinaryIO, Literal

from etl.database import Connection, SqlTemplates, copy_out, execute, fetch_all, fetch_one
from etl.ddl.tables import Direction, Table, tables
from etl.errors import ConfigurationError
from etl.merge.context import Connections
from etl.metadata import Company, names
from etl.metadata.company import LinkTable
from etl.quoting import fold, shown
from etl.runs import RowsByTable
from etl.sources.in_tables.errors.error_page import MOST_COUNTED, CodeCount, Cursor
from etl.sources.in_tables.errors.error_states import ErrorStates

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

# The length of a value in err.
_VALUE_WIDTH = 200
# The beginning of a message in a list; one error is shown whole.
_MESSAGE_WIDTH = 1_000
# Errors per batch at the most while open ones are searched.
_PAGE = 2000

Row = dict[str, Any]
Format = Literal["csv", "jsonl"]


@dataclass(frozen=True)
class Choice:
    """The errors that a command selects; an empty field selects all. `tables`: those that may be seen."""

    run: int | None = None
    table: str = ""
    code: str = ""
    ids: tuple[int, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def values(self) -> Row:
        """The bind values; a list becomes an array of PostgreSQL."""
        return asdict(self) | {"ids": list(self.ids), "tables": list(self.tables)}

    @property
    def is_of_pairs(self) -> bool:
        """Whether the errors are found by table and code."""
        return bool(self.table or self.code or self.tables) and not self.ids

    @property
    def is_empty(self) -> bool:
        """Whether it selects every error."""
        return self == Choice(tables=self.tables)


@dataclass(frozen=True)
class ErrorLog:
    """The table err of `schema`: the import schema, or the golden store, whose copy outlives it. `has_store`: whether
    the golden store may be read. `readable`: the in_ tables whose errors there are for this reader, None for all."""

    company: Company
    in_schema: str
    schema: str
    has_store: bool = True
    readable: tuple[str, ...] | None = None

    def chosen(self, run: int | None, table: str | None, code: str | None, ids: Sequence[int] = ()) -> Choice:
        """The choice with the table's name as err spells it. Raises ConfigurationError for an unknown table."""
        name = self._table(table).name if table else ""
        return Choice(run, name, code or "", tuple(ids), self._seen)

    def newest(self, connection: Connection, choice: Choice, limit: int, after: Cursor | None = None) -> list[Row]:
        """The chosen errors, the last one first, at most `limit`; with `after` only errors behind that cursor."""
        statement = _sql("list_errors", schema=self.schema, choice=choice, after=after is not None)
        values = choice.values | {"limit": limit, "width": _VALUE_WIDTH, "message_width": _MESSAGE_WIDTH}
        if after:
            values |= {"after_run": after.run, "after_id": after.id}
        return [dict(row._mapping) for row in fetch_all(connection, statement, values)]

    def with_states(
        self,
        connection: Connection,
        connections: Connections,
        choice: Choice,
        limit: int,
        *,
        only_open: bool = False,
        after: Cursor | None = None,
        seconds: float | None = None,
    ) -> tuple[list[Row], Cursor | None]:
        """As `newest`, each with its `state` (see error_states.State); with `only_open` those still to be corrected.
        Also the cursor behind which there may be more, None where there are not: open ones are searched for as long as
        `seconds`, and then those that were found are returned.

        `connection` reads err, `connections` the rows and the golden store. The state of deleted rows comes from the
        store.
        """
        found: list[Row] = []
        deadline = time.monotonic() + (inf if seconds is None else seconds)
        # As many are read as are shown; what is open among them may be rare, so then more and more.
        size = limit + 1
        while True:
            page = self.newest(connection, choice, size, after)
            states = self.states.of(connections, page)
            for error in page:
                del error["is_repeated"]
                if states[error["id"]].is_open or not only_open:
                    if len(found) == limit:
                        return found, after
                    found.append(error | {"state": states[error["id"]].value})
                after = Cursor(error["run"], error["id"])
            if len(page) < size:
                return found, None
            if time.monotonic() > deadline:
                return found, after
            size = max(size, min(2 * size, _PAGE))

    def count(self, connection: Connection, choice: Choice) -> int:
        """How many chosen errors there are; above MOST_COUNTED, some number above it."""
        if choice.is_of_pairs:
            return sum(one.errors + (not one.is_exact) for one in self.counts(connection, choice))
        statement = _sql("count_chosen", schema=self.schema, choice=choice)
        [row] = fetch_all(connection, statement, choice.values | {"most": MOST_COUNTED + 1})
        return int(row.errors)

    def counts(self, connection: Connection, choice: Choice) -> list[CodeCount]:
        """How many of the chosen errors there are of each table and code, counted up to MOST_COUNTED."""
        statement = _sql("count_errors", schema=self.schema, choice=choice)
        rows = fetch_all(connection, statement, choice.values | {"most": MOST_COUNTED + 1})
        return [
            CodeCount(row.in_table, row.code, min(row.errors, MOST_COUNTED), row.errors <= MOST_COUNTED) for row in rows
        ]

    def counts_of_run(self, connection: Connection, run: int) -> list[Row]:
        """How many errors of each table, column and code a run has, the most frequent first. Those of a table and code
        are counted up to MOST_COUNTED: then `is_exact` is false, and there are more."""
        choice = Choice(run, tables=self._seen)
        statement = _sql("count_run", schema=self.schema, choice=choice)
        found = fetch_all(connection, statement, choice.values | {"most": MOST_COUNTED + 1})
        rows = [dict(row._mapping) for row in found]
        for row in rows:
            row["is_exact"] = row.pop("counted") <= MOST_COUNTED
            row["rows"] = min(row["rows"], MOST_COUNTED)
        return rows

    @property
    def _seen(self) -> tuple[str, ...]:
        """As a Choice has it: a table that is not there, where none may be read."""
        return () if self.readable is None else self.readable or ("",)

    @property
    def states(self) -> ErrorStates:
        return ErrorStates(self.company, self.in_schema, names.store_schema(self.company.code), self.has_store)

    def find(self, connection: Connection, error_id: int) -> Row:
        """One error. Raises ConfigurationError when there is none of that id."""
        values = {"id": error_id}
        found = fetch_all(connection, _sql("whole_error", schema=self.schema), values)
        if not found or not (self.readable is None or found[0].in_table in self.readable):
            raise ConfigurationError(f"{self.schema}.err has no error {error_id}: see `etl errors list`")
        return dict(found[0]._mapping)

    def rejections(self, connection: Connection, error: Row) -> int:
        """In how many runs rows with the table and id of an error were rejected, among MOST_COUNTED errors of them."""
        statement = _sql("count_rejections", schema=self.schema)
        [row] = fetch_all(connection, statement, error | {"most": MOST_COUNTED})
        return int(row.runs)

    def row_of(
        self, connection: Connection, error: Row, *, only: str | None = None, width: int = _VALUE_WIDTH
    ) -> Row | None:
        """The current in_ row of an error: column -> text, cut at 200 characters; None when it was deleted, or has no
        column `only`."""
        table = next((one for one in self._tables() if one.name == error["in_table"]), None)
        if table is None:
            return None
        columns = [column.name for column in table.columns if only in (None, column.name)]
        if not columns:
            return None
        statement = _sql(
            "row_of_error",
            in_schema=self.in_schema,
            table=table.name,
            columns=columns,
            link=self._link(table.name),
            key="file_id" if table.name == names.FILE_STORAGE else "in_id",
            has_row_id=error["row_id"] is not None,
        )
        row = fetch_one(connection, statement, error | {"width": width})
        return dict(row._mapping) if row else None

    def retry(self, connection: Connection, choice: Choice) -> RowsByTable:
        """Makes the chosen errors' rows that are still rejected ready again; in_ table -> rows."""
        for error_id in choice.ids:
            self.find(connection, error_id)
        tables = {"schema": self.schema, "in_schema": self.in_schema, "choice": choice}
        found = fetch_all(connection, _sql("tables_of_errors", **tables), choice.values)
        # Every run tries a refused content again.
        known = {one.name for one in self._tables()} - {names.FILE_STORAGE}
        retried: RowsByTable = {}
        for table in (row.in_table for row in found if row.in_table in known):
            link = self._link(table)
            variables = {"in_table": table, "link": link, "of_partner": not self.has_store, **tables}
            statement = _sql("retry_links" if link else "retry_rows", **variables)
            retried[table] = execute(connection, statement, choice.values | {"in_table": table})
        return retried

    def export(self, connection: Connection, choice: Choice, file_format: Format, target: BinaryIO) -> int:
        """Streams the chosen errors with all columns, from the oldest on; returns how many."""
        statement = _sql(f"errors_as_{file_format}", schema=self.schema, choice=choice)
        return copy_out(connection, statement, choice.values, target)

    def _tables(self) -> list[Table]:
        return tables(self.company, Direction.IN, in_schema=self.in_schema, store_schema="", out_schema="")

    def _table(self, name: str) -> Table:
        for table in self._tables():
            if fold(table.name) == fold(name):
                return table
        raise ConfigurationError(
            f"{shown(name)} is not an in_ table of company {self.company.code}: `etl generate-ddl` prints them"
        )

    def _link(self, table: str) -> LinkTable | None:
        return self.company.in_link_table(table)
