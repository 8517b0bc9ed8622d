"""How much of an object a batch would change: the same question that a merge asks of each row, asked before it."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext

from etl.database import Statements, fetch_one
from etl.inbound.brake_share import LEAST, enough, exceeds, told
from etl.inbound.merge import merge_of
from etl.inbound.place import Place, Sides
from etl.inbound.relay import rows_at_store
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.plan import Chunk, Claimed, Kind, Task

_sql = Statements(__package__)


def changed_too_much(
    sides: Sides, company: Company, place: Place, claimed: Mapping[str, Claimed], share: int
) -> Iterator[str]:
    """Sentences about the objects of which a batch would change more ACTUAL instances than `share` percent.

    A batch that is small beside its object costs nothing but a count of so many instances.
    """
    for business_object in company.objects:
        if business_object.has_in_table and business_object.loaded_fields:
            part = claimed[names.in_table(business_object.code)]
            instances = _instances(sides, business_object, place, part.rows, share)
            if instances:
                rows = sum(_changed(sides, company, business_object, place, chunk) for chunk in _parts(sides, part))
                if exceeds(rows, share, instances):
                    whose = f"instances of {business_object.code}"
                    yield told("change", rows, instances, whose, f"maxChangedShare={share}")


def _instances(sides: Sides, business_object: BusinessObject, place: Place, rows: int, share: int) -> int:
    """How many ACTUAL instances there are, if so many rows may be too many to change; else 0."""
    if not exceeds(rows, share, LEAST):
        return 0
    statement = _sql("actual_instances", golden=names.store_table(business_object.code), **place.names)
    row = fetch_one(sides.store, statement, {"enough": enough(rows, share)})
    instances = int(row.instances) if row else 0
    return instances if instances >= LEAST and exceeds(rows, share, instances) else 0


def _parts(sides: Sides, part: Claimed) -> tuple[Chunk, ...]:
    """Beside the store all rows at once; from another database as many as a task brings."""
    return (Chunk(part.rows),) if sides.is_one else part.chunks


def _changed(sides: Sides, company: Company, business_object: BusinessObject, place: Place, chunk: Chunk) -> int:
    table = names.in_table(business_object.code)
    task = Task(seq=0, stage=0, kind=Kind.MIGRATE_SINGLE_FIELDS, title="", table=table, chunk=chunk)
    with nullcontext(place) if sides.is_one else rows_at_store(sides, company, task, place) as where:
        [row] = merge_of(sides.store, business_object, chunk, where).ask("count_changed")
    return int(row.rows)
