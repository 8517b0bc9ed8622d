"""Readers of the out_ versions that confirm what they were given: each has a copy, and knows only what SQL gives it."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from etl.engine import add_reader, clean, remove_reader, reset_reader
from etl.metadata import names
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.readers.relations import ReadTable, read_tables
from etl.quoting import identifier
from tests.fix_company import STORE
from tests.properties.real_company import RealCompany

READERS = ("one", "two")
ACTS = ("take", "take", "take", "ask", "read", "confirm", "reset", "clean", "leave")
"""`ask` and `read` end before they confirm, as if they were killed."""

Copy = dict[tuple[str, ...], dict[str, Any]]


@dataclass
class Reader:
    """A reader of one version; `copy` and `confirmed` are per table, by the ids of its rows."""

    real: RealCompany
    schema: str
    name: str
    tables: list[ReadTable]
    copies: dict[str, Copy] = field(default_factory=dict)
    given: dict[str, Any] | None = None
    is_begun_here: bool = False
    is_read: bool = False

    @property
    def readers(self) -> str:
        return names.out_reader_schema(self.schema)

    def ask(self) -> dict[str, Any]:
        [given] = self.real.look(f"select * from {self.readers}.ask(%s)", self.name)
        self.is_begun_here = self.given is None or self.given["delivery"] != given["delivery"]
        self.is_read = self.is_read and not self.is_begun_here
        self.given = given
        return given

    def read(self) -> None:
        """One transaction that begins with the question; a delivery that begins in it shows the tables as they are."""
        self.real.look("begin isolation level repeatable read")
        try:
            given = self.ask()
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
            self.real.look(f"select {self.readers}.confirm(%s, %s)", self.name, self.given["upto_position"])
            self.given = None

    def _read_table(self, table: ReadTable, given: dict[str, Any]) -> None:
        ids = ", ".join(f"c.{identifier(one)} as id_{number}" for number, one in enumerate(table.columns))
        same = " and ".join(f"o.{identifier(one)} = c.{identifier(one)}" for one in table.columns)
        rows = self.real.look(
            f"select {ids}, c.position, c.is_removed, to_jsonb(o) as row "
            f"from {self.readers}.{identifier(table.view)} c "
            f"left join {self.schema}.{identifier(table.table)} o on {same} where c.reader = %s",
            self.name,
        )
        copy = self.copies.setdefault(table.table, {})
        if given["is_full"]:
            copy.clear()
        for row in rows:
            key = tuple(row[f"id_{number}"] for number, _ in enumerate(table.columns))
            assert given["is_full"] or given["from_position"] < row["position"] <= given["upto_position"]
            assert (row["row"] is None) == row["is_removed"], f"{table.table} {key}"
            if self.is_begun_here and not given["is_full"]:
                assert row["row"] is None or copy.get(key) != row["row"], f"{table.table} {key} comes twice"
            copy.pop(key, None)
            if row["row"] is not None:
                copy[key] = row["row"]

    def _check_equal(self, table: ReadTable) -> None:
        rows = self.real.look(f"select to_jsonb(o) as row from {self.schema}.{identifier(table.table)} o")
        there = {tuple(row["row"][name] for name in table.column_names): row["row"] for row in rows}
        copy = self.copies[table.table]
        wrong = [key for key in there.keys() | copy.keys() if there.get(key) != copy.get(key)]
        assert not wrong, f"{self.name} of {self.schema}: {table.table} differs in {wrong}"


class Readers:
    """All readers of a company; an act chooses a version that is whole and one of two names."""

    def __init__(self, real: RealCompany) -> None:
        self.real = real
        self.known: dict[tuple[str, str], Reader] = {}

    def act(self, data: st.DataObject) -> None:
        number, name, act = data.draw(st.tuples(st.integers(0, 2), st.sampled_from(READERS), st.sampled_from(ACTS)))
        schemas = self._versions()
        if not schemas:
            return
        schema = sorted(schemas)[number % len(schemas)]
        self.real.log.append(f"-- reader {name} of {schema}: {act}")
        reader = self.known.get((schema, name)) or self._add(schema, name, schemas[schema])
        if act == "take":
            reader.read()
            reader.confirm()
        elif act == "reset":
            reset_reader(self.real.runtime, name, schema)
            reader.given = None
        elif act == "clean":
            clean(self.real.runtime)
        elif act == "leave":
            remove_reader(self.real.runtime, name, schema)
            del self.known[schema, name]
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
        if not self.real._exists(f"{STORE}.out_version"):
            return {}
        rows = self.real.look(
            f"select schema_name, structure from {STORE}.out_version "
            "where whole_at is not null and structure is not null"
        )
        return {row["schema_name"]: OutStructure.from_json(row["structure"]) for row in rows}
