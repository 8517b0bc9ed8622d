"""The golden store: the current state of instances and links, and the journal of changes.

Receives the company's schema name. Provides the fixed tables beside the golden ones, instance ids, and journal windows.
Never reads an in_ table and never writes an out_ table.
"""

from etl.store.golden import Store
from etl.store.ids import new_ids
from etl.store.link_locks import lock_link_fields
from etl.store.own_tables import STORE
from etl.store.planner import reading_once
from etl.store.undo import undo_run

__all__ = ["STORE", "Store", "lock_link_fields", "new_ids", "reading_once", "undo_run"]
