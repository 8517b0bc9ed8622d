"""BEGIN, CLAIM, PLAN: rows are claimed by status and run id, and measured for the plan."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from etl.database import Connection, Statements, execute, fetch_all, fetch_one
from etl.inbound.place import Place
from etl.metadata import Company
from etl.plan import Chunk, Claimed, position
from etl.quoting import fold

_sql = Statements(__package__)

# Below this many rows autovacuum's statistics do no harm and refreshing them costs more than it gives.
_ANALYZE_FROM_ROWS = 1000
# A link takes less memory than a row, and each chunk reads the external ids of both its objects: for one worker fewer
# chunks are better.
_LINKS_PER_ROW = 2
# No in_ row takes less room on its page, half of which is kept free.
_BYTES_OF_ROW = 100


def large_tables(connection: Connection, company: Company, place: Place) -> list[str]:
    """The in_ tables that may hold more rows than a chunk, the largest first: claiming these takes its time."""
    tables = {fold(table): table for table in company.in_tables()}
    values = {"schema": fold(place.in_schema), "names": list(tables), "bytes": place.chunk_rows * _BYTES_OF_ROW}
    return [tables[row.name] for row in fetch_all(connection, _sql("large_tables"), values)]


def claim(connection: Connection, company: Company, place: Place, *, but: Collection[str] = ()) -> dict[str, int]:
    """Claims what is ready in every in_ table of the company `but` in some: in_status '' becomes ON_WORK.

    Rows that the partner adds later stay ready for the next run. Returns table -> rows, in metadata order.
    """
    return {table: claim_table(connection, company, table, place) for table in company.in_tables() if table not in but}


def claim_table(connection: Connection, company: Company, table: str, place: Place) -> int:
    """Claims what is ready in one in_ table; returns how many rows."""
    kind = "links" if company.in_link_table(table) else "rows"
    rows = execute(connection, _sql(f"claim_{kind}", table=table, **place.names), {"run": place.run})
    if rows >= _ANALYZE_FROM_ROWS:
        execute(connection, _sql(f"analyze_{kind}", table=table, **place.names))
    return rows


def measure(connection: Connection, company: Company, rows: Mapping[str, int], place: Place) -> dict[str, Claimed]:
    """Divides what was claimed (table -> rows) into chunks, in metadata order."""
    return {
        table: Claimed(table, rows[table], tuple(_chunks(connection, company, table, rows[table], place)))
        for table in company.in_tables()
    }


def _chunks(connection: Connection, company: Company, table: str, rows: int, place: Place) -> Iterable[Chunk]:
    if not rows:
        return ()
    link = company.in_link_table(table)
    if link is None:
        return _row_chunks(connection, table, rows, place)
    # Only the whole batch knows an owner's newest link, or full set.
    return _link_chunks(connection, table, rows, place) if link.field.only_adds_links else [Chunk(rows)]


def _row_chunks(connection: Connection, table: str, rows: int, place: Place) -> Iterator[Chunk]:
    if rows <= place.chunk_rows:
        yield Chunk(rows)
        return
    starts = _starts(connection, table, rows, place)
    for number, (first, after) in enumerate(zip(starts, [*starts[1:], None], strict=True)):
        # The first chunk is open below, the last above: together they cover whatever the partner does to ids.
        yield Chunk(min(place.chunk_rows, rows - number * place.chunk_rows), first if number else None, after)


def _starts(connection: Connection, table: str, rows: int, place: Place) -> list[int]:
    """The id with which each chunk begins."""
    values = {"run": place.run}
    for question in ("ends", "extent"):
        ids = fetch_one(connection, _sql(question, table=table, **place.names), values)
        if ids and ids.last - ids.first + 1 == rows:  # without gaps, as a feed has them
            return list(range(ids.first, ids.last + 1, place.chunk_rows))
    statement = _sql("chunk_starts", table=table, **place.names)
    return [row.first for row in fetch_all(connection, statement, values | {"chunk_rows": place.chunk_rows})]


def _link_chunks(connection: Connection, table: str, rows: int, place: Place) -> Iterator[Chunk]:
    number = -(-rows // (place.chunk_rows * (_LINKS_PER_ROW if place.workers == 1 else 1)))
    if number == 1:
        yield Chunk(rows)
        return
    extent = fetch_one(connection, _sql("pages", table=table, **place.names))
    pages = extent.pages if extent else 1
    starts = [position(pages * part // number) for part in range(number)]
    for part, first in enumerate(starts):
        after = starts[part + 1] if part + 1 < number else None
        yield Chunk(rows // number, first if part else None, after)
