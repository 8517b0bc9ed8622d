"""Clean-up by age and limit: errors, tasks, runs, the journal, the day's copies.

Kept for good: receipts, and the errors in the golden store.
"""

import logging
import time
import weakref
from dataclasses import dataclass, field, replace
from functools import partial

import sqlalchemy

from etl.database import BRIEF, transaction
from etl.engine.preparation import has_mirror, has_store, is_prepared, refuse_elsewhere
from etl.engine.runtime import Runtime
from etl.engine.store_cleaning import clean_store
from etl.engine.versions import clean_readers
from etl.errors import ConfigurationError, EnvironmentFault
from etl.outputs import versions
from etl.runs import TaskQueue
from etl.sources.in_tables.claim import Copies
from etl.sources.in_tables.errors import clean_errors, drop_errors

_log = logging.getLogger("in_pg_migration")

# A copy that another session reads is left to the next clean-up.
_DROP_PATIENCE = "1s"
# A service that takes small hand-overs one after the other would look for expired rows hundreds of times a minute.
_PAUSE_SECONDS = 60.0
# Engine of the import -> when this process cleans again before a run, on the monotonic clock.
_next_at: "weakref.WeakKeyDictionary[sqlalchemy.Engine, float]" = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Cleaned:
    """What was removed: rows, copies, retired out_ versions. `kept`: name of what had to stay -> why.

    `ended`: rows about what old runs have ended (waiting links and files, ids); only their undo needs them.
    `units`: units of work on the store of which the journal has nothing any more. `reader_changes`: what all readers of
    out_ tables have confirmed; `readers`: those that were retired, as they have not confirmed for long."""

    errors: int = 0
    tasks: int = 0
    runs: int = 0
    journal: int = 0
    units: int = 0
    ended: int = 0
    copies: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    reader_changes: int = 0
    readers: tuple[str, ...] = ()
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.errors + self.tasks + self.runs + self.journal + self.units + self.ended

    def __add__(self, other: "Cleaned") -> "Cleaned":
        return Cleaned(
            errors=self.errors + other.errors,
            tasks=self.tasks + other.tasks,
            runs=self.runs + other.runs,
            journal=self.journal + other.journal,
            units=self.units + other.units,
            ended=self.ended + other.ended,
            copies=self.copies + other.copies,
            versions=self.versions + other.versions,
            reader_changes=self.reader_changes + other.reader_changes,
            readers=self.readers + other.readers,
            kept=self.kept | other.kept,
        )


def clean_before_run(runtime: Runtime) -> None:
    """One pass, unless this process has made one within a minute that left nothing. A failure to clean does not fail
    the run: the next run tries again."""
    if time.monotonic() < _next_at.get(runtime.engine, 0.0):
        return
    try:
        cleaned = _pass(runtime)
        _drop_copies(runtime)
    except EnvironmentFault as fault:
        _log.warning("the next run will continue the clean-up: %s", fault)
        return
    if cleaned.rows < runtime.settings.in_migration.clean_limit:
        _next_at[runtime.engine] = time.monotonic() + _PAUSE_SECONDS


def clean(runtime: Runtime) -> Cleaned:
    """Repeats passes, a transaction each, until no expired row is left."""
    with transaction(runtime.engine) as connection:
        has_import = is_prepared(connection, runtime, to_write=True)
    refuse_elsewhere(runtime)
    if not has_import:
        return _clean_without_import(runtime)
    cleaned = Cleaned()
    while (once := _pass(runtime)).rows:
        cleaned += once
    return cleaned + once + _drop_copies(runtime) + _clean_out(runtime)


def _clean_without_import(runtime: Runtime) -> Cleaned:
    with transaction(runtime.store_engine) as connection:
        if not has_store(connection, runtime, to_write=True):
            return Cleaned()
    store = clean_store(runtime)
    return Cleaned(journal=store.journal, units=store.units, ended=store.ended) + _clean_out(runtime)


