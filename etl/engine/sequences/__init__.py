"""Sequences of our own tables that are behind their rows, as a restore by other means or a hand may leave them.

Receives connections to import and store. Says which are behind, and raises them before a run writes. Never touches a
partner's sequence.
"""

from etl.engine.sequences.behind import (
    SequenceBehind,
    behind_in_import,
    behind_in_store,
    raise_behind,
    sequences_behind,
)

__all__ = ["SequenceBehind", "behind_in_import", "behind_in_store", "raise_behind", "sequences_behind"]
