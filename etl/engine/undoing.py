"""Takes a run back, as a run of its own."""

from dataclasses import dataclass

from etl import outbound
from etl.database import Connection, Statements, fetch_one, transaction
from etl.engine.preparation import prepare
from etl.engine.wiring import House
from etl.errors import ConfigurationError
from etl.handshake.gate import NotedUndo
from etl.inbound import Sides
from etl.store import undo_run

_sql = Statements(__package__)


@dataclass(frozen=True)
class Undone:
    """What taking a run back did. `counters`: instances restored, removed, kept (touched since); links
    linked and unlinked; references that wait no more, and links and files waiting again; aliases that are gone."""

    run: int
    as_run: int
    counters: dict[str, int]
    out: dict[str, int]


def undo(house: House, run: int) -> Undone:
    """Takes back what `run` changed and nobody changed since; then the out_ tables follow.

    Killed between the commits of a store and an import in two databases, it is done, and the next call only tells the
    import. Raises ConfigurationError for an unknown run, MarkerHeld while a run is under way.
    """
    prepare(house)
    with transaction(house.engine) as connection:
        house.handshake.hold_still(connection)
        if not _has_ended(connection, house, run):
            raise ConfigurationError(f"there is no ended run {run} in schema {house.in_schema}: see `etl status`")
        with house.sides(connection) as sides:
            undone = _unheard(house, sides, run) or _take_back(house, sides, run)
    # A transaction does not see its own place in the journal; should this one fail, the next run catches up.
    out: dict[str, int] = {}
    if house.settings.has_out_migration:
        with house.out_side() as connection:
            out = outbound.bring_up_to_date(connection, house.versions)
    return Undone(run, undone.as_run, undone.counters, out)


def _take_back(house: House, sides: Sides, run: int) -> NotedUndo:
    as_run = house.store.next_number(sides.store, above=house.highest_run(sides))
    at = house.handshake.side_run(sides.source, _message(run), run=as_run)
    if not sides.is_one:
        house.gate.open(sides.store, as_run, 0)
    counters = undo_run(sides.store, house.company, house.store.schema, run=run, as_run=as_run, at=at)
    undone = NotedUndo(as_run, at, counters)
    if not sides.is_one:
        house.gate.note_undo(sides.store, run, undone)
    return undone


def _unheard(house: House, sides: Sides, run: int) -> NotedUndo | None:
    """What a killed call has done in the store; now the import hears of it."""
    undone = None if sides.is_one else house.gate.last_undo(sides.store, run)
    if undone is None or _has_ended(sides.source, house, undone.as_run):
        return None
    house.handshake.side_run(sides.source, _message(run), run=undone.as_run, at=undone.at)
    return undone


def _has_ended(connection: Connection, house: House, run: int) -> bool:
    return fetch_one(connection, _sql("ended_run", schema=house.in_schema), {"run": run}) is not None


def _message(run: int) -> str:
    return f"undo of run {run}"
