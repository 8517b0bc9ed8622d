"""Syncs with the directory: of all users, or of one, at login too; and adoptions of accounts.

Receives a runtime, a directory that can be read, and the rules. Returns what each sync did.
"""

from etl.engine.directory.absent import MOST_ABSENT, known_people
from etl.engine.directory.adopting import adopt_person
from etl.engine.directory.login import Login, TooManyTries, login
from etl.engine.directory.opened import directory_source, guard_of
from etl.engine.directory.outcome import SyncOutcome
from etl.engine.directory.state import SyncsState, read_syncs_state
from etl.engine.directory.sync import DirectorySource, SyncRunning, sync, sync_one
from etl.engine.directory.syncs import read_bindings, read_refused_account, read_syncs

__all__ = [
    "MOST_ABSENT",
    "DirectorySource",
    "Login",
    "SyncOutcome",
    "SyncRunning",
    "SyncsState",
    "TooManyTries",
    "adopt_person",
    "directory_source",
    "guard_of",
    "known_people",
    "login",
    "read_bindings",
    "read_refused_account",
    "read_syncs",
    "read_syncs_state",
    "sync",
    "sync_one",
]
