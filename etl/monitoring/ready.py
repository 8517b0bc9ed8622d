"""The age of the oldest row that is ready and not read: the one figure that shows every kind of trouble."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.engine import Runtime
from etl.errors import EnvironmentFault
from etl.metadata import Company, names
from etl.quoting import fold

_sql = SqlTemplates(__package__)

# What Python's calendar can hold; see handshake/sql/look_marker.sql.
_SANE = "inserted_date between '0001-01-02 00:00+00' and '9999-12-30 00:00+00'"
_SAMPLE_SHARE = 100  # one page of a hundred
_SAMPLE_PATIENCE = 10.0
_TIMED_OUT = "57014"


@dataclass(frozen=True)
class Ready:
    """Rows of one in_ table that are not read: `ready` ones, and those that a run has claimed (`on_work`).

    `oldest`: the smallest inserted_date among them; `undated` of them have none. Not `is_exact`: the table was too
    large to be read in time, and a hundredth of it was; the counts are estimates and the oldest is at least so old.
    """

    in_table: str
    ready: int
    on_work: int
    undated: int
    oldest: datetime | None
    is_exact: bool = True


@dataclass(frozen=True)
class Age:
    """All in_ tables of a company at one moment of the database's clock."""

    company: str
    looked_at: datetime
    tables: tuple[Ready, ...]

    @property
    def oldest_seconds(self) -> float | None:
        """Age of the oldest unread row; None when there is none, or none with a date."""
        return max((age for age in map(self.seconds, self.tables) if age is not None), default=None)

    def seconds(self, table: Ready) -> float | None:
        """Age of a table's oldest unread row; a date in the future is no age."""
        return max(0.0, (self.looked_at - table.oldest).total_seconds()) if table.oldest else None


class MissingTables(EnvironmentFault):
    """Some in_ tables are not there."""


@dataclass
class AgeSampler:
    """Looks at all in_ tables, and at a table again only when it has changed since: for those who ask all the time."""

    seconds_per_table: float = 10.0
    _known: dict[str, tuple[str, Ready]] = field(default_factory=dict)

    def sample(self, runtime: Runtime) -> Age:
        """What is unread now. Raises EnvironmentFault when a table is missing: no one may read that all is well."""
        wanted = list(in_tables(runtime.company))
        with read_only_transaction(runtime.engine) as connection:
            counters = _changes(connection, runtime.in_schema, wanted)
        missing = [name for name in wanted if fold(name) not in counters]
        if missing:
            listed = ", ".join(f"{runtime.in_schema}.{name}" for name in missing)
            raise MissingTables(f"these tables are missing: {listed}; `etl generate-ddl --apply` makes them")
        tables = tuple(self._table(runtime, name, counters[fold(name)]) for name in wanted)
        with read_only_transaction(runtime.engine) as connection:
            [clock] = fetch_all(connection, _sql("clock"))
        return Age(runtime.company.code, clock.now, tables)

    def _table(self, runtime: Runtime, name: str, counters: str | None) -> Ready:
        known = self._known.get(name)
        if known and counters and known[0] == counters:
            return known[1]
        found = _read_table(runtime, name, self.seconds_per_table)
        if counters:
            self._known[name] = (counters, found)
        return found


def in_tables(company: Company) -> Iterator[str]:
    """Every in_ table with a status, rows and links alike."""
    for business_object in company.objects:
        if business_object.has_in_table:
            yield names.in_table(business_object.code)
    for link in company.in_link_tables():
        yield link.name


def _changes(connection: Connection, schema: str, wanted: list[str]) -> dict[str, str | None]:
    asked = {"schema": fold(schema), "names": [fold(name) for name in wanted]}
    return {row.name: row.counters for row in fetch_all(connection, _sql("changes"), asked)}


def _read_table(runtime: Runtime, table: str, seconds: float) -> Ready:
    try:
        return _read(runtime, table, seconds, sampled=False)
    except EnvironmentFault as fault:
        if fault.sqlstate != _TIMED_OUT:
            raise
    return _read(runtime, table, seconds, sampled=True)


def _read(runtime: Runtime, table: str, seconds: float, *, sampled: bool) -> Ready:
    patience = max(seconds, _SAMPLE_PATIENCE) if sampled else seconds
    with read_only_transaction(runtime.engine, seconds=patience) as connection:
        statement = _sql("ready_rows", schema=runtime.in_schema, table=table, sane=_SANE, sampled=sampled)
        [row] = fetch_all(connection, statement)
    scale = _SAMPLE_SHARE if sampled else 1
    return Ready(table, row.ready * scale, row.on_work * scale, row.undated * scale, row.oldest, not sampled)
