"""BEGIN, CLAIM, PLAN: claims rows by status and run id, and counts them for the plan."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import TextClause

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.errors import EtlError
from etl.merge.context import Connections, MergeContext
from etl.merge.errors.catalogue import sentences
from etl.merge.links.removals import any_removed
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.quoting import fold
from etl.runs import Chunk, Claimed, ClaimedRows, ctid_number
from etl.sources.in_tables.claim.order import in_any_order

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

# Below this many rows old statistics do no harm, and analyzing costs more than it saves.
_ANALYZE_FROM_ROWS = 1000
# A link takes less memory than a row, and each chunk reads the external ids of both objects: for one worker fewer
# chunks are better.
_LINKS_PER_ROW = 2
# The least bytes of an in_ row on its page, most of which is kept free.
_BYTES_OF_ROW = 100
# About how many parts the claim of one worker has.
_PARTS_OF_WORKER = 3
# Each chunk reads the whole store: smaller chunks would cost more than an early end of the last worker saves.
_ROWS_OF_WORKER = 500_000
# Above this many instances chunks take more rows in proportion: a feed of all rows then reads the store as often as in
# a store of this size, not more often the more it has.
INSTANCES_OF_USUAL_CHUNKS = 3_000_000
_WHOLE = Chunk(rows=0)
# A value stored outside of its row takes 18 bytes of the page: rows of fewer fields always have room for a claim.
_WIDE_FIELDS = 400
_LIMIT_EXCEEDED = "54000"


def large_tables(
    connection: Connection, company: Company, context: MergeContext, sizes: Mapping[str, int]
) -> list[Claimed]:
    """The in_ tables that may hold more rows than one task takes: claiming them takes long.

    Several workers claim tables of data rows in parts, the largest parts first, so that all end at about the same time.
    """
    least = context.undivided_rows * _BYTES_OF_ROW
    large = {table: size for table, size in sizes.items() if size > least}
    of_worker = sum(large.values()) / context.workers
    parts = dict.fromkeys(large, 1)
    for table, size in large.items():
        # Only data rows have the id of the run that has claimed them; a part must not take rows of another part.
        if context.workers > 1 and not company.in_link_table(table):
            parts[table] = max(1, min(round(_PARTS_OF_WORKER * size / of_worker), size // least))
    return [
        Claimed(table, 0, tuple(_chunks_by_ctid(connection, table, 0, context, parts[table])))
        for table in sorted(large, key=lambda table: large[table] / parts[table], reverse=True)
    ]


def claim(
    connection: Connection,
    company: Company,
    context: MergeContext,
    sizes: Mapping[str, int],
    *,
    but: Collection[str] = (),
) -> ClaimedRows:
    """Claims the ready rows of every in_ table of the company, except the tables `but`: in_status '' becomes ON_WORK.

    Rows that the partner adds later than `sizes` were read may stay ready for the next run. Returns table -> rows, in
    metadata order.
    """
    return {
        table: 0 if sizes.get(table) == 0 else claim_table(connection, company, table, context)
        for table in company.in_tables()
        if table not in but
    }


def claim_table(
    connection: Connection, company: Company, table: str, context: MergeContext, part: Chunk = _WHOLE
) -> int:
    """Claims the ready rows of one in_ table, or of a part of it; returns how many."""
    statement = _sql(f"claim_{_kind(company, table)}", table=table, part=part, **context.variables)
    values = part.bounds(are_ctids=True) | {"run": context.run}
    business_object = company.in_objects.get(table)
    if business_object and len(business_object.loaded_fields) >= _WIDE_FIELDS:
        rows = _claim_wide(connection, table, context, part, statement, values)
    else:
        rows = execute(connection, statement, values)
    if rows >= _ANALYZE_FROM_ROWS and part.after is None:
        _analyze(connection, company, table, context)
    return rows


def _claim_wide(
    connection: Connection,
    table: str,
    context: MergeContext,
    part: Chunk,
    statement: TextClause,
    values: dict[str, object],
) -> int:
    """Claims rows that may fill their pages: row by row if one of them has no room for a claim; that one is
    rejected."""
    try:
        with connection.begin_nested():
            return execute(connection, statement, values)
    except EtlError as fault:
        if fault.sqlstate != _LIMIT_EXCEEDED:
            raise
    variables = context.variables | {"table": table, "part": part, "run": context.run}
    execute(connection, _sql("create_claim_row", **variables))
    of_rows = values | {"in_table": table, "sentences": sentences()}
    [claimed] = fetch_all(connection, _sql("claim_each_row", **variables), of_rows)
    execute(connection, _sql("drop_claim_row"))
    return int(claimed.rows)


def analyze_parted(
    connection: Connection, company: Company, rows: ClaimedRows, of_last: ClaimedRows, context: MergeContext
) -> None:
    """Analyzes tables of which many rows were claimed (table -> rows), but few by the task of the last part."""
    for table, number in of_last.items():
        if number < _ANALYZE_FROM_ROWS <= rows[table]:
            _analyze(connection, company, table, context)


def _analyze(connection: Connection, company: Company, table: str, context: MergeContext) -> None:
    execute(connection, _sql(f"analyze_{_kind(company, table)}", table=table, **context.variables))


def _kind(company: Company, table: str) -> str:
    return "links" if company.in_link_table(table) else "rows"


def measure(connections: Connections, company: Company, rows: ClaimedRows, context: MergeContext) -> dict[str, Claimed]:
    """Divides the claimed rows (table -> rows) into chunks, in metadata order."""
    objects = {names.in_table(one.code): one for one in company.objects if one.has_in_table}
    of_objects = sum(rows[table] for table in objects)
    of_links = sum(rows.values()) - of_objects
    claimed: dict[str, Claimed] = {}
    for table in company.in_tables():
        number, link = rows[table], company.in_link_table(table)
        workers = _workers_of(number, of_links if link else of_objects, context)
        if link is None:
            claimed[table] = _rows(connections, objects[table], number, context, workers)
        else:
            claimed[table] = _links(connections, link, number, context, workers)
    return claimed


def _workers_of(size: int, of_all: int, context: MergeContext) -> int:
    """The number of workers that must share a table so that all end at about the same time."""
    return max(1, round(size * context.workers / max(of_all, 1)))


def _chunk_rows(connections: Connections, objects: Collection[BusinessObject], rows: int, context: MergeContext) -> int:
    """The most rows of a chunk: `chunkRows`, and more for a large store of these objects."""
    if rows <= context.chunk_rows:
        return context.chunk_rows
    tables = [fold(names.store_table(one.code)) for one in objects]
    values = {"schema": fold(context.store_schema), "names": tables}
    [stored] = fetch_all(connections.store, _sql("stored_rows"), values)
    instances = max(rows, int(stored.rows), INSTANCES_OF_USUAL_CHUNKS)
    return context.chunk_rows * instances // INSTANCES_OF_USUAL_CHUNKS


def _rows(
    connections: Connections, business_object: BusinessObject, rows: int, context: MergeContext, workers: int
) -> Claimed:
    table = names.in_table(business_object.code)
    size = _chunk_rows(connections, [business_object], rows, context)
    is_free = (
        context.workers > 1 and rows > context.undivided_rows and in_any_order(connections, business_object, context)
    )
    if is_free:
        # At least a part for each worker, however many tables there are: the cost of a table's rows is unknown.
        size = min(size, max(_ROWS_OF_WORKER, -(-rows // context.workers)))
        # As many chunks for each of the workers that share the table.
        size = -(-rows // (workers * -(-rows // (workers * size))))
    if rows <= size:
        return Claimed(table, rows, (Chunk(rows),) * bool(rows))
    starts = _starts(connections.imported, table, rows, context, size)
    chunks = [
        # The first chunk is open below, the last above: together they cover the table even if the partner changes ids.
        Chunk(min(size, rows - number * size), first if number else None, after)
        for number, (first, after) in enumerate(zip(starts, [*starts[1:], None], strict=True))
    ]
    return Claimed(table, rows, tuple(chunks), is_free)


def _starts(connection: Connection, table: str, rows: int, context: MergeContext, size: int) -> list[int]:
    """The first id of each chunk."""
    values = {"run": context.run}
    for question in ("ends", "extent"):
        ids = fetch_one(connection, _sql(question, table=table, **context.variables), values)
        if ids and ids.last - ids.first + 1 == rows:  # ids without gaps, as in a feed
            return list(range(ids.first, ids.last + 1, size))
    statement = _sql("chunk_starts", table=table, **context.variables)
    return [row.first for row in fetch_all(connection, statement, values | {"chunk_rows": size})]


def _links(connections: Connections, link: LinkTable, rows: int, context: MergeContext, workers: int) -> Claimed:
    connection = connections.imported
    size = _chunk_rows(connections, {link.bo.code: link.bo, link.member.code: link.member}.values(), rows, context)
    number = -(-rows // (size * (_LINKS_PER_ROW if context.workers == 1 else 1)))
    if rows > context.undivided_rows:
        number = max(number, workers)
    if number > 1 and not (link.field.only_adds_links and not any_removed(connection, link.name, context)):
        # Only the whole batch tells an owner's newest link, or full set, or whether a removed link is given as well.
        number = 1
    return Claimed(link.name, rows, tuple(_chunks_by_ctid(connection, link.name, rows, context, number)))


def _chunks_by_ctid(
    connection: Connection, table: str, rows: int, context: MergeContext, number: int
) -> Iterator[Chunk]:
    """Divides a table into parts by the ctids of its rows."""
    if number <= 1:
        yield from [Chunk(rows)] * number
        return
    extent = fetch_one(connection, _sql("pages", table=table, **context.variables))
    pages = extent.pages if extent else 1
    starts = [ctid_number(pages * part // number) for part in range(number)]
    for part, first in enumerate(starts):
        after = starts[part + 1] if part + 1 < number else None
        yield Chunk(rows // number, first if part else None, after)
