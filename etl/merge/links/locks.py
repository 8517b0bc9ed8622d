"""Shuts out other transactions where links replace each other, so that no two judge an owner's links at once."""

from collections.abc import Iterable

from etl.database import Connection
from etl.merge.context import MergeContext
from etl.metadata.company import LinkTable
from etl.store import lock_link_fields


def lock_links(connection: Connection, links: Iterable[LinkTable], context: MergeContext) -> None:
    """Waits until no other transaction merges links of the same SINGLE fields and full sets, and shuts others out until
    this one ends; fields that only add are free.

    A transaction that merges several fields locks them all at once, after its rows and before the first link.
    """
    lock_link_fields(connection, context.store_schema, ((link.bo, link.field) for link in links))
