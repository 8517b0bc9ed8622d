"""Gives a person of the store another account of the directory."""

import re
from typing import Final

from etl.database import rollback_transaction, transaction
from etl.engine.directory.sync import DirectorySource, SyncOutcome, SyncRunning, begin_sync, show_sync, write_unit
from etl.engine.hold import refuse_on_hold
from etl.engine.preparation import prepare_without_import
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
    prepare_without_import(runtime)
    syncs, run = begin_sync(runtime, login=login)
    if run is None:
        raise SyncRunning("a sync of all users is under way: try again later, see etl ad status")
    begin = rollback_transaction if is_dry else transaction
    try:
        with begin(runtime.store_engine, **runtime.merge_settings) as connection:
            runtime.store_fence.raise_to(connection, FencingToken(SOURCE.name, run, 0))
            only = Entry(number, login.strip())
            stored = read_state(connection, runtime.store.schema, source.seen, source.normalize, {}, only)
            plan = plan_adoption(only.login, number, stored, source.rules)
            merged, unit = write_unit(runtime, connection, source, plan, run)
            schema, refused = runtime.store.schema, tuple(merged.refused)
            note_sync(connection, schema, plan, stored, run=run, instances={}, refused=refused, directory_groups={})
            outcome = SyncOutcome(run, 1, "", is_dry, plan.changes, refused, (), unit, merged.counters)
            syncs.end(connection, run, SyncResult.DONE, counts=outcome.counts, left_out=outcome.left_out)
    except ValueError as reason:
        raise ConfigurationError(str(reason)) from reason
    if unit is not None and not is_dry:
        show_sync(runtime)
    return outcome
