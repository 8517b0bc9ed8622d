"""Rows from one database into another: binary COPY, piped block by block. No row becomes a value here."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, TextClause

from etl.database.transactions import Parameters, translated

# Rows come one by one; written so, each would cost a round through the driver.
_BLOCK_BYTES = 64 * 1024


def pipe(source: Connection, query: TextClause, parameters: Parameters, target: Connection, into: str) -> int:
    """Streams what `query` answers at `source` into `into`, a table and its columns at `target`; returns how many rows.

    Types must be the same on both sides. Memory is that of a block, or of the largest row.
    """
    driver: Any = target.connection.driver_connection
    with translated(target.engine), driver.cursor() as cursor:
        with cursor.copy(f"copy {into} from stdin (format binary)") as sink:
            for block in _joined(_rows(source, query, parameters)):
                sink.write(block)
        return int(cursor.rowcount)


def _rows(source: Connection, query: TextClause, parameters: Parameters) -> Iterator[Any]:
    driver: Any = source.connection.driver_connection
    text = str(query.compile(dialect=source.dialect))
    copy = f"copy (\n{text}\n) to stdout (format binary)"
    with translated(source.engine), driver.cursor() as cursor, cursor.copy(copy, parameters) as stream:
        yield from stream


def _joined(rows: Iterable[Any]) -> Iterator[bytes]:
    block = bytearray()
    for row in rows:
        block += row
        if len(block) >= _BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
