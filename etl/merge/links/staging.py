"""The temporary tables in which a source stages its links: one a link table, and one a composite field for links
of which the source does not say to which member they lead.

A row names its owner by `owner` (instance; with `owner_is_new` one that the unit has made and that has no link from
before it) or `owner_in_id`, and its target by `target` (instance) or `target_value`:
an external id, or the value of the unique field `target_field` (its column's name). `id` counts the rows of the unit of
work from 1, all tables together; of an ordered source it is their order. With `removed` the link ends; in a full set
(`linkMode: replace`) a removed row without a target says that the owner has no other links than the unit's rows give.
What becomes of rows is in the temporary tables `mark` (id, in_status; of a source that knows its owners only refused
rows) and `err` (row_id, code, …).
"""

from collections.abc import Iterable

from etl.database import Connection, SqlTemplates, execute
from etl.metadata.company import LinkTable

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

COLUMNS = ("id", "owner", "owner_in_id", "owner_is_new", "target", "target_field", "target_value", "removed", "_origin")
"""The columns of a staged table; all but `id` may be null."""


def create_staged_links(connection: Connection, tables: Iterable[str]) -> None:
    """Makes the tables in the transaction, which they end with: names of link tables, or of `any_member_table`."""
    for statement in _sql.script("create_link_marks"):
        execute(connection, statement)
    for table in tables:
        execute(connection, _sql("create_staged_links", table=table))


def any_member_table(link: LinkTable) -> str:
    """The table of a composite field for links whose member is unknown; the same for all members."""
    return f"any_{link.bo.code}_{link.field.code}"
