"""Which of the merges a task asks for, in one database or between two: what a run and a dry run share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from etl import inbound
from etl.database import Connection
from etl.errors import EnvironmentFault
from etl.inbound import Place, Sides
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.plan import MERGING, Chunk, Kind, Task

Counters = dict[str, int]


def merge(sides: Sides, task: Task, company: Company, place: Place, slices: Sequence[Chunk] = ()) -> Counters:
    """The work of the kinds that merge rows; of other kinds nothing. Returns its counters.

    `slices`: the parts of its chunk to be taken one after the other, if it is not taken at once.
    """
    if task.kind not in MERGING:
        return {}
    if not sides.is_one:
        return inbound.relay_task(sides, company, task, place, partial(_merge, company=company), slices)
    counters = Counter[str]()
    if slices and task.kind is Kind.MIGRATE_SINGLE_FIELDS:  # no slice knows what the others give up
        counters.update(_merge(sides.store, replace(task, kind=Kind.MIGRATE_DEPENDENT_ROWS), place, company))
    for chunk in slices or (task.chunk,):
        counters.update(_merge(sides.store, replace(task, chunk=chunk), place, company))
    return dict(counters)


def _merge(connection: Connection, task: Task, place: Place, company: Company) -> Counters:
    match task.kind:
        case Kind.UPLOAD_FILES:
            return inbound.upload_files(connection, company, place)
        case Kind.MIGRATE_DEPENDENT_ROWS:
            return inbound.merge_dependent_rows(connection, _object(company, task), task.part, place)
        case Kind.MIGRATE_SINGLE_FIELDS:
            return inbound.merge_single_fields(connection, _object(company, task), task.part, place)
        case Kind.MIGRATE_BO_LINKS | Kind.MIGRATE_CO_LINKS:
            return inbound.merge_links(connection, _link(company, task), task.part, place)
        case _:
            return inbound.touch_migrated(connection, _object(company, task), place)


def _object(company: Company, task: Task) -> BusinessObject:
    business_object = company.in_objects.get(task.table)
    if business_object is None:
        raise _unknown_table(task)
    return business_object


def _link(company: Company, task: Task) -> LinkTable:
    link = company.in_link_table(task.table)
    if link is None:
        raise _unknown_table(task)
    return link


def _unknown_table(task: Task) -> EnvironmentFault:
    return EnvironmentFault(
        f"the run has a task for {task.table}, which the metadata no longer knows: restore the business object, run "
        "again, and take it away between runs"
    )
