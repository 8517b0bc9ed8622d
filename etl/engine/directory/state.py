"""The state of the syncs with a directory, for status, metrics and checks."""

from etl.database import read_only_transaction
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.sources.directory.stored.syncs import Syncs, SyncsState

__all__ = ["SyncsState", "read_syncs_state"]


def read_syncs_state(runtime: Runtime, *, seconds: float = 60.0) -> SyncsState | None:
    """None where there is no store yet. Raises what reading the store does."""
    with read_only_transaction(runtime.store_engine, seconds=seconds) as connection:
        if not has_store(connection, runtime):
            return None
        return Syncs(runtime.store.schema, runtime.owner, 0).state(connection)
