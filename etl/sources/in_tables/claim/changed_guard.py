"""Counts how many instances of an object a batch would change, before it is merged."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext

from etl.database import SqlTemplates, fetch_one
from etl.merge.context import Connections, MergeContext
from etl.merge.rows.statements import merge_without_pins
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.runs import (
    Chunk,
    Claimed,
    Kind,
    Task,
)
from etl.sources.in_tables.claim.share import (
    LEAST,
    exceeds,
    reported,
    threshold,
)
from etl.sources.in_tables.remote.remote import rows_at_store

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def changed_too_much(
    connections: Connections, company: Company, context: MergeContext, claimed: Mapping[str, Claimed], share: int
) -> Iterator[str]:
    """Sentences about the objects of which a batch would change more instances than `share` percent.

    A batch that is small beside its object costs only a count of instances up to the threshold.
    """
    for business_object in company.objects:
        if business_object.has_in_table and business_object.loaded_fields:
            part = claimed[names.in_table(business_object.code)]
            instances = _instances(connections, business_object, context, part.rows, share)
            if instances:
                rows = sum(
                    _changed(connections, company, business_object, context, chunk)
                    for chunk in _parts(connections, part)
                )
                if exceeds(rows, share, instances):
                    whose = f"instances of {business_object.code}"
                    yield reported("change", rows, instances, whose, f"maxChangedShare={share}")


def _instances(
    connections: Connections, business_object: BusinessObject, context: MergeContext, rows: int, share: int
) -> int:
    """The number of instances, if `rows` changes may exceed the share; else 0."""
    if not exceeds(rows, share, LEAST):
        return 0
    statement = _sql("instances", golden=names.store_table(business_object.code), **context.variables)
    row = fetch_one(connections.store, statement, {"threshold": threshold(rows, share)})
    instances = int(row.instances) if row else 0
    return instances if instances >= LEAST and exceeds(rows, share, instances) else 0


def _parts(connections: Connections, part: Claimed) -> tuple[Chunk, ...]:
    """All rows at once in one database; between databases in parts of the size of a task."""
    return (Chunk(part.rows),) if connections.is_single else part.chunks


def _changed(
    connections: Connections, company: Company, business_object: BusinessObject, context: MergeContext, chunk: Chunk
) -> int:
    table = names.in_table(business_object.code)
    task = Task(seq=0, stage=0, kind=Kind.MIGRATE_SINGLE_FIELDS, title="", table=table, chunk=chunk)
    with nullcontext(context) if connections.is_single else rows_at_store(connections, company, task, context) as where:
        merge = merge_without_pins(connections.store, business_object, chunk, where)
        row = fetch_one(connections.store, _sql("count_changed", **merge.variables), merge.values)
    return int(row.rows) if row else 0
