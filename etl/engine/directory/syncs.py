"""The newest syncs and what keeps the next one from reading, for people."""

from etl.database import read_only_transaction
from etl.engine.directory.opened import directory_source
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.sources.directory.stored.bound import Bound, read_bound
from etl.sources.directory.stored.sign_ins import Refusal, read_refusal
from etl.sources.directory.stored.syncs import ListedSync, Syncs


def read_syncs(runtime: Runtime, *, limit: int) -> list[ListedSync]:
    """None where there was never a store. Raises ConfigurationError for a store that is to be upgraded."""
    with read_only_transaction(runtime.store_engine) as connection:
        if not has_store(connection, runtime):
            return []
        return Syncs(runtime.store.schema, runtime.owner, 0).newest(connection, limit)


def read_refused_account(runtime: Runtime) -> Refusal | None:
    """That the directory has refused the account of the settings; None where it was not, or they have changed since."""
    with read_only_transaction(runtime.store_engine) as connection:
        found = read_refusal(connection, runtime.store.schema)
    return found if found and found.is_of(runtime.settings.directory) else None


def read_bindings(runtime: Runtime, *, limit: int) -> Bound:
    """Which people and groups are the directory's, and which are not, at most `limit` of them. Raises what
    `directory_source` does."""
    source = directory_source(runtime)
    with read_only_transaction(runtime.store_engine) as connection:
        if not has_store(connection, runtime):
            return Bound()
        return read_bound(connection, runtime.store.schema, source.seen, source.normalize, limit=limit)
