"""The index by which one person among many is found at each login."""

from typing import Final

import sqlalchemy

from etl.database import BRIEF, SqlTemplates, execute, fetch_all, transaction
from etl.errors import LockTimeout
from etl.sources.directory.people.values import AD_GUID

_sql = SqlTemplates(__package__)

_LOCK_SECONDS: Final = 1


def ensure_lookups(engine: sqlalchemy.Engine, schema: str, golden: str) -> None:
    """Makes what is missing. While people are being written it is put off: people are found without it, too."""
    with transaction(engine) as connection:
        if fetch_all(connection, _sql("has_guid_index", schema=schema))[0].is_there:
            return
    try:
        with transaction(engine, lock_timeout=f"{_LOCK_SECONDS}s", **BRIEF) as connection:
            # Two that make it at once would both find it missing.
            execute(connection, _sql("lock_syncs", schema=schema))
            execute(connection, _sql("index_guids", schema=schema, golden=golden, guid_field=AD_GUID))
    except LockTimeout:
        return
