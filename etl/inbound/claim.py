"""BEGIN: claims rows by status and run id, and measures them for the plan."""

from collections.abc import Iterator

from etl.database import Connection, Statements, execute, fetch_all, fetch_one
from etl.inbound.place import Place
from etl.metadata import Company, names
from etl.metadata.company import LinkTable
from etl.plan import Chunk, Claimed

_sql = Statements(__package__)

# Below this many rows autovacuum's statistics do no harm and refreshing them costs more than it gives.
_ANALYZE_FROM_ROWS = 1000
# A link takes less memory than a row, and each chunk reads the external ids of both its objects.
_LINKS_PER_ROW = 2


def claim(connection: Connection, company: Company, place: Place) -> dict[str, Claimed]:
    """Claims what is ready in every in_ table of the company: in_status '' becomes ON_WORK.

    Rows that the partner adds later stay ready for the next run.
    """
    claimed = {}
    for business_object in company.objects:
        if business_object.has_in_table:
            table = names.in_table(business_object.code)
            claimed[table] = _claim_rows(connection, table, place)
    for link in company.in_link_tables():
        claimed[link.name] = _claim_links(connection, link, place)
    return claimed


def _claim_rows(connection: Connection, table: str, place: Place) -> Claimed:
    text = _sql("claim_rows", table=table, **place.names)
    rows = execute(connection, text, {"run": place.run})
    if rows >= _ANALYZE_FROM_ROWS:
        execute(connection, _sql("analyze_rows", table=table, **place.names))
    return Claimed(table, rows, tuple(_row_chunks(connection, table, rows, place)))


def _row_chunks(connection: Connection, table: str, rows: int, place: Place) -> Iterator[Chunk]:
    if not rows:
        return
    if rows <= place.chunk_rows:
        yield Chunk(rows)
        return
    names_of_rows = {"run": place.run, "chunk_rows": place.chunk_rows, "claimed": rows}
    starts = fetch_all(connection, _sql("chunk_starts", table=table, **place.names), names_of_rows)
    firsts = [row.first for row in starts]
    for first, after, row in zip(firsts, [*firsts[1:], None], starts, strict=True):
        # The first chunk is open below, the last above: together they cover whatever the partner does to ids.
        yield Chunk(row.rows, None if first == firsts[0] else first, after)


def _claim_links(connection: Connection, link: LinkTable, place: Place) -> Claimed:
    rows = execute(connection, _sql("claim_links", table=link.name, **place.names))
    if rows >= _ANALYZE_FROM_ROWS:
        execute(connection, _sql("analyze_links", table=link.name, **place.names))
    if rows and not link.field.only_adds_links:
        return Claimed(
            link.name, rows, (Chunk(rows),)
        )  # only the whole batch knows an owner's newest link, or full set
    return Claimed(link.name, rows, tuple(_link_chunks(connection, link.name, rows, place)))


def _link_chunks(connection: Connection, table: str, rows: int, place: Place) -> Iterator[Chunk]:
    if not rows:
        return
    number = -(-rows // (place.chunk_rows * _LINKS_PER_ROW))
    if number == 1:
        yield Chunk(rows)
        return
    extent = fetch_one(connection, _sql("pages", table=table, **place.names))
    pages = extent.pages if extent else 1
    starts = [pages * part // number for part in range(number)]
    for part, first in enumerate(starts):
        after = starts[part + 1] if part + 1 < number else None
        yield Chunk(rows // number, first if part else None, after)
