"""The journal as a table of partitions, one for each week in which units began, so that cleaning drops them.

Receives connections and engines. A journal without partitions, of a store that has not been switched yet, is left as it
is; etl/operations/upgrade changes one into the other.
"""

from etl.store.journal.holding import hold_journal, hold_partitions
from etl.store.journal.partitions import (
    JournalLayout,
    drop_old_partitions,
    extend_partitions,
    layout_of,
    partition_names,
    weeks,
)

__all__ = [
    "JournalLayout",
    "drop_old_partitions",
    "extend_partitions",
    "hold_journal",
    "hold_partitions",
    "layout_of",
    "partition_names",
    "weeks",
]
