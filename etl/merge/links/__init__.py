"""Merges rows of one link table into the golden links: insert, remove, replace full sets."""

from etl.merge.links.merge import merge_links

__all__ = [
    "merge_links",
]
