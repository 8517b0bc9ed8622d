"""Whether import and store are of one moment: one of them may have come from an older backup than the other."""

from dataclasses import dataclass, replace

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

    def fault(self, runtime: Runtime) -> str:
        """That they are of different moments, for people; empty if they are not."""
        store, imported = f"store {runtime.store.schema}", f"import {runtime.in_schema}"
        if self.is_store_older:
            return (
                f"the {store} is older than the {imported}: its highest number is {self.last_number}, and the import "
                f"has run {self.import_run}"
            )
        if self.is_import_older:
            return (
                f"the {imported} is older than the {store}: its newest run is {self.import_run}, and the store knows "
                f"its run {self.store_run}"
            )
        return ""


def read_moments(connections: Connections, runtime: Runtime) -> Moments:
    """What import and store know; the tables of both have this program's versions."""
    source = runtime.handshake.source(connections.imported)
    run = runtime.handshake.highest_run(connections.imported)
    values = {"source": source, "run": run}
    [known] = fetch_all(connections.store, _sql("store_moment", schema=runtime.store.schema), values)
    moments = Moments(run, int(known.run), int(known.last_number))
    # Another runner may have begun this run since the import was read.
    if moments.is_import_older and runtime.handshake.highest_run(connections.imported) >= moments.store_run:
        return replace(moments, import_run=moments.store_run)
    return moments


def refuse_other_moments(connections: Connections, runtime: Runtime) -> None:
    """Raises EnvironmentFault where import and store are of different moments."""
    if fault := read_moments(connections, runtime).fault(runtime):
        raise EnvironmentFault(f"{fault}. `etl verify` shows what is missing, `etl verify --repair` offers it again")
