"""BEGIN, CLAIM, PLAN: rows are claimed by status and run id, and measured for the plan."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import TextClause

from etl.database import Connection, Statements, execute, fetch_all, fetch_one
from etl.errors import EtlError
from etl.inbound.faults import sentences
from etl.inbound.order import in_any_order
from etl.inbound.place import Place, Sides
from etl.inbound.removals import any_removed
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.plan import Chunk, Claimed, position
from etl.quoting import fold

_sql = Statements(__package__)

# Below this many rows autovacuum's statistics do no harm and refreshing them costs more than it gives.
_ANALYZE_FROM_ROWS = 1000
# A link takes less memory than a row, and each chunk reads the external ids of both its objects: for one worker fewer
# chunks are better.
_LINKS_PER_ROW = 2
# No in_ row takes less room on its page, most of which is kept free.
_BYTES_OF_ROW = 100
# What one worker claims is cut into about so many parts.
_PARTS_OF_WORKER = 3
# Each chunk reads the whole store: smaller ones than this would cost more than an early end gives.
_ROWS_OF_WORKER = 500_000
_WHOLE = Chunk(rows=0)
# A value may take 18 bytes of its row's page and lie elsewhere: rows of fewer fields always have room for a claim.
_WIDE_FIELDS = 400
_LIMIT_EXCEEDED = "54000"


def large_tables(connection: Connection, company: Company, place: Place) -> list[Claimed]:
    """The in_ tables that may hold more rows than one task takes: claiming these takes its time.

    Several workers claim tables of data rows in parts, the largest parts first, so that all end at about the same time.
    """
    tables = {fold(table): table for table in company.in_tables()}
    least = place.undivided_rows * _BYTES_OF_ROW
    values = {"schema": fold(place.in_schema), "names": list(tables), "bytes": least}
    large = {tables[row.name]: row.bytes for row in fetch_all(connection, _sql("large_tables"), values)}
    of_worker = sum(large.values()) / place.workers
    parts = dict.fromkeys(large, 1)
    for table, size in large.items():
        # Only data rows tell which run has claimed them; a part must not take what another has.
        if place.workers > 1 and not company.in_link_table(table):
            parts[table] = max(1, min(round(_PARTS_OF_WORKER * size / of_worker), size // least))
    return [
        Claimed(table, 0, tuple(_places(connection, table, 0, place, parts[table])))
        for table in sorted(large, key=lambda table: large[table] / parts[table], reverse=True)
    ]


def claim(connection: Connection, company: Company, place: Place, *, but: Collection[str] = ()) -> dict[str, int]:
    """Claims what is ready in every in_ table of the company `but` in some: in_status '' becomes ON_WORK.

    Rows that the partner adds later stay ready for the next run. Returns table -> rows, in metadata order.
    """
    return {table: claim_table(connection, company, table, place) for table in company.in_tables() if table not in but}


def claim_table(connection: Connection, company: Company, table: str, place: Place, part: Chunk = _WHOLE) -> int:
    """Claims what is ready in one in_ table, or in a part of it; returns how many rows."""
    statement = _sql(f"claim_{_kind(company, table)}", table=table, part=part, **place.names)
    values = part.bounds(are_places=True) | {"run": place.run}
    business_object = company.in_objects.get(table)
    if business_object and len(business_object.loaded_fields) >= _WIDE_FIELDS:
        rows = _claim_wide(connection, table, place, part, statement, values)
    else:
        rows = execute(connection, statement, values)
    if rows >= _ANALYZE_FROM_ROWS and part.after is None:
        _analyze(connection, company, table, place)
    return rows


def _claim_wide(
    connection: Connection, table: str, place: Place, part: Chunk, statement: TextClause, values: dict[str, object]
) -> int:
    """Claims rows that may fill their pages: row by row where one has no room for a claim, which is rejected."""
    try:
        with connection.begin_nested():
            return execute(connection, statement, values)
    except EtlError as fault:
        if fault.sqlstate != _LIMIT_EXCEEDED:
            raise
    names_of_claim = place.names | {"table": table, "part": part, "run": place.run}
    execute(connection, _sql("create_claim_row", **names_of_claim))
    of_rows = values | {"in_table": table, "sentences": sentences()}
    [claimed] = fetch_all(connection, _sql("claim_each_row", **names_of_claim), of_rows)
    execute(connection, _sql("drop_claim_row"))
    return int(claimed.rows)


def analyze_parted(
    connection: Connection, company: Company, rows: Mapping[str, int], of_last: Mapping[str, int], place: Place
) -> None:
    """Analyzes tables of which much was claimed (table -> rows), but little by the task of the last part."""
    for table, number in of_last.items():
        if number < _ANALYZE_FROM_ROWS <= rows[table]:
            _analyze(connection, company, table, place)


def _analyze(connection: Connection, company: Company, table: str, place: Place) -> None:
    execute(connection, _sql(f"analyze_{_kind(company, table)}", table=table, **place.names))


def _kind(company: Company, table: str) -> str:
    return "links" if company.in_link_table(table) else "rows"


def measure(sides: Sides, company: Company, rows: Mapping[str, int], place: Place) -> dict[str, Claimed]:
    """Divides what was claimed (table -> rows) into chunks, in metadata order."""
    objects = {names.in_table(one.code): one for one in company.objects if one.has_in_table}
    of_objects = sum(rows[table] for table in objects)
    of_links = sum(rows.values()) - of_objects
    claimed: dict[str, Claimed] = {}
    for table in company.in_tables():
        number, link = rows[table], company.in_link_table(table)
        workers = _workers_of(number, of_links if link else of_objects, place)
        if link is None:
            claimed[table] = _rows(sides, objects[table], number, place, workers)
        else:
            claimed[table] = _links(sides.source, link, number, place, workers)
    return claimed


def _workers_of(size: int, of_all: int, place: Place) -> int:
    """How many workers must share a table so that all end at about the same time."""
    return max(1, round(size * place.workers / max(of_all, 1)))


def _rows(sides: Sides, business_object: BusinessObject, rows: int, place: Place, workers: int) -> Claimed:
    table = names.in_table(business_object.code)
    size = place.chunk_rows
    is_free = place.workers > 1 and rows > place.undivided_rows and in_any_order(sides, business_object, place)
    if is_free:
        # A part for each worker, however many tables there are: what the rows of a table cost is not known.
        size = min(size, max(_ROWS_OF_WORKER, -(-rows // place.workers)))
        # As many chunks for each of those that share the table.
        size = -(-rows // (workers * -(-rows // (workers * size))))
    if rows <= size:
        return Claimed(table, rows, (Chunk(rows),) * bool(rows))
    starts = _starts(sides.source, table, rows, place, size)
    chunks = [
        # The first chunk is open below, the last above: together they cover whatever the partner does to ids.
        Chunk(min(size, rows - number * size), first if number else None, after)
        for number, (first, after) in enumerate(zip(starts, [*starts[1:], None], strict=True))
    ]
    return Claimed(table, rows, tuple(chunks), is_free)


def _starts(connection: Connection, table: str, rows: int, place: Place, size: int) -> list[int]:
    """The id with which each chunk of so many rows begins."""
    values = {"run": place.run}
    for question in ("ends", "extent"):
        ids = fetch_one(connection, _sql(question, table=table, **place.names), values)
        if ids and ids.last - ids.first + 1 == rows:  # without gaps, as a feed has them
            return list(range(ids.first, ids.last + 1, size))
    statement = _sql("chunk_starts", table=table, **place.names)
    return [row.first for row in fetch_all(connection, statement, values | {"chunk_rows": size})]


def _links(connection: Connection, link: LinkTable, rows: int, place: Place, workers: int) -> Claimed:
    number = -(-rows // (place.chunk_rows * (_LINKS_PER_ROW if place.workers == 1 else 1)))
    if rows > place.undivided_rows:
        number = max(number, workers)
    if number > 1 and not (link.field.only_adds_links and not any_removed(connection, link.name, place)):
        # Only the whole batch knows an owner's newest link, or full set, or whether what is taken away is brought.
        number = 1
    return Claimed(link.name, rows, tuple(_places(connection, link.name, rows, place, number)))


def _places(connection: Connection, table: str, rows: int, place: Place, number: int) -> Iterator[Chunk]:
    """So many parts of a table by the places of its rows."""
    if number <= 1:
        yield from [Chunk(rows)] * number
        return
    extent = fetch_one(connection, _sql("pages", table=table, **place.names))
    pages = extent.pages if extent else 1
    starts = [position(pages * part // number) for part in range(number)]
    for part, first in enumerate(starts):
        after = starts[part + 1] if part + 1 < number else None
        yield Chunk(rows // number, first if part else None, after)
