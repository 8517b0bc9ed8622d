"""The golden store: the current state of instances and links, and the journal of changes.

Receives the company's schema name. Provides the fixed tables beside the golden ones, instance ids, units of work, the
fences of their sources, and journal windows.
Never reads an in_ table and never writes an out_ table.
"""

from etl.store.backups import BackupRecords, LastBackups
from etl.store.fences import FencingToken, NotedUndo, StoreFence, sources_lock
from etl.store.golden import Store
from etl.store.hold import Hold, Holds
from etl.store.ids import new_ids
from etl.store.link_locks import lock_link_fields
from etl.store.own_tables import STORE
from etl.store.pins import Pin, PinnedField, Pins
from etl.store.planner import by_index, reading_once, writing_by_ctid
from etl.store.undo import UndoCounters, undo_run, undone_units
from etl.store.unit_list import ListedHour, ListedUnit, Span, find_unit, list_hours, list_units
from etl.store.units import Unit, UnitKind

__all__ = [
    "STORE",
    "BackupRecords",
    "FencingToken",
    "Hold",
    "Holds",
    "LastBackups",
    "ListedHour",
    "ListedUnit",
    "NotedUndo",
    "Pin",
    "PinnedField",
    "Pins",
    "Span",
    "Store",
    "StoreFence",
    "UndoCounters",
    "Unit",
    "UnitKind",
    "by_index",
    "find_unit",
    "list_hours",
    "list_units",
    "lock_link_fields",
    "new_ids",
    "reading_once",
    "sources_lock",
    "undo_run",
    "undone_units",
    "writing_by_ctid",
]
