"""Clean-up of the golden store alone, for companies without runs of in_ tables, which clean the same."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy

from etl.database import Connection, transaction
from etl.engine.preparation import has_mirror
from etl.engine.runtime import Runtime


@dataclass(frozen=True)
class CleanedStore:
    """How many rows were deleted: of waiting links and other things that have ended, of the journal, and units."""

    ended: int = 0
    journal: int = 0
    units: int = 0


def clean_store(runtime: Runtime) -> CleanedStore:
    """Deletes what only undos of units older than `cleanDays` and `historyDays` need, waiting links that have found
    their end among it (the vendor's deleteUnActualRecords), and these units; passes of at most `cleanLimit` rows, a
    transaction each."""
    store, in_migration = runtime.store, runtime.settings.in_migration
    limit = in_migration.clean_limit
    with transaction(runtime.store_engine) as connection:
        before = store.old_before(connection, in_migration.kept_days, at_most=None)

    def cleaned(engine: sqlalchemy.Engine, clean: Callable[..., int]) -> int:
        return _in_passes(engine, lambda connection: clean(connection, before=before, limit=limit), limit)

    if runtime.settings.has_out_migration and runtime.has_own_out and _has_mirror(runtime):
        cleaned(runtime.out_engine, store.clean_journal)
    journal = cleaned(runtime.store_engine, store.clean_journal)
    journal += store.drop_partitions(runtime.store_engine, before=before)
    units = cleaned(runtime.store_engine, store.clean_units)
    return CleanedStore(cleaned(runtime.store_engine, store.clean_ended), journal, units)


def _has_mirror(runtime: Runtime) -> bool:
    with transaction(runtime.out_engine) as out:
        return has_mirror(out, runtime, to_write=True)


def _in_passes(engine: sqlalchemy.Engine, clean: Callable[[Connection], int], limit: int) -> int:
    total = 0
    while True:
        # As in a clean-up of runs: old statistics may take a large table for a small one.
        with transaction(engine, enable_seqscan="off") as connection:
            once = clean(connection)
        total += once
        if once < limit:
            return total
