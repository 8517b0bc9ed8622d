"""PostgreSQL: connections, transactions, errors sorted by SQLSTATE, named statements.

Receives connection settings and statements. Hands on open transactions and values. Never knows what a run is, and
lets no driver's exception out.
"""

from sqlalchemy import Connection

from etl.database.connections import Access, application_name, create_database, encoding_of, open_engine
from etl.database.copying import copy_in, copy_out, copy_rows
from etl.database.keeping import keep_tables, keep_view
from etl.database.links import cut_all, deadline, longest_silence, progress_at
from etl.database.listening import Listener, NotifyQueue, notify, notify_queue
from etl.database.locking import LOCK_TIMEOUT, lock_holders
from etl.database.looking import looking
from etl.database.piping import pipe
from etl.database.statements import Statements
from etl.database.transactions import BRIEF, execute, fetch_all, fetch_one, rehearsal, snapshot, transaction

__all__ = [
    "BRIEF",
    "LOCK_TIMEOUT",
    "Access",
    "Connection",
    "Listener",
    "NotifyQueue",
    "Statements",
    "application_name",
    "copy_in",
    "copy_out",
    "copy_rows",
    "create_database",
    "cut_all",
    "deadline",
    "encoding_of",
    "execute",
    "fetch_all",
    "fetch_one",
    "keep_tables",
    "keep_view",
    "lock_holders",
    "longest_silence",
    "looking",
    "notify",
    "notify_queue",
    "open_engine",
    "pipe",
    "progress_at",
    "rehearsal",
    "snapshot",
    "transaction",
]