def _pass(runtime: Runtime) -> Cleaned:
    in_migration = runtime.settings.in_migration
    limit, schema = in_migration.clean_limit, runtime.in_schema
    _log.info("g5mP3u7hF4 :: cleanErrorsTable start")
    _log.info("mX9xgIdrQt :: clean days = %d, limit = %d", in_migration.clean_days, limit)
    started = time.monotonic()
    # A pass finds its rows by indexes; a table that old statistics take for small would be read whole by each.
    by_index = partial(transaction, enable_seqscan="off")
    with by_index(runtime.engine) as connection, runtime.connections(connection, by_index) as connections:
        oldest = runtime.handshake.old_before(connection, in_migration.clean_days)
        before = oldest or 0
        kept = runtime.store.old_before(connections.store, in_migration.kept_days, at_most=oldest)
        errors = clean_errors(connection, schema, before=before, limit=limit)
        milliseconds = (time.monotonic() - started) * 1000
        _log.info("1RHJ7aF2vu :: errors cleaner deleted %d rows in %d ms.", errors, milliseconds)
        cleaned = Cleaned(
            errors=errors,
            tasks=TaskQueue.clean(connection, schema, before=before, limit=limit),
            runs=runtime.handshake.clean(connection, before=before, limit=limit),
            journal=runtime.store.clean_journal(connections.store, before=kept, limit=limit),
            units=runtime.store.clean_units(connections.store, before=kept, limit=limit),
            ended=runtime.store.clean_ended(connections.store, before=kept, limit=limit),
        )
        readers = runtime.store.journal_readers(connections.store, before=kept)
        if not connections.is_single:
            runtime.store_fence.clean(connections.store, before=kept)
    if runtime.settings.has_out_migration and runtime.has_own_out:
        with transaction(runtime.out_engine) as out:
            if has_mirror(out, runtime, to_write=True):
                runtime.store.clean_journal(out, before=kept, limit=limit)
    cleaned = replace(
        cleaned,
        errors=cleaned.errors + drop_errors(runtime.engine, schema, before=before),
        journal=cleaned.journal + runtime.store.drop_partitions(runtime.store_engine, before=kept),
    )
    _log.info("deleted %d tasks, %d runs, %d rows of the journal", cleaned.tasks, cleaned.runs, cleaned.journal)
    if not cleaned.journal and readers:
        why = f"not yet followed by {', '.join(readers)}"
        _log.info("the journal is kept past its age: %s", why)
        return replace(cleaned, kept={f"{runtime.store.schema}.journal": why})
    return cleaned


def _drop_copies(runtime: Runtime) -> Cleaned:
    copies = Copies(runtime.in_schema)
    with transaction(runtime.engine) as connection:
        days = runtime.settings.in_migration.copy_days
        old = copies.old(connection, days, before=runtime.handshake.old_before(connection, days) or 0)
    dropped, kept = [], {}
    for copy in old:
        why = _drop_copy(runtime, copies, copy)
        if why:
            _log.info("the copy %s is kept past its age: %s", copy, why)
            kept[f"{runtime.in_schema}.{copy}"] = why
        else:
            _log.info("the copy %s is dropped", copy)
            dropped.append(copy)
    return Cleaned(copies=tuple(dropped), kept=kept)


def _clean_out(runtime: Runtime) -> Cleaned:
    if runtime.has_own_out:
        with transaction(runtime.out_engine) as connection:
            if not has_mirror(connection, runtime, to_write=True):
                return Cleaned()
    return _retire_versions(runtime) + _clean_readers(runtime)


def _retire_versions(runtime: Runtime) -> Cleaned:
    """Drops the versions whose day has come."""
    with transaction(runtime.out_engine) as connection:
        due = versions.due_to_retire(connection, runtime.versions)
    dropped, kept = [], {}
    for schema in due:
        try:
            with transaction(
                runtime.out_engine, lock_timeout=_DROP_PATIENCE, client_min_messages="warning"
            ) as connection:
                versions.retire(connection, runtime.versions, schema)
            dropped.append(schema)
        except (ConfigurationError, EnvironmentFault) as fault:
            kept[schema] = str(fault)
    return Cleaned(versions=tuple(dropped), kept=kept)


def _clean_readers(runtime: Runtime) -> Cleaned:
    """Retires readers that stay away, and deletes what all others have confirmed."""
    changes, retired = clean_readers(runtime)
    return Cleaned(reader_changes=changes, readers=tuple(f"{reader} of {schema}" for schema, reader in retired))


def _drop_copy(runtime: Runtime, copies: Copies, copy: str) -> str:
    try:
        with transaction(
            runtime.engine, lock_timeout=_DROP_PATIENCE, client_min_messages="warning", **BRIEF
        ) as connection:
            dependents = copies.drop(connection, copy)
    except EnvironmentFault as fault:
        return str(fault)
    return f"{dependents} depends on it" if dependents else ""
