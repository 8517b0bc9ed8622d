"""A reader's steps, each a transaction of plain SQL, and the copy that it keeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar

import sqlalchemy

from etl.database import (
    SERIALIZATION_FAILURE,
    Connection,
    SqlTemplates,
    fetch_all,
    fetch_one,
    repeatable_read,
    transaction,
)
from etl.errors import ConfigurationError, EnvironmentFault
from etl.metadata import names

_sql = SqlTemplates(__package__)

_ATTEMPTS: Final = 10
_POLL_SECONDS: Final = 0.1
# A version without readers has no schema for them.
_NO_SCHEMA: Final = "3F000"

Key = tuple[str, ...]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Given:
    """What `ask` answered, and how many rows came with it."""

    delivery: int
    from_position: int | None
    upto_position: int
    is_full: bool
    changed: int = 0
    removed: int = 0

    @property
    def is_empty(self) -> bool:
        return self.from_position == self.upto_position


@dataclass(frozen=True)
class _CopiedTable:
    table: str
    view: str
    columns: tuple[str, ...]


@dataclass
class ReaderClient:
    """Acts for one reader. `copy`: table -> ids of a row -> a digest of the row; `confirmed`: the last position that it
    has confirmed; `faults`: where it was given something else than it should be."""

    engine: sqlalchemy.Engine
    out_schema: str
    reader: str
    copy: dict[str, dict[Key, str]] = field(default_factory=dict)
    confirmed: int | None = None
    faults: list[str] = field(default_factory=list)

    def database(self) -> str:
        with transaction(self.engine) as connection:
            return str(fetch_all(connection, _sql("database"))[0].name)

    def read(self) -> Given:
        """Asks, and takes what it is given into the copy."""
        return self._ask(self._take)

    def await_changes(self, seconds: float) -> Given:
        """The same; a delivery without rows is confirmed, and asked for again until that time is over."""
        deadline = time.monotonic() + seconds
        while (given := self.read()).is_empty and time.monotonic() < deadline:
            self.confirm(given.upto_position)
            time.sleep(_POLL_SECONDS)
        return given

    def confirm(self, upto: int) -> datetime:
        with transaction(self.engine) as connection:
            [row] = fetch_all(connection, self._statement("confirm"), {"reader": self.reader, "upto": upto})
        self.confirmed = upto
        taken_at: datetime = row.taken_at
        return taken_at

    def unconfirmed(self) -> int | None:
        """The number of the delivery that it was given and has not confirmed."""
        with transaction(self.engine) as connection:
            row = fetch_one(connection, self._statement("unconfirmed"), {"reader": self.reader})
        return int(row.delivery) if row else None

    def compare(self) -> int:
        """Reads a last time and confirms; returns how many rows of copy and out_ tables differ in that same moment.
        Nothing may be unconfirmed."""

        def take_and_compare(connection: Connection, given: Given) -> tuple[Given, int]:
            return self._take(connection, given), sum(self._different(connection, one) for one in self._tables)

        given, different = self._ask(take_and_compare)
        self.confirm(given.upto_position)
        return different

    @property
    def rows(self) -> int:
        """Of the copy."""
        return sum(len(rows) for rows in self.copy.values())

    def _ask(self, act: Callable[[Connection, Given], _T]) -> _T:
        """A transaction that begins with the question, so that all it reads is of one moment. After a clean-up
        meanwhile it asks again, as the page of readers says."""
        attempt = 1
        while True:
            try:
                with repeatable_read(self.engine) as connection:
                    [row] = fetch_all(connection, self._statement("ask"), {"reader": self.reader})
                    return act(connection, Given(**row._mapping))
            except EnvironmentFault as fault:
                if fault.sqlstate == _NO_SCHEMA:
                    raise ConfigurationError(
                        f"{self.out_schema} has no reader: `etl out reader add {self.reader}` adds it; after a restore "
                        "the next run makes again what readers had"
                    ) from fault
                if fault.sqlstate != SERIALIZATION_FAILURE or attempt == _ATTEMPTS:
                    raise
                attempt += 1

    def _take(self, connection: Connection, given: Given) -> Given:
        if given.is_full:
            self.copy.clear()
        elif self.confirmed is None:
            raise ConfigurationError(
                f"{self.reader} has confirmed deliveries of before, of which this program has no copy: "
                f"`etl out reader reset {self.reader}` first"
            )
        elif given.from_position != self.confirmed:
            self.faults.append(f"delivery {given.delivery} begins after {given.from_position}, not {self.confirmed}")
        changed = removed = 0
        for one in self._tables:
            shape = {"table": one.table, "view": one.view, "columns": list(one.columns)}
            copy = self.copy.setdefault(one.table, {})
            for row in fetch_all(connection, self._statement("changes", **shape), {"reader": self.reader}):
                self._check(one.table, row, given)
                if row.is_removed:
                    removed += 1
                    copy.pop(_key(row.ids), None)
                else:
                    changed += 1
                    copy[_key(row.ids)] = str(row.digest)
        return replace(given, changed=changed, removed=removed)

    def _different(self, connection: Connection, one: _CopiedTable) -> int:
        found = fetch_all(connection, self._statement("rows", table=one.table, columns=list(one.columns)))
        there = {_key(row.ids): str(row.digest) for row in found}
        copy = self.copy.get(one.table, {})
        return sum(there.get(key) != copy.get(key) for key in there.keys() | copy.keys())

    def _check(self, table: str, row: Any, given: Given) -> None:
        if row.is_removed == (row.digest is not None):
            self.faults.append(f"{table} {_key(row.ids)}: its row is there and removed, or neither")
        if not given.is_full and not (given.from_position or 0) < row.position <= given.upto_position:
            self.faults.append(f"{table} {_key(row.ids)}: {row.position} is not of delivery {given.delivery}")

    @cached_property
    def _tables(self) -> list[_CopiedTable]:
        """The out_ tables of the version that its readers have a view of."""
        schemas = {"out_schema": self.out_schema, "reader_schema": names.out_reader_schema(self.out_schema)}
        with transaction(self.engine) as connection:
            found = fetch_all(connection, _sql("tables"), schemas)
        columns = {row.name: tuple(row.columns) for row in found if row.columns}
        views = {row.name: names.changes_view(row.name) for row in found if not row.columns}
        return [_CopiedTable(table, view, columns[view]) for table, view in views.items() if view in columns]

    def _statement(self, name: str, **variables: object) -> sqlalchemy.TextClause:
        return _sql(
            name, out_schema=self.out_schema, reader_schema=names.out_reader_schema(self.out_schema), **variables
        )


def _key(ids: list[str]) -> Key:
    return tuple(ids)
