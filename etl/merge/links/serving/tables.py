"""Which link tables have a task in a run although none of their rows is claimed."""

from collections.abc import Iterable

from etl.database import Connection, SqlTemplates, fetch_all
from etl.metadata.company import LinkTable
from etl.store import by_index

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def tables_to_serve(connection: Connection, links: Iterable[LinkTable], store_schema: str) -> frozenset[str]:
    """The names of the link tables for which links wait in the store: their ends may come in this run.

    Links that wait for any member of a composite are served with the table of its first member.
    """
    keys = [
        (link.name, link.bo.code, link.field.code, target)
        for link in links
        for target in ((link.member.code, "") if link.member == link.members[0] else (link.member.code,))
    ]
    if not keys:
        return frozenset()
    values = dict(zip(("names", "bos", "fields", "target_bos"), map(list, zip(*keys, strict=True)), strict=True))
    with by_index(connection):
        rows = fetch_all(connection, _sql("tables_to_serve", store_schema=store_schema), values)
    return frozenset(row.name for row in rows)
