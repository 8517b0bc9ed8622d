"""Readers of the out_ versions that confirm what they were given: each has a copy, and knows only what SQL gives it."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg

from etl.engine import Runtime, add_reader, clean, remove_reader, reset_reader
from etl.metadata import names
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.readers.relations import ReadTable, read_tables
from etl.quoting import identifier
from tests.fix_company import STORE, Site, superuser

READERS = ("one", "two")
ACTS = ("take", "take", "take", "ask", "read", "confirm", "confirm_again", "killed", "reset", "clean", "leave")
"""`ask` and `read` end before they confirm; `killed` is a process that a signal ends."""
BESIDE = ("take", "take", "ask", "read", "confirm", "confirm_again")
"""What a reader does with SQL alone."""

Copy = dict[tuple[str, ...], dict[str, Any]]


class Observed(Protocol):
    """A company whose out_ tables a superuser sees; `log` is for the report of a failure."""

    log: list[str]

    @property
    def site(self) -> Site: ...

    @property
    def runtime(self) -> Runtime: ...

    def look(self, query: str, *parameters: Any) -> list[dict[str, Any]]: ...


@dataclass
class Reader:
    """A reader of one version; `copies` are per table, by the ids of its rows, and so is `written`: which transaction
    wrote the row that it was given. `is_begun_here`: its last question has begun a delivery."""

    real: Observed
    schema: str
    name: str
    tables: list[ReadTable]
    copies: dict[str, Copy] = field(default_factory=dict)
    written: dict[str, dict[tuple[str, ...], str]] = field(default_factory=dict)
    confirmed: int | None = None
    given: dict[str, Any] | None = None
    is_begun_here: bool = False
    is_read: bool = False

    @property
    def readers(self) -> str:
        return names.out_reader_schema(self.schema)

    def ask(self) -> dict[str, Any]:
        return self._asked(self._unconfirmed())

    def _unconfirmed(self) -> int | None:
        """The delivery that it was given, perhaps as another process that was killed, and has not confirmed."""
        [found] = self.real.look(f"select * from {self.readers}.reader_tracking where reader = %s", self.name)
        return None if found["upto_position"] is None else int(found["delivery"])

    def _asked(self, unconfirmed: int | None) -> dict[str, Any]:
        [given] = self.real.look(f"select * from {self.readers}.ask(%s)", self.name)
        self.is_begun_here = given["delivery"] != unconfirmed
        assert given["is_full"] or not self.is_begun_here or given["from_position"] == self.confirmed
        self.is_read = self.is_read and not self.is_begun_here
        self.given = given
        return given

    def read(self) -> None:
        """One transaction that begins with the question; a delivery that begins in it shows the tables as they are."""
        unconfirmed = self._unconfirmed()
        self.real.look("begin isolation level repeatable read")
        try:
            given = self._asked(unconfirmed)
            for table in self.tables:
                self._read_table(table, given)
                if self.is_begun_here:
                    self._check_equal(table)
            self.is_read = True
        finally:
            self.real.look("commit")

    def confirm(self) -> None:
        """Only what it has read."""
        if self.given and self.is_read:
            self.confirmed = self.given["upto_position"]
            self.given = None
            self._confirm()

    def confirm_again(self) -> None:
        """As where the answer was lost."""
        if self.confirmed is not None and self.given is None and self._unconfirmed() is None:
            self._confirm()

    def _confirm(self) -> None:
        self.real.look(f"select {self.readers}.confirm(%s, %s)", self.name, self.confirmed)

    def killed(self, *, is_committed: bool) -> None:
        """A process of its own asks, reads all that it is given, and is killed before it confirms; or earlier, with its
        transaction open. What it has read is lost."""
        place = superuser(self.real.site.out_database)

        def read() -> psycopg.Connection[Any]:
            connection = psycopg.connect(**place)
            connection.execute("begin isolation level repeatable read")
            connection.execute(f"select * from {self.readers}.ask(%s)", [self.name])
            for table in self.tables:
                connection.execute(f"select * from {self.readers}.{identifier(table.view)}").fetchall()
            if is_committed:
                connection.execute("commit")
            return connection

        kill_after(read)
        self.given = None
        self.is_read = False

    def _read_table(self, table: ReadTable, given: dict[str, Any]) -> None:
        ids = ", ".join(f"c.{identifier(one)} as id_{number}" for number, one in enumerate(table.columns))
        same = " and ".join(f"o.{identifier(one)} = c.{identifier(one)}" for one in table.columns)
        rows = self.real.look(
            f"select {ids}, c.position, c.is_removed, to_jsonb(o) as row, o.xmin::text as written_by "
            f"from {self.readers}.{identifier(table.view)} c "
            f"left join {self.schema}.{identifier(table.table)} o on {same} where c.reader = %s",
            self.name,
        )
        copy, written = self.copies.setdefault(table.table, {}), self.written.setdefault(table.table, {})
        if given["is_full"]:
            copy.clear()
            written.clear()
        for row in rows:
            key = tuple(row[f"id_{number}"] for number, _ in enumerate(table.columns))
            assert given["is_full"] or given["from_position"] < row["position"] <= given["upto_position"]
            assert (row["row"] is None) == row["is_removed"], f"{table.table} {key}"
            if self.is_begun_here and row["row"] is not None:
                assert written.get(key) != row["written_by"], f"{table.table} {key} comes twice"
            copy.pop(key, None)
            written.pop(key, None)
            if row["row"] is not None:
                copy[key], written[key] = row["row"], row["written_by"]

    def _check_equal(self, table: ReadTable) -> None:
        rows = self.real.look(f"select to_jsonb(o) as row from {self.schema}.{identifier(table.table)} o")
        there = {tuple(row["row"][name] for name in table.column_names): row["row"] for row in rows}
        copy = self.copies[table.table]
        wrong = [key for key in there.keys() | copy.keys() if there.get(key) != copy.get(key)]
        assert not wrong, f"{self.name} of {self.schema}: {table.table} differs in {wrong}"


class Readers:
    """All readers of a company; an act chooses a version that is whole and one of two names."""

    def __init__(self, real: Observed) -> None:
        self.real = real
        self.known: dict[tuple[str, str], Reader] = {}

    def act(self, number: int, name: str, act: str) -> None:
        schemas = self._versions()
        if not schemas:
            return
        schema = sorted(schemas)[number % len(schemas)]
        self.real.log.append(f"-- reader {name} of {schema}: {act}")
        self._do(self.known.get((schema, name)) or self._add(schema, name, schemas[schema]), number, act)

    def act_beside(self, number: int, act: str) -> None:
        """An act of a reader that is there already, with SQL alone, while a run may have a transaction open. A lock of
        the run may keep it out."""
        if not self.known:
            return
        schema, name = sorted(self.known)[number % len(self.known)]
        self.real.log.append(f"-- meanwhile, reader {name} of {schema}: {act}")
        try:
            self._do(self.known[schema, name], number, act)
        except psycopg.errors.LockNotAvailable:
            self.real.log.append("-- that was locked")

    def _do(self, reader: Reader, number: int, act: str) -> None:
        if act == "take":
            reader.read()
            reader.confirm()
        elif act == "reset":
            reset_reader(self.real.runtime, reader.name, reader.schema)
            reader.given = None
            reader.confirmed = None
        elif act == "killed":
            reader.killed(is_committed=number != 1)
        elif act == "clean":
            clean(self.real.runtime)
        elif act == "leave":
            remove_reader(self.real.runtime, reader.name, reader.schema)
            del self.known[reader.schema, reader.name]
        else:
            getattr(reader, act)()

    def finish(self) -> None:
        """In the end each reader has exactly the out_ tables."""
        for reader in self.known.values():
            reader.read()
            reader.confirm()
            reader.read()
            assert reader.is_begun_here

    def _add(self, schema: str, name: str, structure: OutStructure) -> Reader:
        add_reader(self.real.runtime, name, self.real.site.partner_role, schema)
        reader = self.known[schema, name] = Reader(self.real, schema, name, read_tables(structure))
        return reader

    def _versions(self) -> dict[str, OutStructure]:
        [found] = self.real.look("select to_regclass(%s) is not null as is_there", f"{STORE}.out_version")
        if not found["is_there"]:
            return {}
        rows = self.real.look(
            f"select schema_name, structure from {STORE}.out_version "
            "where whole_at is not null and structure is not null"
        )
        return {row["schema_name"]: OutStructure.from_json(row["structure"]) for row in rows}


def kill_after(act: Callable[[], object]) -> None:
    """Forks; the child does `act`, and is killed. Fails when it ended before."""
    child = os.fork() or _act_and_die(act)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def _act_and_die(act: Callable[[], object]) -> int:
    """Does not return."""
    try:
        held = act()
        os.kill(os.getpid(), signal.SIGKILL)
        del held  # a transaction that it began is open until the end
    finally:
        os._exit(1)
