"""Tables of partitions, one for each week in which units of work began, so that cleaning drops them.

Receives connections, engines and which table it is. A table without partitions, which has not been switched yet, is
left as it is; etl/operations/upgrade changes one into the other.
"""

from etl.database.weekly.partitions import (
    TableLayout,
    Week,
    WeeklyTable,
    drop_old_partitions,
    extend_partitions,
    hold_partitions,
    hold_table,
    layout_of,
    partition_names,
    weeks,
)

__all__ = [
    "TableLayout",
    "Week",
    "WeeklyTable",
    "drop_old_partitions",
    "extend_partitions",
    "hold_partitions",
    "hold_table",
    "layout_of",
    "partition_names",
    "weeks",
]
