"""Merges staged rows of a source into the golden store: rows, links, references, files, errors.

Receives an open transaction and a task's rows. Returns counters (names -> rows). Set-based SQL only: no value passes
through Python on its way to the store, and nothing here knows a marker or an out_ table.
"""

from etl.merge.context import Connections, MergeContext, MergeFunction
from etl.merge.source import IN_TABLES, Matching, Source
from etl.merge.staging import (
    STAGED_COLUMNS,
    StagedError,
    StagedResult,
    analyze_staged_table,
    create_staged_tables,
    drop_staged_tables,
    given_fields,
    read_errors,
    read_results,
)

__all__ = [
    "IN_TABLES",
    "STAGED_COLUMNS",
    "Connections",
    "Matching",
    "MergeContext",
    "MergeFunction",
    "Source",
    "StagedError",
    "StagedResult",
    "analyze_staged_table",
    "create_staged_tables",
    "drop_staged_tables",
    "given_fields",
    "read_errors",
    "read_results",
]
