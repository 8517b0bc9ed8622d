"""What both repairs have in common: nothing else works meanwhile, and the out_ tables follow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all, rollback_transaction, server_time, transaction
from etl.engine.instances.finding import LinkField, Row, find_stored, link_fields
from etl.engine.preparation import prepare_to_change
from etl.engine.repair.out_ids import SOURCE, rename_out_ids
from etl.engine.runtime import Begin, Runtime
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.outputs import versions
from etl.quoting import fold, identifier, shown
from etl.store import Unit, UnitKind

_sql = SqlTemplates(__package__, "etl.store")


@dataclass(frozen=True)
class Repaired:
    """What was done, or would be. `instance` stays; `other`: that which it was joined with, or split from it.
    `counters`: what -> how many; `number`: the unit of work, None for a dry run."""

    bo: str
    instance: str
    other: str
    counters: dict[str, int]
    number: int | None


@dataclass(frozen=True)
class _Column:
    column: str
    name: str


@dataclass(frozen=True)
class Repair:
    """One repair within its transaction: statements, and the values that all of them bind."""

    store: Connection
    runtime: Runtime
    bo: BusinessObject
    unit: Unit
    values: dict[str, object] = field(default_factory=dict)

    def run(self, statement: str, /, values: Row | None = None, **variables: object) -> int:
        """Runs a statement and returns how many rows it wrote."""
        return execute(self.store, self._statement(statement, variables), self._bound(values))

    def ask(self, statement: str, /, values: Row | None = None, **variables: object) -> list[Row]:
        """The rows of a statement."""
        rows = fetch_all(self.store, self._statement(statement, variables), self._bound(values))
        return [dict(row._mapping) for row in rows]

    def instance(self, named: str) -> Row:
        """What `named` means (see `explain`). Raises ConfigurationError where it means nothing."""
        found = find_stored(self.store, self.runtime, self.bo, named)
        if found is None:
            raise ConfigurationError(f"{self.bo.code} has no instance {shown(named)}: see `etl explain`")
        return found

    def link_fields(self) -> Iterator[LinkField]:
        """Those of the object, and those that lead to it."""
        return link_fields(self.runtime.company, self.bo)

    def _statement(self, name: str, variables: dict[str, object]) -> sqlalchemy.TextClause:
        columns = [_Column(identifier(one.code), fold(one.code)) for one in self.bo.stored_fields]
        own = {"store_schema": self.runtime.store.schema, "golden": names.store_table(self.bo.code)}
        return _sql(name, **own | {"fields": columns} | variables)

    def _bound(self, values: Row | None) -> dict[str, object]:
        own: dict[str, object] = {"bo": self.bo.code, "run": self.unit.number, "at": self.unit.started_at}
        return own | self.values | (values or {})


Expected = tuple[str, dict[str, int]]
"""The instance that stays and the counters of a dry run: what a person has seen."""


def perform(
    runtime: Runtime,
    bo: BusinessObject,
    act: Callable[[Repair], tuple[str, str, dict[str, int]]],
    *,
    is_dry: bool,
    expected: Expected | None = None,
) -> Repaired:
    """Performs `act` as a unit of work, which it may read and write alone; a dry one is rolled back. Raises MarkerHeld
    while a run is under way, ConfigurationError where something else would be done than `expected`."""
    begin: Begin = rollback_transaction if is_dry else transaction
    has_import = prepare_to_change(runtime)
    with begin(runtime.engine) as imported:
        if has_import:
            runtime.handshake.lock_out_runs(imported)
        with runtime.connections(imported, begin) as connections:
            store = connections.store
            runtime.store_fence.shut_out(store)
            unit = Unit(_number(runtime, store, is_dry=is_dry), SOURCE, UnitKind.REPAIR, server_time(store))
            unit.begin(store, runtime.store.schema)
            instance, other, counters = act(Repair(store, runtime, bo, unit))
            if expected is not None and expected != (instance, counters):
                raise ConfigurationError("by now something else would be done than was shown: look at it again")
            unit.finish(store, runtime.store.schema, counters)
            if has_import and not is_dry:
                rename_out_ids(connections, runtime, bo, (instance, other))
    if runtime.settings.has_out_migration and not is_dry:
        with runtime.out_connection() as out:
            versions.bring_up_to_date(out, runtime.versions)
    return Repaired(bo.code, instance, other, counters, None if is_dry else unit.number)


def _number(runtime: Runtime, store: Connection, *, is_dry: bool) -> int:
    above = runtime.store_fence.highest_unit(store)
    if is_dry:
        return runtime.store.next_number(store, above=above, is_preview=True)
    # In a transaction of its own: other sources get numbers while this one lasts, and then wait at their fences.
    with transaction(runtime.store_engine) as beside:
        return runtime.store.next_number(beside, above=above)
