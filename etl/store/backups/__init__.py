"""Which backups were made of a store, and which of them a drill has restored."""

from etl.store.backups.backups import BackupRecords, LastBackups

__all__ = ["BackupRecords", "LastBackups"]
