"""Other processes of etl that work with the same databases, and their versions."""

from dataclasses import dataclass
from datetime import datetime

from etl import __version__
from etl.database import SqlTemplates, fetch_all, part_states, read_only_transaction
from etl.engine import Runtime
from etl.sources.in_tables.own_tables import IMPORT

_sql = SqlTemplates(__package__, "etl.database")


@dataclass(frozen=True)
class OtherProgram:
    """`name`: of its sessions in pg_stat_activity. The others are None for one that has not worked on a run."""

    name: str
    since: datetime
    host: str | None
    pid: int | None
    version: str | None

    @property
    def is_other_version(self) -> bool:
        return self.version is not None and self.version != __version__

    def __str__(self) -> str:
        where = f"process {self.pid} on {self.host}" if self.host else "on no run so far, so that its host is not known"
        version = f"etl {self.version}" if self.version else "its version is not known"
        return f"{self.name}, {where}: {version}; connected since {self.since:%F %T %Z}"


def other_programs(runtime: Runtime) -> list[OtherProgram]:
    """Those with sessions in the databases of import and store, each once; the longest connected first."""
    with read_only_transaction(runtime.engine) as connection:
        [state] = part_states(connection, runtime.in_schema, [IMPORT])
    found: dict[str, OtherProgram] = {}
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine)):
        has_versions = engine is runtime.engine and state.has("runner_version")
        statement = _sql("other_programs", schema=runtime.in_schema, has_versions=has_versions)
        with read_only_transaction(engine) as connection:
            for row in fetch_all(connection, statement, {"me": f"etl:{runtime.owner}"}):
                found.setdefault(row.name, OtherProgram(**row._mapping))
    return list(found.values())
