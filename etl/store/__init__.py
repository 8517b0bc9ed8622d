"""The golden store: the current state of instances and links, and the journal of changes.

Receives the company's schema name. Provides the fixed tables beside the golden ones, instance ids, and journal windows.
Never reads an in_ table and never writes an out_ table.
"""

from etl.store.golden import Store
from etl.store.ids import new_ids
from etl.store.own_tables import STORE
from etl.store.planner import reading_once
from etl.store.undo import UndoCounters, undo_run

__all__ = ["STORE", "Store", "UndoCounters", "new_ids", "reading_once", "undo_run"]
