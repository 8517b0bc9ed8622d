"""Takes a run's changes back, from the before-images in the journal."""

from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, Statements, execute, fetch_all
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.quoting import fold, identifier

_sql = Statements(__package__)


@dataclass(frozen=True)
class _Column:
    column: str
    name: str
    ignores_case: bool

    def compared(self, value: str) -> str:
        return f"lower({value})" if self.ignores_case else value


def undo_run(
    connection: Connection, company: Company, store_schema: str, *, run: int, as_run: int, at: datetime
) -> dict[str, int]:
    """Takes back what `run` changed and no later run has touched; returns counters.

    A created instance becomes REMOVED (its id was given to the partner and is never used again), a changed one gets
    the old values of just the fields that nobody changed since, links go or come back. All of it is journalled as the
    work of `as_run`, so that out_ versions follow and the undoing can itself be taken back.
    """
    values: dict[str, object] = {"run": run, "as_run": as_run, "at": at}
    counters = {"restored": 0, "removed": 0, "kept": 0, "unlinked": 0, "linked": 0}
    for business_object in company.objects:
        if business_object.carries_data:
            for counter, rows in _undo_instances(connection, business_object, store_schema, values).items():
                counters[counter] += rows
        for field in business_object.links:
            link_table = names.store_link_table(business_object.code, field.code)
            tables = {"store_schema": store_schema, "golden_link": link_table}
            of_field = values | {"bo": business_object.code, "field": field.code}
            counters["unlinked"] += execute(connection, _sql("undo_linked", **tables), of_field)
            counters["linked"] += execute(connection, _sql("undo_unlinked", **tables), of_field)
    counters["references"] = execute(connection, _sql("undo_references", store_schema=store_schema), values)
    counters["aliases"] = execute(connection, _sql("undo_aliases", store_schema=store_schema), values)
    return counters


def _undo_instances(
    connection: Connection, business_object: BusinessObject, store_schema: str, values: dict[str, object]
) -> dict[str, int]:
    columns = {f: _Column(identifier(f.code), fold(f.code), f.ignores_case) for f in business_object.stored_fields}
    unique = [columns[field] for field in business_object.unique_fields]
    tables = {"store_schema": store_schema, "golden": names.store_table(business_object.code)}
    shape = tables | {"fields": list(columns.values()), "unique": unique}
    of_object = values | {"bo": business_object.code}
    if execute(connection, _sql("undo_wanted", **shape), of_object) and unique:
        while execute(connection, _sql("undo_refuse", **shape)):
            pass
        execute(connection, _sql("undo_release", **shape))
    rows = fetch_all(connection, _sql("undo_instances", **shape), of_object)
    execute(connection, _sql("undo_forget"))
    return {row.counter: row.rows for row in rows}
