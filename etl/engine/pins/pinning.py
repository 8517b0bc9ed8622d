"""Pins a field of an instance to a value, and ends a pin: each is a unit of work, and the out_ tables follow."""

from dataclasses import dataclass
from typing import Final

from etl.database import Connection, execute, server_time, shut_out_older, transaction
from etl.engine.hold import refuse_on_hold
from etl.engine.instances.finding import Row, find_object, find_stored
from etl.engine.pins.listing import ListedPin, listed
from etl.engine.pins.statements import statement
from etl.engine.preparation import prepare_to_change
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.merge import (
    Matching,
    MergeContext,
    Source,
    analyze_staged_table,
    create_staged_tables,
    drop_staged_tables,
    given_fields,
    read_errors,
    read_results,
)
from etl.merge.rows import merge_single_fields
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.outputs import versions
from etl.quoting import fold, shown
from etl.runs import Chunk
from etl.sources.kafka.values import reader_of
from etl.store import STORE, Pin, Pins, UnitKind

SOURCE: Final = Source("pin", Matching.IDS, gives_some=True, is_pin=True)
"""A person: each unit brings one field of one instance, found by its id in the store."""
_LONGEST_REASON: Final = 1_000


@dataclass(frozen=True)
class Pinned:
    """A new pin, and whether the value of its field changed with it."""

    pin: ListedPin
    is_changed: bool


@dataclass(frozen=True)
class Unpinned:
    """The end of a pin; the field keeps the value until a source brings one. `unit`: the unit of work."""

    pin: ListedPin
    unit: int


@dataclass(frozen=True)
class _Target:
    """What is pinned: a field of an instance that is there."""

    bo: BusinessObject
    field: Field
    instance: Row

    @property
    def id(self) -> str:
        return str(self.instance["id"])

    @property
    def column(self) -> str:
        return fold(self.field.code)

    def pins(self, store: Connection, schema: str) -> list[Pin]:
        """Its pin, if it is pinned."""
        return Pins(schema).all(store, bo=self.bo.code, instance=self.id, field=self.column)


def pin(
    runtime: Runtime,
    table: str,
    named: str,
    field: str,
    value: str | None,
    *,
    reason: str,
    by: str,
    until_changed: bool = False,
) -> Pinned:
    """Gives a field of an instance a value (None: none) that no source overwrites; the out_ tables follow.

    `table` and `named` as of `explain`; `value` as a record of Kafka writes it. With `until_changed` the pin ends when
    a source brings another value than the field had before. Other sources wait meanwhile, and programs of a version
    before pins write no more. Raises ConfigurationError for
    what is not there, or a value that the field does not take.
    """
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise ConfigurationError(
            f"a pin needs a reason of 1 to {_LONGEST_REASON} characters: say why the value is right"
        )
    text = _read(_field(find_object(runtime.company, table), field), value)
    _prepare(runtime)
    with transaction(runtime.store_engine, **runtime.merge_settings) as store:
        context = _begun(runtime, store)
        target = _found(runtime, store, table, named, field)
        given = value if text is not None else None
        one = Pin(
            bo=target.bo.code,
            instance=target.id,
            field=target.column,
            value=given,
            source_value=None,
            reason=reason,
            pinned_by=by,
            pinned_at=context.started_at,
            until_changed=until_changed,
            unit=context.run,
        )
        shut_out_older(store, runtime.store.schema, STORE, "pin")
        Pins(runtime.store.schema).add(store, names.store_table(target.bo.code), one)
        is_changed = _write(store, target, text, context, origin=by)
        [new] = listed(store, runtime, target.pins(store, runtime.store.schema))
    _show(runtime)
    return Pinned(new, is_changed)


