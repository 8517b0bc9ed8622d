"""Reverts a run's changes from the before-images in the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.quoting import fold, identifier, short_name
from etl.store.link_locks import lock_link_fields
from etl.store.planner import reading_once
from etl.store.targets import target_fields

_sql = SqlTemplates(__package__, "etl.store")

UndoCounters = dict[
    Literal["restored", "removed", "kept", "unlinked", "linked", "aliases", "references", "waiting"], int
]
"""Instances restored, removed and kept, as they were changed since; links and external ids; references that wait no
longer; links and fields that wait again."""


@dataclass(frozen=True)
class _Column:
    column: str
    name: str
    short: str
    ignores_case: bool

    def compared(self, value: str) -> str:
        return f"lower({value})" if self.ignores_case else value


@dataclass(frozen=True)
class _Noted:
    """A table whose rows are begun and ended by runs (`run` began it), and the table of ended rows."""

    table: str
    ended: str
    keys: tuple[str, ...]
    others: tuple[str, ...]

    def variables(self, store_schema: str) -> dict[str, object]:
        return {
            "store_schema": store_schema,
            "table": self.table,
            "ended": self.ended,
            "keys": self.keys,
            "columns": (*self.keys, *self.others),
            "waits_for_links": self is _LINKS,
            "stays_with_later_values": self is _OWNERS,
        }


_ALIASES = _Noted("alias", "ended_alias", ("bo", "in_id"), ("instance", "run"))
_FILE_ALIASES = _Noted("file_alias", "ended_file_alias", ("file_id",), ("file", "run"))
_LINKS = _Noted(
    "boi_reference",
    "ended_reference",
    ("bo", "field", "target_bo", "owner_in_id", "owner", "target_field", "target_value"),
    ("linked_at", "run", "waiting_since", "origin"),
)
_FILES = _Noted(
    "file_reference", "ended_file_reference", ("bo", "field", "instance"), ("file_id", "run", "waiting_since")
)
_PINS = _Noted(
    "pin",
    "ended_pin",
    ("bo", "field", "instance"),
    ("run", "value", "source_value", "reason", "pinned_by", "pinned_at", "until_changed"),
)
_OWNERS = _Noted("field_owner", "ended_field_owner", ("bo", "field", "instance"), ("source", "run", "source_time"))
_FULL_SETS = _Noted("full_set_id", "ended_full_set_id", ("source", "bo", "in_id"), ("run",))
_ALL_NOTED = (_ALIASES, _FILE_ALIASES, _LINKS, _FILES, _PINS, _OWNERS, _FULL_SETS)
CLEANED_BY = {"undone_run": "as_run"} | {noted.ended: "ended_by" for noted in _ALL_NOTED}
"""What only undos ask for, and the column of each that says of which run it is: cleaned like the journal."""


@dataclass(frozen=True)
class _Undo:
    """One undo: the connection, the company, the store's schema, and the values to bind."""

    connection: Connection
    company: Company
    store_schema: str
    values: dict[str, object]

    def run(self, statement: str, /, **variables: object) -> int:
        """Runs a statement and returns how many rows it wrote."""
        return execute(self.connection, _sql(statement, **{"store_schema": self.store_schema} | variables), self.values)


def undo_run(
    connection: Connection, company: Company, store_schema: str, *, run: int, as_run: int, at: datetime
) -> UndoCounters:
    """Reverts what `run` changed and no later run has changed; returns counters.

    A created instance becomes REMOVED (its id was given to the partner and is never used again), a changed one gets
    the old values of the fields that no later run changed and no other unit pinned, links are removed or restored.
    Links and fields wait again for what the run brought them, and no longer for what it made them wait for. The journal
    records all of it under `as_run`, so that out_ versions follow and the undo can itself be undone.
    """
    values: dict[str, object] = {"run": run, "as_run": as_run, "at": at}
    undo = _Undo(connection, company, store_schema, values | _taken_back(connection, store_schema, run, as_run))
    counters: UndoCounters = {"restored": 0, "removed": 0, "kept": 0, "unlinked": 0, "linked": 0}
    with reading_once(undo.connection):
        undo.run("undo_changes")
        undo.run("undo_later")
        undo.run("undo_made")
    for statement in _sql.script("undo_prepare"):
        execute(connection, statement)
    for business_object in company.objects:
        if business_object.carries_data:
            for counter, rows in _undo_instances(connection, business_object, store_schema, undo.values).items():
                counters[counter] += rows
    lock_link_fields(connection, store_schema, ((bo, field) for bo in company.objects for field in bo.links))
    for business_object in company.objects:
        for field in business_object.links:
            link_table = names.store_link_table(business_object.code, field.code)
            tables = {"store_schema": store_schema, "golden_link": link_table}
            of_field = values | {"bo": business_object.code, "field": field.code}
            counters["unlinked"] += execute(connection, _sql("undo_linked", **tables), of_field)
            counters["linked"] += execute(connection, _sql("undo_unlinked", **tables), of_field)
    # Links and external ids must be final before links can wait for them.
    counters["aliases"], _ = _undo_noted(undo, _ALIASES)
    _undo_noted(undo, _FILE_ALIASES)
    waits = [_undo_noted(undo, noted) for noted in (_LINKS, _FILES)]
    counters["references"] = sum(ended for ended, _ in waits)
    counters["waiting"] = sum(returned for _, returned in waits)
    _undo_noted(undo, _PINS)
    _undo_noted(undo, _OWNERS)
    _undo_noted(undo, _FULL_SETS)
    return counters


