"""Makes rows of in_ tables ready again that were merged into a store which is not there any more."""

from collections.abc import Iterable

from etl.database import Connection, SqlTemplates, execute, fetch_all, stream_rows
from etl.engine import Runtime
from etl.merge import Connections
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.operations.installation import has_table

_sql = SqlTemplates(__package__)


def offer_rows(connections: Connections, runtime: Runtime, after: int) -> dict[str, int]:
    """What runs with numbers above `after` have read, and what has no instance: rows by in_ table.

    A row keeps its `out_id` only if the store has that instance. Of link rows, which have no number of a run, those are
    offered that the store contradicts: neither a link nor a waiting one is there, or one is that was removed.
    """
    offered: dict[str, int] = {}
    for table, bo in runtime.company.in_objects.items():
        if has_table(connections.imported, f"{runtime.in_schema}.{table}"):
            number = _forget_instances(connections, runtime, table, names.store_table(bo.code))
            statement = _sql("offer_rows", schema=runtime.in_schema, table=table)
            offered[table] = number + execute(connections.imported, statement, {"after": after})
    for link in runtime.company.in_link_tables():
        if has_table(connections.imported, f"{runtime.in_schema}.{link.name}"):
            offered[link.name] = _offer_links(connections, runtime, link)
    if has_table(connections.imported, f"{runtime.in_schema}.in_fileStorage"):
        offered["in_fileStorage"] = _offer_files(connections, runtime)
    return offered


def offer_waiting_links(imported: Connection, runtime: Runtime) -> int:
    """All of them: what has become of each, the store knows, and the next run notes it."""
    return sum(
        execute(imported, _sql("offer_waiting", schema=runtime.in_schema, table=link.name))
        for link in runtime.company.in_link_tables()
        if has_table(imported, f"{runtime.in_schema}.{link.name}")
    )


def _forget_instances(connections: Connections, runtime: Runtime, table: str, golden: str) -> int:
    """Offers rows whose instances are not there, without the ids of these."""
    lacking = _sql("lacking", schema=runtime.store.schema, golden=golden)
    forget = _sql("forget_instances", schema=runtime.in_schema, table=table)
    number = 0
    for block in stream_rows(connections.imported, _sql("read_rows", schema=runtime.in_schema, table=table), {}):
        rows = fetch_all(connections.store, lacking, {"ids": [out_id for (out_id,) in block]})
        if rows:
            number += execute(connections.imported, forget, {"ids": [row.id for row in rows]})
    return number


def _offer_links(connections: Connections, runtime: Runtime, link: LinkTable) -> int:
    columns = {"owner_column": link.owner_column, "target_column": link.target_column}
    reading = _sql("link_rows", schema=runtime.in_schema, table=link.name, **columns)
    contradicted = _sql(
        "contradicted_links",
        schema=runtime.store.schema,
        table=names.store_link_table(link.bo.code, link.field.code),
        owner=names.store_table(link.bo.code),
        target=names.store_table(link.member.code),
    )
    values = {
        "bo": link.bo.code,
        "field": link.field.code,
        "target_bo": link.member.code,
        "is_single": link.field.is_single,
    }
    found: list[tuple[str, str]] = []
    for block in stream_rows(connections.imported, reading, {}):
        owners, targets, removed = (list(column) for column in zip(*block, strict=True))
        given = {"owners": owners, "targets": targets, "removed": removed}
        found += [(row.owner, row.target) for row in fetch_all(connections.store, contradicted, values | given)]
    return _ready_again(connections.imported, runtime, link, found)


def _ready_again(imported: Connection, runtime: Runtime, link: LinkTable, found: Iterable[tuple[str, str]]) -> int:
    pairs = list(found)
    columns = {"owner_column": link.owner_column, "target_column": link.target_column}
    # A full set is offered whole: what it does not name would end.
    is_set = not link.field.is_single and not link.field.only_adds_links
    statement = _sql("offer_links", schema=runtime.in_schema, table=link.name, is_set=is_set, **columns)
    values = {"owners": [owner for owner, _ in pairs], "targets": [target for _, target in pairs]}
    return execute(imported, statement, values) if pairs else 0


def _offer_files(connections: Connections, runtime: Runtime) -> int:
    lacking = _sql("lacking", schema=runtime.store.schema, golden="stored_file")
    number = 0
    for block in stream_rows(connections.imported, _sql("read_files", schema=runtime.in_schema), {}):
        rows = fetch_all(connections.store, lacking, {"ids": [out_id for (out_id,) in block]})
        if rows:
            ids = {"ids": [row.id for row in rows]}
            number += execute(connections.imported, _sql("offer_files", schema=runtime.in_schema), ids)
    return number
