"""The same run in one transaction that is rolled back: what would come of handing over now."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from etl import inbound
from etl.database import Connection, Statements, fetch_all, rehearsal
from etl.engine.beginning import brake
from etl.engine.merging import merge
from etl.engine.preparation import prepare_in
from etl.engine.wiring import House
from etl.engine.work import place_of
from etl.inbound import Receipt, Sides
from etl.plan import Extent, lay_out

_sql = Statements(__package__)

_EXAMPLES = 20


@dataclass(frozen=True)
class DryRun:
    """What a run would do. `changed` counts instances per object and column, `errors` rows per code, `examples` are
    err rows; `resolved` counts references whose ends would have arrived."""

    receipts: tuple[Receipt, ...]
    changed: tuple[dict[str, Any], ...]
    errors: tuple[dict[str, Any], ...]
    examples: tuple[dict[str, Any], ...]
    resolved: int

    @property
    def exit_code(self) -> int:
        """0 all rows would be taken, 1 some would be rejected."""
        return 1 if any(row["severity"] == "error" for row in self.errors) else 0


def dry_run(house: House, *, accept: bool = False) -> DryRun:
    """Does all that a run does to the rows that are ready now, whatever the marker says, and takes it back.

    Raises what a run raises, RunStopped of the brake unless `accept`, and MarkerHeld while a run is under way. It holds
    the rows and the marker's fence until it ends: a run that the partner asks for meanwhile is told to come again.
    """
    with rehearsal(house.engine, **house.merge_settings) as connection, house.sides(connection, rehearsal) as sides:
        prepare_in(sides, house, rehearsal)
        house.handshake.hold_still(connection)
        run = house.store.next_number(sides.store, above=house.highest_run(sides), only_look=True)
        house.handshake.side_run(connection, "dry run", run=run)
        return _perform(sides, house, run, accept=accept)


def _perform(sides: Sides, house: House, run: int, *, accept: bool) -> DryRun:
    place = place_of(sides, house, run)
    rows = inbound.claim(sides.source, house.company, place)
    claimed = inbound.measure(sides, house.company, rows, place)
    if not accept:
        brake(sides, house, place, claimed)
    counters: dict[str, list[Counter[str]]] = {table: [] for table in claimed}
    resolved = 0
    for task in lay_out(house.company, Extent(claimed, inbound.has_files(sides, place))):
        done = Counter(merge(sides, task, house.company, place))
        counters.setdefault(task.table, []).append(done)
        resolved += done["resolved"]
    receipts = tuple(Receipt.of(table, part.rows, 0, counters[table]) for table, part in claimed.items())
    names = {"schema": house.in_schema, "store_schema": house.store.schema}
    return DryRun(
        receipts=receipts,
        changed=_rows(sides.store, "changed_columns", run, **names),
        errors=_rows(sides.source, "errors_by_code", run, **names),
        examples=_rows(sides.source, "error_examples", run, **names),
        resolved=resolved,
    )


def _rows(connection: Connection, statement: str, run: int, **names: str) -> tuple[dict[str, Any], ...]:
    rows = fetch_all(connection, _sql(statement, **names), {"run": run, "limit": _EXAMPLES})
    return tuple(dict(row._mapping) for row in rows)
