"""Mirrors a store of another database beside the out_ schemas, which follow the mirror as they would the store.

The mirror has the store's schema and golden tables, and a journal of its own. What changed since its position, a
snapshot of the store's server, is copied by binary COPY; rows, journal and position are one transaction of the out
database, so a break leaves the mirror where it was. The store is read at one moment, which makes the mirror the store
of that moment. The versions follow in a transaction of their own: none sees its own journal position.
"""

import json
from dataclasses import dataclass
from typing import Any

from etl import ddl
from etl.database import Connection, PlacedPart, SqlTemplates, execute, fetch_all, fetch_one, pipe, refuse_newer
from etl.ddl.columns import Column
from etl.ddl.tables import Direction, tables
from etl.metadata import Company, names
from etl.outputs.versions.follow import ANALYZE_FROM_ROWS, exceeds_threshold, has_changes
from etl.outputs.versions.own_tables import MIRROR_PARTS
from etl.quoting import identifier
from etl.store.journal import hold_journal

_sql = SqlTemplates(__package__, "etl.outputs.versions", "etl.store")

_CHANGE = "run, bo, field, instance, target, change, before"
# Bytes: values up to the first, which is more than a page can hold, are copied with their row; longer ones in slices
# of the second.
_SIZES = {"inline_bytes": 2 * 1024 * 1024, "slice_bytes": 1024 * 1024}


@dataclass(frozen=True)
class _Golden:
    name: str
    columns: tuple[Column, ...]
    bo: str
    field: str | None

    @property
    def variables(self) -> dict[str, object]:
        long = [column for column in self.columns if column.catalog_type == "text"]
        own = {"golden": self.name, "columns": self.columns, "long": long, "is_link": self.field is not None}
        return own | _SIZES


@dataclass(frozen=True)
class Mirror:
    """The mirror of one company's store. `schema` is the store's name in both databases; `name` describes where it is,
    for people and for the store, which records its position."""

    company: Company
    schema: str
    name: str

    def create(self, out: Connection) -> None:
        ddl.bring_up_store(out, self.company, self.schema)

    @property
    def parts(self) -> tuple[PlacedPart, ...]:
        """What the mirror's schema has of ours."""
        return tuple(PlacedPart(part, self.schema) for part in MIRROR_PARTS)

    def catch_up(self, store: Connection, out: Connection) -> tuple[str, int]:
        """Makes the mirror equal to the snapshot of the transaction `store`; returns its new position, and how many
        rows of the journal or of tables were copied."""
        hold_journal(store, self.schema)
        [known] = fetch_all(out, _sql("mirror_position", schema=self.schema, placed=self.parts))
        refuse_newer(self.parts, known.noted)
        asked = {"position": known.position, "mirror": self.name}
        [source] = fetch_all(store, _sql("mirror_source", schema=self.schema), asked)
        window = {"position": known.position, "upto": source.upto}
        position_is_stale = source.position_is_stale or known.journal_id != source.journal_id
        came = 0
        if not position_is_stale:
            is_whole = set(known.tables) >= {golden.name for golden in self._tables()}
            if is_whole and not has_changes(store, self.schema, known.position, source.upto):
                return str(known.position), 0
            into = f"{identifier(self.schema)}.journal ({_CHANGE})"
            came = pipe(store, _sql("mirror_changes", schema=self.schema), window, out, into)
        for golden in self._tables():
            is_all = position_is_stale or golden.name not in known.tables
            came += _Passage(store, out, self.schema, golden, window, is_all=is_all).bring()
        if exceeds_threshold(store, self.schema, "journal", came):
            ddl.bring_up_store(out, self.company, self.schema)  # indexes that are made once there are rows
        moved = {"upto": source.upto, "journal_id": source.journal_id}
        mirrored = json.dumps([golden.name for golden in self._tables()])
        execute(out, _sql("move_mirror", schema=self.schema), moved | {"tables": mirrored})
        return str(source.upto), came

    def recover(self, store: Connection, out: Connection, code: str) -> tuple[str, int, int]:
        """As `catch_up`, and copies all rows of one object and its links again; what differs goes into the mirror's
        journal. Returns also how many rows that are."""
        upto, came = self.catch_up(store, out)
        window = {"position": upto, "upto": upto}
        passages = [
            _Passage(store, out, self.schema, golden, window, is_all=True)
            for golden in self._tables()
            if golden.bo == code
        ]
        return upto, came, sum(one.bring() for one in passages)

    def report(self, store: Connection, upto: str, came: int) -> None:
        """Records the committed mirror's position, as returned by `catch_up`, in the store."""
        execute(store, _sql("report_mirror", schema=self.schema), {"upto": upto, "mirror": self.name})
        if exceeds_threshold(store, self.schema, "journal", came):
            execute(store, _sql("analyze_journal", store_schema=self.schema))

    def _tables(self) -> list[_Golden]:
        found = tables(self.company, Direction.STORE, in_schema="", store_schema=self.schema, out_schema="")
        columns = {table.name: table.columns for table in found}
        objects = [
            _Golden(name, columns[name], bo.code, None)
            for bo in self.company.objects
            if bo.carries_data and (name := names.store_table(bo.code))
        ]
        links = [
            _Golden(name, columns[name], bo.code, field.code)
            for bo in self.company.objects
            for field in bo.links
            if (name := names.store_link_table(bo.code, field.code))
        ]
        return objects + links


@dataclass(frozen=True)
class _Passage:
    """Copies one golden table's rows from the store into the mirror: those that changed, or all of them."""

    store: Connection
    out: Connection
    schema: str
    golden: _Golden
    window: dict[str, Any]
    is_all: bool

    def bring(self) -> int:
        """Replaces old rows by new ones; if all are copied, the mirror's journal receives the differences. Returns how
        many were copied."""
        if self.is_all:
            self._at_out("mirror_put_by")
            self._at_out("mirror_clear")
        else:
            self._at_out("mirror_give_way")
        columns = ", ".join(identifier(column.name) for column in self.golden.columns)
        rows = self._pipe("mirror_rows", f"{self._table} ({columns})")
        if rows and self.golden.variables["long"]:
            self._bring_long()
        if self.is_all:
            if fetch_one(self.out, self._sql("any_version")):
                self._at_out("mirror_compare")
            self._at_out("mirror_drop_was")
        if rows >= ANALYZE_FROM_ROWS:
            self._at_out("mirror_analyze")
        return rows

    def _bring_long(self) -> None:
        if fetch_one(self.store, self._sql("mirror_any_long"), self._values) is None:
            return
        self._at_out("mirror_slice_table")
        self._pipe("mirror_slices", "pg_temp.slice")
        long = [column for column in self.golden.columns if column.catalog_type == "text"]
        for ordinal, column in enumerate(long):
            statement = self._sql("mirror_join_slices", column=column)
            execute(self.out, statement, {"ordinal": ordinal})
        self._at_out("mirror_drop_slices")

    @property
    def _table(self) -> str:
        return f"{identifier(self.schema)}.{identifier(self.golden.name)}"

    @property
    def _values(self) -> dict[str, Any]:
        return self.window | {"bo": self.golden.bo, "field": self.golden.field}

    def _pipe(self, query: str, into: str) -> int:
        return pipe(self.store, self._sql(query), self._values, self.out, into)

    def _at_out(self, statement: str) -> int:
        return execute(self.out, self._sql(statement), self._values)

    def _sql(self, statement: str, **more: object) -> Any:
        return _sql(statement, schema=self.schema, is_all=self.is_all, **self.golden.variables, **more)
