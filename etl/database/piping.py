"""Rows from one database into another: binary COPY, piped block by block. No row becomes a value here."""

from collections.abc import Iterator
from typing import Any

from psycopg import pq
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many
from psycopg.waiting import Wait
from sqlalchemy import Connection, TextClause

from etl.database.transactions import Parameters, translated

# Less than a socket buffers, so that both servers work at once; more than a row, which would cost a round trip each.
_BLOCK_BYTES = 64 * 1024


def pipe(source: Connection, query: TextClause, parameters: Parameters, target: Connection, into: str) -> int:
    """Streams the result of `query` at `source` into `into`, a table and its columns at `target`; returns how many
    rows.

    Types must be the same on both sides. Memory is that of a block, or of the largest row.
    """
    driver: Any = target.connection.driver_connection
    with translated(target.engine), driver.cursor() as cursor:
        with cursor.copy(f"copy {into} from stdin (format binary)") as sink:
            for block in _blocks(source, query, parameters):
                sink.write(block)
        return int(cursor.rowcount)


def _blocks(source: Connection, query: TextClause, parameters: Parameters) -> Iterator[bytearray]:
    driver: Any = source.connection.driver_connection
    text = str(query.compile(dialect=source.dialect))
    copy = f"copy (\n{text}\n) to stdout (format binary)"
    with translated(source.engine), driver.cursor() as cursor, cursor.copy(copy, parameters):
        is_over = False
        while not is_over:
            block, is_over = driver.wait(_next_block(driver.pgconn))
            yield block


def _next_block(link: pq.abc.PGconn) -> PQGen[tuple[bytearray, bool]]:
    """A block of rows, and whether it is the last. Reading row by row, as the driver does, would double the cost of a
    pipe."""
    block = bytearray()
    while len(block) < _BLOCK_BYTES:
        size, row = link.get_copy_data(1)
        if size < 0:
            for result in (yield from fetch_many(link)):
                if result.status != pq.ExecStatus.COMMAND_OK:
                    raise error_from_result(result)
            return block, True
        if size:
            block += row
        else:
            yield Wait.R
            link.consume_input()
    return block, False
