"""The triggers on the marker that notify waiting runners of a hand-over at once. Without them polling finds it."""

import hashlib

import sqlalchemy

from etl.database import BRIEF, SqlTemplates, execute, fetch_all, transaction
from etl.quoting import fold

_sql = SqlTemplates(__package__)

CHANNEL = "etl_hand_over"
"""What to listen to; the payload is the name of the import schema."""

# Making a trigger waits for every open transaction that has written the marker, and blocks the next writer meanwhile.
_PATIENCE = "1s"
_FUNCTION = "create_hand_over_function"
_DROPS = ("drop_hand_over_trigger", "drop_hand_over_truncate_trigger")
_CREATES = ("create_hand_over_trigger", "create_hand_over_truncate_trigger")


def ensure_hand_over_trigger(engine: sqlalchemy.Engine, schema: str, *, enabled: bool) -> bool:
    """Makes function and triggers, again where another version made them, or drops the triggers; returns whether
    anything changed.

    Raises TransientFault while another session writes the marker: the next run tries again.
    """
    with transaction(engine) as connection:
        [row] = fetch_all(connection, _sql("hand_over_triggers"), {"schema": fold(schema)})
    digest = _digest(schema)
    if (row.triggers == len(_CREATES) and row.digest == digest) if enabled else row.triggers == 0:
        return False
    settings = {"client_min_messages": "warning", **BRIEF}
    if enabled:
        # In a transaction of its own, as it waits for no lock: an older trigger calls the new function at once.
        with transaction(engine, **settings) as connection:
            execute(connection, _sql(_FUNCTION, schema=schema))
    with transaction(engine, lock_timeout=_PATIENCE, **settings) as connection:
        for statement in (*_DROPS, *(_CREATES if enabled else ())):
            execute(connection, _sql(statement, schema=schema))
        if enabled:
            execute(connection, _sql("comment_hand_over_trigger", schema=schema, digest=digest))
    return True


def _digest(schema: str) -> str:
    texts = (_sql(statement, schema=schema).text for statement in (_FUNCTION, *_CREATES))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
