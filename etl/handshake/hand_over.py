"""The trigger on the marker that tells a waiting runner of a hand-over at once. Without it, polling finds the same."""

import sqlalchemy

from etl.database import Statements, execute, fetch_all, transaction
from etl.quoting import fold

_sql = Statements(__package__)

CHANNEL = "etl_hand_over"
"""What to listen to; the payload is the name of the import schema."""

# Making a trigger waits for every open transaction that has written the marker, and holds up the next writer meanwhile.
_PATIENCE = "1s"


def keep_hand_over_trigger(engine: sqlalchemy.Engine, schema: str, *, is_wanted: bool) -> bool:
    """Makes the trigger, or takes it away, where that is not so already; returns whether it did.

    Raises TransientFault while somebody writes the marker: the next run tries again.
    """
    with transaction(engine) as connection:
        [row] = fetch_all(connection, _sql("has_hand_over_trigger"), {"schema": fold(schema)})
    if row.found == is_wanted:
        return False
    with transaction(engine, lock_timeout=_PATIENCE, client_min_messages="warning") as connection:
        execute(connection, _sql("drop_hand_over_trigger", schema=schema))
        if is_wanted:
            execute(connection, _sql("create_hand_over_function", schema=schema))
            execute(connection, _sql("create_hand_over_trigger", schema=schema))
    return True
