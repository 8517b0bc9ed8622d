"""The journal as a table of partitions by week (see etl/database/weekly), of which what is still to be read is kept.

Receives connections and engines.
"""

from etl.store.journal.partitions import (
    JOURNAL,
    drop_old_partitions,
    extend_partitions,
    hold_journal,
    hold_partitions,
    layout_of,
)

__all__ = [
    "JOURNAL",
    "drop_old_partitions",
    "extend_partitions",
    "hold_journal",
    "hold_partitions",
    "layout_of",
]
