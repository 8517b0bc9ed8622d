"""Merges rows of one link table into the golden links: insert, remove, replace full sets."""

from etl.merge.links.ends import staged_ends
from etl.merge.links.locks import lock_links
from etl.merge.links.members.settle import settle_members
from etl.merge.links.merge import merge_links
from etl.merge.links.serving.tables import tables_to_serve
from etl.merge.links.staging import any_member_table, create_staged_links

__all__ = [
    "any_member_table",
    "create_staged_links",
    "lock_links",
    "merge_links",
    "settle_members",
    "staged_ends",
    "tables_to_serve",
]
