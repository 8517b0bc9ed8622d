"""Plans that must not depend on statistics, as these may be older than the newest rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from etl.database import Connection, SqlTemplates, execute

_sql = SqlTemplates(__package__)


@contextmanager
def reading_once(connection: Connection) -> Iterator[None]:
    """Makes the planner read whole tables once; after a fault the setting ends with the transaction."""
    # Otherwise the planner may estimate few new rows and read the other table again for each of them.
    with _without(connection, "enable_nestloop"):
        yield


@contextmanager
def writing_by_ctid(connection: Connection) -> Iterator[None]:
    """Makes the planner fetch rows to write by their ctids alone, and join by hash where a nested loop cannot; after a
    fault the settings end with the transaction."""
    with _without(connection, "enable_seqscan"), _without(connection, "enable_mergejoin"):
        yield


@contextmanager
def by_index(connection: Connection) -> Iterator[None]:
    """Makes the planner use indexes, for few rows. After a fault the settings end with the transaction."""
    execute(connection, _sql("plan_by_index"), {"setting": "off"})
    yield
    execute(connection, _sql("plan_by_index"), {"setting": "on"})


@contextmanager
def _without(connection: Connection, name: str) -> Iterator[None]:
    execute(connection, _sql("planner"), {"name": name, "setting": "off"})
    yield
    execute(connection, _sql("planner"), {"name": name, "setting": "on"})
