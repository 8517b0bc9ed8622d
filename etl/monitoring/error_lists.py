"""Errors of rows, page by page, and how many there are: quick among millions."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import sqlalchemy

from etl.database import Connection, read_only_transaction
from etl.engine import Runtime
from etl.engine.rejected import open_errors
from etl.engine.runtime import Begin
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
    with open_errors(runtime, of_store=query.of_store, begin=reading_by_index(seconds)) as opened:
        log = opened.log
        choice = query.chosen(log)
        chosen = (log.schema, choice, query.only_open)
        cursor = Cursor.parsed(after, chosen) if after else None
        if opened.connection is None:
            return ErrorPage(log.schema, (), None, 0, count_is_exact=True)
        found, last = log.with_states(
            opened.connection, opened.connections, choice, limit, only_open=query.only_open, after=cursor
        )
        counted = log.count(opened.connection, choice)
    return ErrorPage(
        schema=log.schema,
        errors=tuple(found),
        next=last.text(chosen) if last else None,
        count=min(counted, MOST_COUNTED),
        count_is_exact=counted <= MOST_COUNTED,
    )


def count_errors(runtime: Runtime, query: ErrorQuery, *, seconds: float = 10.0) -> tuple[CodeCount, ...]:
    """How many errors there are of each table and code, as far as they are counted; `only_open` is not regarded."""
    with open_errors(runtime, of_store=query.of_store, begin=reading_by_index(seconds)) as opened:
        choice = query.chosen(opened.log)
        return tuple(opened.log.counts(opened.connection, choice)) if opened.connection else ()


def reading_by_index(seconds: float) -> Begin:
    """Begins transactions that only read, whose statements take at most `seconds` and ask in the order of an index."""
    by_index = dict.fromkeys(_OTHER_WAYS, "off")

    def begin(engine: sqlalchemy.Engine, **settings: str) -> AbstractContextManager[Connection]:
        return read_only_transaction(engine, seconds=seconds, **by_index | settings)

    return begin
