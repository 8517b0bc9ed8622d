"""The readers of a version that confirm what they were given: who they are, and what is made for them.

Receives an open transaction in which the version is locked. Makes triggers on its out_ tables, which exist only while
it has a reader, and a schema with views and functions. Never reads the store.
"""

from etl.outputs.versions.readers.readers import (
    OutReader,
    add_reader,
    delete_taken,
    forget_readers,
    read_readers,
    reader_roles,
    remove_reader,
    reset_reader,
    retire_readers,
)
from etl.outputs.versions.readers.relations import make_relations, remake_relations

__all__ = [
    "OutReader",
    "add_reader",
    "delete_taken",
    "forget_readers",
    "make_relations",
    "read_readers",
    "reader_roles",
    "remake_relations",
    "remove_reader",
    "reset_reader",
    "retire_readers",
]
