"""Whether import and store are of one moment: one of them may have come from an older backup than the other."""

from dataclasses import dataclass

from etl.database import SqlTemplates, fetch_all
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault
from etl.merge import Connections

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Moments:
    """`import_run`: the newest run of the import; `store_run`: the newest run of this import that the store knows;
    `last_number`: the highest number that the store has given to a unit. Each is 0 where there is none."""

    import_run: int
    store_run: int
    last_number: int

    @property
    def is_store_older(self) -> bool:
        """Every run has its number from the store."""
        return self.import_run > self.last_number

    @property
    def is_import_older(self) -> bool:
        """A run is recorded in the import before it enters the store."""
        return self.store_run > self.import_run


def read_moments(connections: Connections, runtime: Runtime) -> Moments:
    """What import and store know; both are prepared."""
    source = runtime.handshake.source(connections.imported)
    [known] = fetch_all(connections.store, _sql("store_moment", schema=runtime.store.schema), {"source": source})
    run = runtime.handshake.highest_run(connections.imported)
    return Moments(run, int(known.run), int(known.last_number))


def refuse_other_moments(connections: Connections, runtime: Runtime) -> None:
    """Raises EnvironmentFault where import and store are of different moments."""
    moments = read_moments(connections, runtime)
    how = "`etl verify` shows what is missing, `etl verify --repair` offers it again (docs/backup.md)"
    if moments.is_store_older:
        raise EnvironmentFault(
            f"the store {runtime.store.schema} is older than the import {runtime.in_schema}: its highest number is "
            f"{moments.last_number}, and the import has run {moments.import_run}. {how}"
        )
    if moments.is_import_older:
        raise EnvironmentFault(
            f"the import {runtime.in_schema} is older than the store {runtime.store.schema}: its newest run is "
            f"{moments.import_run}, and the store knows its run {moments.store_run}. {how}"
        )
