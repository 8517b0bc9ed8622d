"""The journal as a table of partitions, one for each week in which units began, so that cleaning drops them.

Receives connections and engines. A journal without partitions, of a store that has not been switched yet, is left as it
is; the change from one to the other is in etl/store/online.
"""

from etl.store.journal.holding import hold_journal
from etl.store.journal.partitions import Layout, drop_old_partitions, extend_partitions, layout_of, weeks

__all__ = ["Layout", "drop_old_partitions", "extend_partitions", "hold_journal", "layout_of", "weeks"]