def unpin(runtime: Runtime, table: str, named: str, field: str) -> Unpinned:
    """Ends the pin of a field. Raises ConfigurationError where there is none."""
    _prepare(runtime)
    with transaction(runtime.store_engine, **runtime.merge_settings) as store:
        context = _begun(runtime, store)
        target = _found(runtime, store, table, named, field)
        found = target.pins(store, runtime.store.schema)
        if not found:
            raise ConfigurationError(
                f"{target.field.code} of {target.bo.code} {shown(named)} is not pinned: `etl pin list` shows what is"
            )
        Pins(runtime.store.schema).end(store, target.bo.code, target.id, target.column, unit=context.run)
        context.unit.finish(store, runtime.store.schema, {"ended": 1})
        [ended] = listed(store, runtime, found)
    return Unpinned(ended, context.run)


def _prepare(runtime: Runtime) -> None:
    refuse_on_hold(runtime)
    prepare_to_change(runtime)


def _field(bo: BusinessObject, name: str) -> Field:
    loaded = {fold(one.code): one for one in bo.pinnable_fields}
    if found := loaded.get(fold(name)):
        return found
    if bo.key_field and fold(name) == fold(bo.key_field.code):
        raise ConfigurationError(
            f"{bo.code}.{bo.key_field.code} is the external id of its instances: it cannot be pinned"
        )
    known = ", ".join(one.code for one in loaded.values()) or "none"
    raise ConfigurationError(
        f"{bo.code} has no field {shown(name)} that sources load and a pin can hold: it has {known}"
    )


def _read(field: Field, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return reader_of(field)(value)
    except ValueError as fault:
        raise ConfigurationError(f"{field.code}: {shown(value)} {fault}") from None


def _found(runtime: Runtime, store: Connection, table: str, named: str, field: str) -> _Target:
    bo = find_object(runtime.company, table)
    instance = find_stored(store, runtime, bo, named)
    if instance is None:
        raise ConfigurationError(
            f"{bo.code} has no instance {shown(named)}: `etl explain` says what has become of its row"
        )
    if instance["state"] == "REMOVED":
        raise ConfigurationError(f"{bo.code} {shown(named)} is REMOVED, and readers do not see it: let it return first")
    return _Target(bo, _field(bo, field), instance)


def _begun(runtime: Runtime, store: Connection) -> MergeContext:
    """A new unit; until its transaction ends no source writes, so that none writes what it has staged without the
    pin."""
    fence = runtime.store_fence
    fence.shut_out(store)
    with transaction(runtime.store_engine) as beside:  # as an undo does
        number = runtime.store.next_number(beside, above=fence.highest_unit(beside))
    now = server_time(store)
    limits = runtime.settings.in_migration
    context = MergeContext.of_staged(runtime.store.schema, number, now, limits, SOURCE, UnitKind.PIN)
    context.unit.begin(store, runtime.store.schema)
    return context


def _write(store: Connection, target: _Target, text: str | None, context: MergeContext, *, origin: str) -> bool:
    """Merges the value as a row of a source, with all checks of values; says whether it changed the instance."""
    table = create_staged_tables(store, target.bo, SOURCE)
    sql = statement("stage_value", table=table, field=target.field.code, sql_type=target.field.sql_type)
    given = given_fields(target.bo, [target.field.code])
    execute(store, sql, {"instance": target.id, "given": given, "origin": origin, "value": text})
    analyze_staged_table(store, target.bo)
    counters = merge_single_fields(store, target.bo, Chunk(1), context)
    [result] = read_results(store)
    if result.in_status != "DONE":
        why = "; ".join(f"{one.message} ({one.code})" for one in read_errors(store)) or "the merge refused it"
        raise ConfigurationError(f"{target.bo.code}.{target.field.code} was not pinned: {why}")
    drop_staged_tables(store, target.bo)
    context.unit.finish(store, context.store_schema, {table: counters})
    return result.action == "changed"


def _show(runtime: Runtime) -> None:
    """No transaction sees its own place in the journal; where this fails, the next run catches up."""
    if runtime.settings.has_out_migration:
        with runtime.out_connection() as connection:
            versions.bring_up_to_date(connection, runtime.versions)
