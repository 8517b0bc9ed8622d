"""Plans that must not depend on statistics, as these may be older than the newest rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from etl.database import Connection, SqlTemplates, execute

_sql = SqlTemplates(__package__)


@contextmanager
def reading_once(connection: Connection) -> Iterator[None]:
    """Makes the planner read whole tables once; after a fault the setting ends with the transaction."""
    # Otherwise the planner may estimate few new rows and read the other table again for each of them.
    execute(connection, _sql("planner"), {"name": "enable_nestloop", "setting": "off"})
    yield
    execute(connection, _sql("planner"), {"name": "enable_nestloop", "setting": "on"})


@contextmanager
def by_index(connection: Connection) -> Iterator[None]:
    """Makes the planner use indexes, for few rows. After a fault the settings end with the transaction."""
    execute(connection, _sql("plan_by_index"), {"setting": "off"})
    yield
    execute(connection, _sql("plan_by_index"), {"setting": "on"})
