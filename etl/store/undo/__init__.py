"""Reverts a run in the store from the before-images in the journal. Never touches an in_ or an out_ table."""

from etl.store.undo.undo import CLEANED_BY, UndoCounters, undo_run, undone_units

__all__ = ["CLEANED_BY", "UndoCounters", "undo_run", "undone_units"]
