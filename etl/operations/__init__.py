"""What an operator does with all databases of a company at once: back up, restore, verify, hold, erase, upgrade, adopt.

Receives an installation (runtime, configuration tree, database of the console) and folders. Returns manifests and
findings. Only `adopt` merges rows, by etl/merge.
"""

from etl.operations.backup import (
    Backup,
    BackupState,
    KeptBackup,
    Pruned,
    back_up,
    back_up_by,
    kept_backups,
    note_in_store,
    prune,
)
from etl.operations.client import open_client
from etl.operations.erase import Erased, Holder, erase, find_holders
from etl.operations.erase import repeat as repeat_erasures
from etl.operations.hold import Drained, begin_hold, drain, in_the_way, release
from etl.operations.installation import DUMPS, Installation, open_installation
from etl.operations.move import Moved, move
from etl.operations.programs import VARIABLE as PROGRAMS_VARIABLE
from etl.operations.restore import Drill, Restored, activate, drill, hold, restore
from etl.operations.upgrade import ChangeProgress, check_upgrade
from etl.operations.upgrade import Findings as UpgradeFindings
from etl.operations.upgrade import fill as fill_table
from etl.operations.upgrade import finish as finish_upgrade
from etl.operations.upgrade import read_progress as read_upgrade
from etl.operations.upgrade import roll_back as roll_back_upgrade
from etl.operations.upgrade import switch as switch_table
from etl.operations.verify import Depth, verify

__all__ = [
    "DUMPS",
    "PROGRAMS_VARIABLE",
    "Backup",
    "BackupState",
    "ChangeProgress",
    "Depth",
    "Drained",
    "Drill",
    "Erased",
    "Holder",
    "Installation",
    "KeptBackup",
    "Moved",
    "Pruned",
    "Restored",
    "UpgradeFindings",
    "activate",
    "back_up",
    "back_up_by",
    "begin_hold",
    "check_upgrade",
    "drain",
    "drill",
    "erase",
    "fill_table",
    "find_holders",
    "finish_upgrade",
    "hold",
    "in_the_way",
    "kept_backups",
    "move",
    "note_in_store",
    "open_client",
    "open_installation",
    "prune",
    "read_upgrade",
    "release",
    "repeat_erasures",
    "restore",
    "roll_back_upgrade",
    "switch_table",
    "verify",
]
