"""A sync: the directory is read, what differs is planned, guarded and merged in one transaction of the store."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from etl.database import Connection, rollback_transaction, server_time, transaction
from etl.engine.directory.absent import with_absent
from etl.engine.directory.notices import notify_failure, notify_sync
from etl.engine.directory.outcome import SyncOutcome
from etl.engine.hold import refuse_on_hold
from etl.engine.preparation import prepare_store, prepare_without_import
from etl.engine.runtime import Runtime
from etl.errors import EtlError, FencedOut
from etl.merge import MergeContext
from etl.metadata import names
from etl.outputs import versions
from etl.retry import RetryPolicy
from etl.runs import backoffs_of
from etl.sources.directory.people.changes import AnyChange, Join, Leave, LeaveOut
from etl.sources.directory.people.difference import Plan, plan_sync
from etl.sources.directory.people.guards import guard_stops
from etl.sources.directory.people.values import Entry, StoredGroup, SyncRules
from etl.sources.directory.read import DirectoryRead, DirectoryReader
from etl.sources.directory.stored.lookups import ensure_lookups
from etl.sources.directory.stored.merging import SOURCE, MergedSync, merge_sync
from etl.sources.directory.stored.noted import note_sync
from etl.sources.directory.stored.projection import DirectoryCompany
from etl.sources.directory.stored.state import read_state
from etl.sources.directory.stored.syncs import SyncResult, Syncs
from etl.sources.directory.stored.tries import Tries
from etl.store import FencingToken, UnitKind

_log = logging.getLogger("AdMigration")

_LEASE_SECONDS = 60
_BEAT_SECONDS = 15.0
_POLL_SECONDS = 0.2


class SyncRunning(EtlError):
    """A sync of all users is under way, or a later one has begun meanwhile: nothing was changed."""

    exit_code = 75


@dataclass(frozen=True)
class DirectorySource:
    """A directory with the rules of its syncs; `seen`: the company as it sees it; `normalize` is of DNs."""

    directory: DirectoryReader
    seen: DirectoryCompany
    rules: SyncRules
    normalize: Callable[[str], str]


def sync(runtime: Runtime, source: DirectorySource, *, is_dry: bool = False, accept: bool = False) -> SyncOutcome:
    """Brings people and memberships to where the directory is; `accept` passes guards that can be accepted.

    Raises SyncRunning, OnHold, and what reading the directory raises; then nothing has changed. A guard's stop is part
    of the outcome.
    """
    refuse_on_hold(runtime)
    if is_dry:
        return _dry(runtime, source, _read_all(runtime, source), accept=accept, is_complete=True)
    prepare_for_people(runtime, source)
    syncs, run = begin_sync(runtime, login=None)
    if run is None:
        raise SyncRunning("another sync of all users is under way: see etl ad status")
    try:
        with _beating(runtime, syncs, run):
            outcome = _perform(runtime, source, syncs, run, partial(_read_all, runtime, source), accept=accept)
    except EtlError as fault:
        notify_failure(runtime, fault)
        raise
    notify_sync(runtime, outcome)
    return outcome


def _read_all(runtime: Runtime, source: DirectorySource) -> DirectoryRead:
    return with_absent(runtime, source.directory, source.directory.read_all())


def sync_one(
    runtime: Runtime,
    source: DirectorySource,
    login: str,
    *,
    is_dry: bool = False,
    wait_seconds: float = 0,
    is_prepared: bool = False,
) -> SyncOutcome:
    """The same for one user, and touches no other person; without an entry nothing changes. Waits `wait_seconds` for
    a sync of all users; raises what `sync` does. `is_prepared`: the caller has looked at hold and store just now."""
    if not is_prepared:
        refuse_on_hold(runtime)
    if is_dry:
        return _dry(runtime, source, source.directory.read_one(login), accept=True, is_complete=False)
    if not is_prepared:
        prepare_for_people(runtime, source)
    ends = time.monotonic() + wait_seconds
    while True:
        syncs, run = begin_sync(runtime, login=login)
        try:
            if run is not None:
                read = partial(source.directory.read_one, login)
                return _perform(runtime, source, syncs, run, read, accept=True, is_complete=False)
        except FencedOut:
            _log.info("another user was synchronized at the same time: the sync of one user is tried again")
        if time.monotonic() >= ends:
            raise SyncRunning("a sync of all users is under way: try again later, see etl ad status")
        time.sleep(_POLL_SECONDS)


def prepare_for_people(runtime: Runtime, source: DirectorySource) -> None:
    """Makes what store and out_ tables lack, and the index by which a person is found."""
    prepare_without_import(runtime)
    ensure_lookups(runtime.store_engine, runtime.store.schema, names.store_table(source.seen.person.code))


def begin_sync(runtime: Runtime, *, login: str | None) -> tuple[Syncs, int | None]:
    """Gives a sync its number before anything is read: what was read later has the higher one. None: a sync of all
    users is under way."""
    syncs = Syncs(runtime.store.schema, runtime.owner, _LEASE_SECONDS)
    with transaction(runtime.store_engine) as connection:
        run = runtime.store.next_number(connection)
        syncs.clean(connection, days=runtime.settings.in_migration.kept_days)
        tries_of(runtime).clean(connection)
        return syncs, run if syncs.begin(connection, run, login=login) else None


def tries_of(runtime: Runtime) -> Tries:
    """The tries of passwords at login."""
    settings = runtime.settings.directory
    return Tries(runtime.store_engine, runtime.store.schema, settings.login_tries, settings.login_tries_minutes)


@contextmanager
def _beating(runtime: Runtime, syncs: Syncs, run: int) -> Iterator[None]:
    """Renews the lease beside a sync; where the store is out of reach the lease runs out."""
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(_BEAT_SECONDS):
            try:
                with transaction(runtime.store_engine) as connection:
                    syncs.renew(connection, run)
            except EtlError as fault:
                _log.warning("the lease of sync %d is not renewed: %s", run, fault)

    thread = threading.Thread(target=beat, name=f"sync-{run}-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _perform(
    runtime: Runtime,
    source: DirectorySource,
    syncs: Syncs,
    run: int,
    read_directory: Callable[[], DirectoryRead],
    *,
    accept: bool,
    is_complete: bool = True,
) -> SyncOutcome:
    with noting_failure(runtime, syncs, run):
        read = read_directory()
        policy = RetryPolicy(partial(backoffs_of, outage_seconds=0))
        attempt = partial(_merge, runtime, source, read, run, accept=accept, is_complete=is_complete, syncs=syncs)
        outcome = policy.run_with_retry("a sync with the directory", attempt)
    # An earlier one may have been killed in between: one of all users completes that.
    if outcome.unit is not None or (is_complete and not outcome.stops):
        show_sync(runtime)
    return outcome


@contextmanager
def noting_failure(runtime: Runtime, syncs: Syncs, run: int) -> Iterator[None]:
    """A sync that ends with an error is no longer under way."""
    try:
        yield
    except EtlError as fault:
        with transaction(runtime.store_engine) as connection:
            syncs.end(connection, run, SyncResult.FAILED, counts={}, message=str(fault))
        raise


def show_sync(runtime: Runtime) -> None:
    """Brings the out_ tables to where the store is: no transaction sees its own place in the journal."""
    if runtime.settings.has_out_migration:
        with runtime.out_connection() as connection:
            versions.bring_up_to_date(connection, runtime.versions)


def _merge(
    runtime: Runtime,
    source: DirectorySource,
    read: DirectoryRead,
    run: int,
    *,
    accept: bool,
    is_complete: bool,
    syncs: Syncs,
) -> SyncOutcome:
    with transaction(runtime.store_engine, **runtime.merge_settings) as connection:
        runtime.store_fence.raise_to(connection, FencingToken(SOURCE.name, run, 0))
        runtime.store_fence.hold(connection, FencingToken(SOURCE.name, run, 0))
        outcome = _apply(runtime, connection, source, read, run, accept=accept, is_complete=is_complete)
        syncs.end(
            connection,
            run,
            SyncResult.STOPPED if outcome.stops else SyncResult.DONE,
            controller=read.controller,
            users=outcome.users,
            counts=outcome.counts,
            left_out=outcome.left_out,
            message="; ".join(map(str, outcome.stops)) or None,
        )
    return outcome


def _dry(
    runtime: Runtime, source: DirectorySource, read: DirectoryRead, *, accept: bool, is_complete: bool
) -> SyncOutcome:
    """All that a sync does, rolled back."""
    with rollback_transaction(runtime.store_engine, **runtime.merge_settings) as connection:
        prepare_store(connection, runtime)
        run = runtime.store.next_number(connection, is_preview=True)
        return _apply(runtime, connection, source, read, run, accept=accept, is_complete=is_complete, is_dry=True)


def _apply(
    runtime: Runtime,
    connection: Connection,
    source: DirectorySource,
    read: DirectoryRead,
    run: int,
    *,
    accept: bool,
    is_complete: bool,
    is_dry: bool = False,
) -> SyncOutcome:
    schema = runtime.store.schema
    only: Entry | None = None
    if not is_complete:
        if not read.entries:
            return SyncOutcome(run, 0, read.controller, is_dry)
        [only] = read.entries
    stored = read_state(connection, schema, source.seen, source.normalize, read.groups, only)
    plan = plan_sync(read.entries, stored, source.rules, is_complete=is_complete, elsewhere=read.elsewhere)
    warnings = (*read.skipped, *_warnings(stored.groups, read, is_complete=is_complete))
    stops = tuple(guard_stops(plan, source.rules)) if is_complete else ()
    if any(not (accept and one.can_be_accepted) for one in stops):
        return SyncOutcome(run, plan.read, read.controller, is_dry, plan.changes, (), stops, warnings=warnings)
    merged, unit = write_unit(runtime, connection, source, plan, run)
    left_out = (*plan.of(LeaveOut), *merged.refused)
    note_sync(
        connection,
        schema,
        plan,
        stored,
        run=run,
        instances=merged.instances,
        refused=left_out,
        directory_groups=read.groups,
    )
    refused = {one.guid for one in merged.refused}
    done = tuple(one for one in plan.changes if not isinstance(one, LeaveOut) and not _is_refused(one, refused))
    return SyncOutcome(run, plan.read, read.controller, is_dry, done, left_out, (), unit, merged.counters, warnings)


def _is_refused(change: AnyChange, refused: Collection[str]) -> bool:
    """Whether a change was not made, as the merge refused the person; memberships of one who is there are."""
    return change.guid in refused and not (isinstance(change, Join | Leave) and change.instance)


def write_unit(
    runtime: Runtime, connection: Connection, source: DirectorySource, plan: Plan, run: int
) -> tuple[MergedSync, int | None]:
    """Merges a plan as a unit of work; a plan without differences is none."""
    if all(isinstance(one, LeaveOut) for one in plan.changes):
        return MergedSync(), None
    limits, schema, now = runtime.settings.in_migration, runtime.store.schema, server_time(connection)
    context = MergeContext.of_staged(schema, run, now, limits, SOURCE, UnitKind.SYNC)
    context.unit.begin(connection, schema)
    merged = merge_sync(connection, plan, source.seen, source.rules, context)
    runtime.store.advance_positions(connection, run, merged.served)
    context.unit.finish(connection, schema, merged.counters)
    return merged, run


def _warnings(groups: Sequence[StoredGroup], read: DirectoryRead, *, is_complete: bool) -> Iterator[str]:
    """Roles that name no group of the directory any more, or one that memberships do not name: of all groups with a
    complete read only."""
    if not read.groups:
        return
    for group in groups:
        if group.is_held:
            yield (
                f"group {group.instance}: {group.role} has another DN in the directory now, and its memberships stay: "
                "write the new DN into the group"
            )
        elif not is_complete:
            continue
        elif group.role and group.role not in read.groups:
            yield f"group {group.instance}: the directory has no group {group.role}: correct the DN in the group"
        elif number := read.primary_groups.get(group.role):
            yield (
                f"group {group.instance}: {group.role} is the primary group of {number:,} users, whom the directory "
                "does not name as its members: they are not in the group"
            )
