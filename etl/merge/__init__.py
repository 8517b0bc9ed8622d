"""Merges staged rows of a source into the golden store: rows, links, references, files, errors.

Receives an open transaction and a task's rows. Returns counters (names -> rows). Set-based SQL only: no value passes
through Python on its way to the store, and nothing here knows a marker or an out_ table.
"""

from etl.merge.context import Connections, MergeContext
from etl.merge.source import IN_TABLES, Matching, Source

__all__ = ["IN_TABLES", "Connections", "Matching", "MergeContext", "Source"]
