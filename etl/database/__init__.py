"""PostgreSQL: connections, transactions, errors by SQLSTATE, named statements.

Receives connection settings and statements. Provides open transactions and values. Knows nothing of runs, and
translates every exception of the driver.
"""

from sqlalchemy import Connection

from etl.database.begin import begin
from etl.database.connect_limits import limit_connects
from etl.database.connections import (
    Access,
    access_of,
    application_name,
    create_database,
    encoding_of,
    open_engine,
    with_settings,
)
from etl.database.copying import copy_in, copy_lines, copy_out, copy_rows, copy_values, refused_lines, stream_rows
from etl.database.ensure import ensure_view
from etl.database.faults import FULL_DISK_ADVICE, SERIALIZATION_FAILURE, UTF8_DATABASE
from etl.database.links import cancel_thread, cut_all, deadline, longest_silence, progress_at
from etl.database.listening import NotificationListener, NotifyQueue, notify, notify_queue
from etl.database.locking import FILL_LOCK, lock_holders
from etl.database.migrations import (
    CLOSED_FROM,
    HELD_FROM,
    Migration,
    Part,
    PartState,
    PlacedPart,
    bring_up,
    part_states,
    refuse_newer,
    states_of,
)
from etl.database.older_programs import shut_out_older
from etl.database.piping import pipe
from etl.database.read_only_transaction import read_only_transaction
from etl.database.server_time import server_time
from etl.database.session import IGNORED_VARIABLES
from etl.database.sql_templates import SqlTemplates
from etl.database.transactions import (
    BRIEF,
    execute,
    execute_alone,
    fetch_all,
    fetch_one,
    repeatable_read,
    rollback_transaction,
    snapshot,
    transaction,
)

__all__ = [
    "BRIEF",
    "CLOSED_FROM",
    "FILL_LOCK",
    "FULL_DISK_ADVICE",
    "HELD_FROM",
    "IGNORED_VARIABLES",
    "SERIALIZATION_FAILURE",
    "UTF8_DATABASE",
    "Access",
    "Connection",
    "Migration",
    "NotificationListener",
    "NotifyQueue",
    "Part",
    "PartState",
    "PlacedPart",
    "SqlTemplates",
    "access_of",
    "application_name",
    "begin",
    "bring_up",
    "cancel_thread",
    "copy_in",
    "copy_lines",
    "copy_out",
    "copy_rows",
    "copy_values",
    "create_database",
    "cut_all",
    "deadline",
    "encoding_of",
    "ensure_view",
    "execute",
    "execute_alone",
    "fetch_all",
    "fetch_one",
    "limit_connects",
    "lock_holders",
    "longest_silence",
    "notify",
    "notify_queue",
    "open_engine",
    "part_states",
    "pipe",
    "progress_at",
    "read_only_transaction",
    "refuse_newer",
    "refused_lines",
    "repeatable_read",
    "rollback_transaction",
    "server_time",
    "shut_out_older",
    "snapshot",
    "states_of",
    "stream_rows",
    "transaction",
    "with_settings",
]
