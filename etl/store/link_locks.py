"""One transaction at a time where the links of a field replace each other.

Two transactions that each give an owner of a SINGLE field a link see neither of the other's, and both would stay.
"""

from collections.abc import Iterable

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field

_sql = SqlTemplates(__package__)


def lock_link_fields(connection: Connection, store_schema: str, fields: Iterable[tuple[BusinessObject, Field]]) -> None:
    """Locks the fields whose links do not only add, until the transaction ends; always in the same order.

    Instances are locked before links everywhere, so that no two transactions wait for each other. Waits without limit:
    a lock is held by a merge, which ends, or whose session does.
    """
    replacing = {names.store_link_table(bo.code, field.code) for bo, field in fields if not field.only_adds_links}
    if not replacing:
        return
    [limit] = fetch_all(connection, _sql("lock_limit"))
    _limit_waits(connection, "0")
    for table in sorted(replacing):
        execute(connection, _sql("lock_links"), {"table": f"{store_schema}.{table}"})
    _limit_waits(connection, limit.setting)


def _limit_waits(connection: Connection, setting: str) -> None:
    execute(connection, _sql("planner"), {"name": "lock_timeout", "setting": setting})
