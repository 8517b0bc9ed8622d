"""Changes of large tables while runs, readers and partners work: what `etl upgrade` does from check to finish.

Receives a runtime. A table is filled in windows that continue where they were interrupted, and used from one short
switch on. `journal_partitions` and `err_partitions`: the journal, and the errors of an import, become tables of
partitions. The new one is made beside the old one and filled; rows only come, and by the number of its transaction
(journal) or its own (err) it is known which ones came later, so that the new table follows the old one, and after the
switch the old one the new one.
"""

from etl.operations.upgrade.change import (
    CHANGES,
    ERR_PARTITIONS,
    JOURNAL_PARTITIONS,
    ChangeState,
    OnlineChange,
    RecordedChange,
)
from etl.operations.upgrade.checking import Findings, check_upgrade
from etl.operations.upgrade.filling import WINDOW_PAGES, fill
from etl.operations.upgrade.finishing import finish
from etl.operations.upgrade.pace import FULL_SPEED, Pace, set_pace, waits_for
from etl.operations.upgrade.placed_change import changes_in
from etl.operations.upgrade.progress import ChangeProgress, read_progress
from etl.operations.upgrade.switching import SwitchLimits, TableSwitch, roll_back, switch

__all__ = [
    "CHANGES",
    "ERR_PARTITIONS",
    "FULL_SPEED",
    "JOURNAL_PARTITIONS",
    "WINDOW_PAGES",
    "ChangeProgress",
    "ChangeState",
    "Findings",
    "OnlineChange",
    "Pace",
    "RecordedChange",
    "SwitchLimits",
    "TableSwitch",
    "changes_in",
    "check_upgrade",
    "fill",
    "finish",
    "read_progress",
    "roll_back",
    "set_pace",
    "switch",
    "waits_for",
]
