"""A backup: dumps of all databases of a company at one moment, its configuration, and a manifest of what they hold.

Receives an installation and a folder that does not exist. Leaves a whole backup there, or nothing.
"""

from etl.operations.backup.backup import Backup, back_up
from etl.operations.backup.by_command import back_up_by
from etl.operations.backup.folder import ReadBackup, open_backup
from etl.operations.backup.kept import BackupState, KeptBackup, Pruned, kept_backups, note_drill, prune
from etl.operations.backup.manifest import Dump, Manifest
from etl.operations.backup.noting import note_in_store

__all__ = [
    "Backup",
    "BackupState",
    "Dump",
    "KeptBackup",
    "Manifest",
    "Pruned",
    "ReadBackup",
    "back_up",
    "back_up_by",
    "kept_backups",
    "note_drill",
    "note_in_store",
    "open_backup",
    "prune",
]
