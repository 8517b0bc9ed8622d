"""Syncs with the directory: of all users, or of one.

Receives a runtime, a directory that can be read, and the rules. Returns what each sync did. Never talks to a directory
by itself.
"""

from etl.engine.directory.sync import DirectorySource, SyncOutcome, SyncRunning, sync, sync_one
from etl.engine.directory.syncs import read_syncs

__all__ = ["DirectorySource", "SyncOutcome", "SyncRunning", "read_syncs", "sync", "sync_one"]