def undone_units(connection: Connection, store_schema: str) -> set[int]:
    """The units whose undo is in force."""
    return _undone(_noted_undos(connection, store_schema))


def _noted_undos(connection: Connection, store_schema: str) -> dict[int, int]:
    return {row.as_run: row.run for row in fetch_all(connection, _sql("undone_runs", store_schema=store_schema))}


def _taken_back(connection: Connection, store_schema: str, run: int, as_run: int) -> dict[str, object]:
    """Records that `run` is undone, and returns the bind values of the statements: `undone`, all runs that are now;
    `undos`, all undos."""
    tables = {"store_schema": store_schema}
    noted = _noted_undos(connection, store_schema)
    if run not in _undone(noted):
        noted[as_run] = run
        execute(connection, _sql("note_undone_run", **tables), {"run": run, "as_run": as_run})
    return {"undone": sorted(_undone(noted)), "undos": sorted({*noted, as_run})}


def _undone(noted: dict[int, int]) -> set[int]:
    """The runs whose undo is in force, i.e. not undone itself; an undo has a higher number than its run."""
    undone: set[int] = set()
    for as_run in sorted(noted, reverse=True):
        if as_run not in undone:
            undone.add(noted[as_run])
    return undone


def _undo_noted(undo: _Undo, noted: _Noted) -> tuple[int, int]:
    """Ends what the run began and restores what it ended; returns how many of each."""
    variables = noted.variables(undo.store_schema)
    with reading_once(undo.connection):
        gone = undo.run("undo_begun", **variables) + undo.run("undo_ended_again", **variables)
        found = undo.run("undo_ended", **variables)
        if found and noted in (_FILES, _PINS, _OWNERS):
            undo.run("undo_touched_fields")
    if found and noted is _LINKS:
        _settle_links(undo)
    returned = undo.run("undo_return", **variables)
    undo.run("forget_undo_ended")
    return gone, returned


def _settle_links(undo: _Undo) -> None:
    """Removes from `undo_ended` what is a link now, or was removed since."""
    undo.run("analyze_undo_ended")
    concerned = {tuple(row) for row in fetch_all(undo.connection, _sql("undo_link_tables"))}
    undo.run("undo_pairs")
    for link in undo.company.link_tables():
        key = (link.bo.code, link.field.code, link.member.code)
        if concerned & {key, (*key[:2], "")}:
            tables = {
                "store_schema": undo.store_schema,
                "owner_golden": names.store_table(link.bo.code),
                "target_golden": names.store_table(link.member.code),
                "golden_link": names.store_link_table(link.bo.code, link.field.code),
                "unique": target_fields(link.member),
            }
            execute(
                undo.connection, _sql("undo_ends", **tables), dict(zip(("bo", "field", "target_bo"), key, strict=True))
            )
    with reading_once(undo.connection):
        undo.run("undo_settled")


def _undo_instances(
    connection: Connection, business_object: BusinessObject, store_schema: str, values: dict[str, object]
) -> UndoCounters:
    columns = {
        field: _Column(
            identifier(field.code), fold(field.code), short_name(fold(field.code), number), field.ignores_case
        )
        for number, field in enumerate(business_object.stored_fields)
    }
    unique = [columns[field] for field in business_object.unique_fields]
    tables = {"store_schema": store_schema, "golden": names.store_table(business_object.code)}
    variables = tables | {"fields": list(columns.values()), "unique": unique}
    of_object = values | {"bo": business_object.code}
    wanted = execute(connection, _sql("undo_wanted", **variables), of_object)
    for statement in _sql.script("undo_prepare_wanted"):
        execute(connection, statement)
    if wanted and unique:
        while execute(connection, _sql("undo_refuse", **variables)):
            pass
        execute(connection, _sql("undo_release", **variables))
    rows = fetch_all(connection, _sql("undo_instances", **variables), of_object)
    execute(connection, _sql("undo_forget"))
    return {row.counter: row.rows for row in rows}
