"""Streams any number of rows in constant memory, by COPY or by a cursor of the server."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final

import psycopg
from sqlalchemy import Connection, TextClause

from etl.database.transactions import Parameters, translated
from etl.errors import EtlError

# The number that is sent in one piece. After each one the thread waits its turn where others read meanwhile.
_LINES = 2_000
# Where COPY was, as the server says it: the table, then the word for line in its language.
_LINE_OF_COPY: Final = re.compile(r"COPY [^,]*, \D{1,20}([0-9]{1,10})")


def copy_out(connection: Connection, statement: TextClause, parameters: Parameters, target: BinaryIO) -> int:
    """Writes the output of a `copy … to stdout` into `target` and returns how many rows it has."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        with cursor.copy(_text(connection, statement), parameters) as stream:
            for block in stream:
                target.write(block)
        return int(cursor.rowcount)


def copy_rows(connection: Connection, statement: TextClause, parameters: Parameters) -> Iterator[memoryview]:
    """The rows of a `copy … to stdout`, one at a time, as the server sends them."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_text(connection, statement), parameters) as stream:
        yield from stream


def stream_rows(
    connection: Connection, statement: TextClause, parameters: Parameters, *, at_once: int = 5_000
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query as plain tuples, `at_once` of them at a time, by a cursor of the server."""
    driver: Any = connection.connection.driver_connection
    with translated(connection.engine), driver.cursor(name="etl_rows") as cursor:
        # With its values as literals, as in other cursors: one name may stand for values of two types.
        with driver.cursor() as plain:
            text = plain.mogrify(_text(connection, statement), parameters)
        cursor.execute(text)
        while rows := cursor.fetchmany(at_once):
            yield rows


def copy_in(connection: Connection, statement: TextClause, blocks: Iterable[bytes | memoryview]) -> int:
    """Feeds a `copy … from stdin` with blocks and returns how many rows it wrote; an error of `blocks` cancels it."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        with cursor.copy(_text(connection, statement)) as stream:
            for block in blocks:
                stream.write(block)
        return int(cursor.rowcount)


def copy_values(connection: Connection, statement: TextClause, rows: Iterable[Sequence[object]]) -> int:
    """Writes rows by a `copy … from stdin` in text format, which converts texts to the types of its columns; returns
    their number. Raises EnvironmentFault for a value that its column refuses."""
    driver: Any = connection.connection.driver_connection
    with translated(connection.engine), driver.cursor() as cursor:
        with cursor.copy(_text(connection, statement)) as stream:
            write = stream.write_row
            for row in rows:
                write(row)
        return int(cursor.rowcount)


def copy_lines(connection: Connection, statement: TextClause, lines: Iterable[str]) -> int:
    """Writes rows by a `copy … from stdin` that are lines in its text format already, each with its end; returns their
    number. Raises EnvironmentFault for a value that its column refuses."""
    driver: Any = connection.connection.driver_connection
    with translated(connection.engine), driver.cursor() as cursor:
        with cursor.copy(_text(connection, statement)) as stream:
            rest = iter(lines)
            while block := "".join(islice(rest, _LINES)):
                stream.write(block.encode())
        return int(cursor.rowcount)


def refused_lines(connection: Connection, statement: TextClause, lines: Sequence[str]) -> dict[int, EtlError]:
    """The faults of the lines that `copy_lines` could not write, by their indexes from 0, after one look at each line;
    nothing is written. Raises a fault that is none of a line."""
    refused: dict[int, EtlError] = {}
    begin = 0
    with connection.begin_nested() as unwritten:
        while begin < len(lines):
            try:
                with connection.begin_nested():
                    copy_lines(connection, statement, lines[begin:])
                break
            except EtlError as fault:
                line = _refused_line(fault)
                if line is None or begin + line >= len(lines):
                    raise
                begin += line + 1
                refused[begin - 1] = fault
        unwritten.rollback()
    return refused


def _refused_line(fault: EtlError) -> int | None:
    cause = fault.__cause__
    context = cause.diag.context if isinstance(cause, psycopg.DataError) else None
    found = _LINE_OF_COPY.match(context or "")
    return int(found[1]) - 1 if found else None


def _text(connection: Connection, statement: TextClause) -> str:
    """The statement with its values as literals, as COPY accepts no bound values."""
    return str(statement.compile(dialect=connection.dialect))
