"""Recovery from the golden store: out_ tables, or the mirror beside them, are made equal to it again, object by object.

Receives a runtime and codes of business objects. Returns how many rows were corrected. Never changes golden rows.
"""

from etl.operations.recover.recover import (
    RecoveredTables,
    Target,
    begin_recovery,
    continue_recovery,
    give_up_recovery,
)

__all__ = ["RecoveredTables", "Target", "begin_recovery", "continue_recovery", "give_up_recovery"]
