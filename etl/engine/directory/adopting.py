"""Gives a person of the store another account of the directory."""

import re
from typing import Final

from etl.database import Connection, rollback_transaction, transaction
from etl.engine.directory.outcome import SyncOutcome
from etl.engine.directory.sync import (
    DirectorySource,
    SyncRunning,
    begin_sync,
    noting_failure,
    show_sync,
    write_unit,
)
from etl.engine.hold import refuse_on_hold
from etl.engine.preparation import prepare_store, prepare_without_import
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.sources.directory.people.adoption import plan_adoption
from etl.sources.directory.people.values import Entry
from etl.sources.directory.stored.merging import SOURCE
from etl.sources.directory.stored.noted import note_sync
from etl.sources.directory.stored.state import read_state
from etl.sources.directory.stored.syncs import SyncResult
from etl.store import FencingToken

_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def adopt_person(
    runtime: Runtime, source: DirectorySource, login: str, guid: str, *, is_dry: bool = False
) -> SyncOutcome:
    """The person of a login gets the account of a GUID; the next sync brings its values. Another person
    who had that account is released. Raises ConfigurationError where that cannot be, SyncRunning, OnHold."""
    number = guid.strip().strip("{}").lower()
    if not _GUID.fullmatch(number):
        raise ConfigurationError(
            f"{guid} is no objectGUID: write it as adGuid has it, 32 hexadecimal digits and dashes"
        )
    refuse_on_hold(runtime)
    adopted = Entry(number, login.strip())
    if is_dry:
        with rollback_transaction(runtime.store_engine, **runtime.merge_settings) as connection:
            prepare_store(connection, runtime)
            run = runtime.store.next_number(connection, is_preview=True)
            return _adopt(runtime, connection, source, adopted, run, is_dry=True)
    prepare_without_import(runtime)
    syncs, begun = begin_sync(runtime, login=login)
    if begun is None:
        raise SyncRunning("a sync of all users is under way: try again later, see etl ad status")
    with (
        noting_failure(runtime, syncs, begun),
        transaction(runtime.store_engine, **runtime.merge_settings) as connection,
    ):
        runtime.store_fence.raise_to(connection, FencingToken(SOURCE.name, begun, 0))
        outcome = _adopt(runtime, connection, source, adopted, begun)
        syncs.end(connection, begun, SyncResult.DONE, counts=outcome.counts, left_out=outcome.left_out)
    if outcome.unit is not None:
        show_sync(runtime)
    return outcome


def _adopt(
    runtime: Runtime, connection: Connection, source: DirectorySource, adopted: Entry, run: int, *, is_dry: bool = False
) -> SyncOutcome:
    schema = runtime.store.schema
    stored = read_state(connection, schema, source.seen, source.normalize, {}, adopted)
    try:
        plan = plan_adoption(adopted.login, adopted.guid, stored, source.rules)
    except ValueError as reason:
        raise ConfigurationError(str(reason)) from reason
    merged, unit = write_unit(runtime, connection, source, plan, run)
    refused = tuple(merged.refused)
    note_sync(connection, schema, plan, stored, run=run, instances={}, refused=refused, directory_groups={})
    return SyncOutcome(run, 1, "", is_dry, plan.changes, refused, (), unit, merged.counters)
