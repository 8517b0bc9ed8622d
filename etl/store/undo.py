"""Takes a run's changes back, from the before-images in the journal."""

from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, Statements, execute, fetch_all
from etl.metadata import Company, names
from etl.quoting import fold, identifier

_sql = Statements(__package__)


@dataclass(frozen=True)
class _Column:
    column: str
    name: str


def undo_run(
    connection: Connection, company: Company, store_schema: str, *, run: int, as_run: int, at: datetime
) -> dict[str, int]:
    """Takes back what `run` changed and no later run has touched; returns counters.

    A created instance becomes REMOVED (its id was given to the partner and is never used again), a changed one gets
    the old values of just the fields that nobody changed since, links go or come back. All of it is journalled as the
    work of `as_run`, so that out_ versions follow and the undoing can itself be taken back.
    """
    values = {"run": run, "as_run": as_run, "at": at}
    counters = {"restored": 0, "removed": 0, "kept": 0, "unlinked": 0, "linked": 0}
    for business_object in company.objects:
        if business_object.carries_data:
            fields = [_Column(identifier(f.code), fold(f.code)) for f in business_object.stored_fields]
            tables = {"store_schema": store_schema, "golden": names.store_table(business_object.code), "fields": fields}
            of_object = values | {"bo": business_object.code}
            for row in fetch_all(connection, _sql("undo_instances", **tables), of_object):
                counters[row.counter] += row.rows
        for field in business_object.links:
            link_table = names.store_link_table(business_object.code, field.code)
            tables = {"store_schema": store_schema, "golden_link": link_table}
            of_field = values | {"bo": business_object.code, "field": field.code}
            counters["unlinked"] += execute(connection, _sql("undo_linked", **tables), of_field)
            counters["linked"] += execute(connection, _sql("undo_unlinked", **tables), of_field)
    counters["references"] = execute(connection, _sql("undo_references", store_schema=store_schema), values)
    counters["aliases"] = execute(connection, _sql("undo_aliases", store_schema=store_schema), values)
    return counters
