"""The newest syncs, for people."""

from etl.database import read_only_transaction
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.sources.directory.stored.syncs import ListedSync, Syncs


def read_syncs(runtime: Runtime, *, limit: int) -> list[ListedSync]:
    """None where there was never a store. Raises ConfigurationError for a store that is to be upgraded."""
    with read_only_transaction(runtime.store_engine) as connection:
        if not has_store(connection, runtime):
            return []
        return Syncs(runtime.store.schema, runtime.owner, 0).newest(connection, limit)
