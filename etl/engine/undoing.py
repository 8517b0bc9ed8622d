"""Takes a run back, as a run of its own."""

from dataclasses import dataclass

from etl import outbound
from etl.database import Statements, fetch_one, transaction
from etl.engine.preparation import prepare
from etl.engine.wiring import House
from etl.errors import ConfigurationError
from etl.store import undo_run

_sql = Statements(__package__)


@dataclass(frozen=True)
class Undone:
    """What taking a run back did. `counters`: instances restored, removed, kept (touched since); links, references."""

    run: int
    as_run: int
    counters: dict[str, int]
    out: dict[str, int]


def undo(house: House, run: int) -> Undone:
    """Takes back what `run` changed and nobody changed since; then the out_ tables follow.

    Raises ConfigurationError for an unknown run, MarkerHeld while a run is under way.
    """
    prepare(house)
    with transaction(house.engine) as connection:
        as_run, at = house.handshake.side_run(connection, f"undo of run {run}")
        if fetch_one(connection, _sql("ended_run", schema=house.in_schema), {"run": run}) is None:
            raise ConfigurationError(f"there is no ended run {run} in schema {house.in_schema}: see `etl status`")
        with house.sides(connection) as sides:
            if not sides.is_one:
                house.gate.open(sides.store, as_run, 0)
            counters = undo_run(sides.store, house.company, house.store.schema, run=run, as_run=as_run, at=at)
    # A transaction does not see its own place in the journal; should this one fail, the next run catches up.
    out: dict[str, int] = {}
    if house.settings.has_out_migration:
        with house.out_side() as connection:
            out = outbound.bring_up_to_date(connection, house.versions)
    return Undone(run, as_run, counters, out)
