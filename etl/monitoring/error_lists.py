"""Errors of rows, page by page, and how many there are: quick among millions."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import sqlalchemy

from etl.database import Connection, read_only_transaction
from etl.engine import Runtime, has_store, is_prepared
from etl.merge import Connections
from etl.sources.in_tables.errors import MOST_COUNTED, Choice, CodeCount, Cursor, ErrorLog, ErrorPage

# Each statement asks in the order of the index that serves it. With old statistics the server would rather sort.
_OTHER_WAYS = ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort")


@dataclass(frozen=True)
class ErrorQuery:
    """Which errors: None selects all. `of_store`: of the store's copy, which outlives the import schema."""

    run: int | None = None
    table: str | None = None
    code: str | None = None
    of_store: bool = False
    only_open: bool = False

    def chosen(self, book: ErrorLog) -> Choice:
        """The same for the table err. Raises ConfigurationError for an unknown table."""
        return book.chosen(self.run, self.table, self.code)


def read_errors(
    runtime: Runtime, query: ErrorQuery, *, limit: int, after: str = "", seconds: float = 10.0
) -> ErrorPage:
    """A page of errors, the newest first; `after` is the `next` of the page before. Raises ConfigurationError for an
    unknown table or cursor, EnvironmentFault where a statement takes longer than `seconds`."""
    book = _book(runtime, query)
    choice = query.chosen(book)
    chosen = (book.schema, choice, query.only_open)
    cursor = Cursor.parsed(after, chosen) if after else None
    with _open(runtime, query, seconds) as (connection, connections):
        if connection is None:
            return ErrorPage(book.schema, (), None, 0, count_is_exact=True)
        found, last = book.with_states(connection, connections, choice, limit, only_open=query.only_open, after=cursor)
        counted = book.count(connection, choice)
    return ErrorPage(
        schema=book.schema,
        errors=tuple(found),
        next=last.text(chosen) if last else None,
        count=min(counted, MOST_COUNTED),
        count_is_exact=counted <= MOST_COUNTED,
    )


def count_errors(runtime: Runtime, query: ErrorQuery, *, seconds: float = 10.0) -> tuple[CodeCount, ...]:
    """How many errors there are of each table and code, as far as they are counted; `only_open` is not regarded."""
    book = _book(runtime, query)
    choice = query.chosen(book)
    with _open(runtime, query, seconds) as (connection, _):
        return tuple(book.counts(connection, choice)) if connection else ()


def _book(runtime: Runtime, query: ErrorQuery) -> ErrorLog:
    schema = runtime.store.schema if query.of_store else runtime.in_schema
    return ErrorLog(runtime.company, runtime.in_schema, schema)


@contextmanager
def _open(runtime: Runtime, query: ErrorQuery, seconds: float) -> Iterator[tuple[Connection | None, Connections]]:
    """The connection to the errors, None where no run has made their table yet, and those to rows and store."""
    by_index = dict.fromkeys(_OTHER_WAYS, "off")

    def begin(engine: sqlalchemy.Engine, **settings: str) -> AbstractContextManager[Connection]:
        return read_only_transaction(engine, seconds=seconds, **by_index | settings)

    with begin(runtime.engine) as source, runtime.connections(source, begin) as connections:
        has_import = is_prepared(source, runtime)
        if query.of_store:
            yield connections.store if has_store(connections.store, runtime) else None, connections
        else:
            yield source if has_import else None, connections
