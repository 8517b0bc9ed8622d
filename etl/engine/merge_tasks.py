"""Calls the merge that a task asks for, in one database or between two; used by runs and dry runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from etl.database import Connection
from etl.errors import EnvironmentFault
from etl.merge import Connections, MergeContext, files, links, rows
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.runs import (
    MERGING,
    Chunk,
    CounterName,
    Counters,
    Kind,
    Task,
)
from etl.sources.in_tables import remote


def merge(
    connections: Connections, task: Task, company: Company, context: MergeContext, slices: Sequence[Chunk] = ()
) -> Counters:
    """Performs a task of a kind that merges rows; for other kinds it does nothing. Returns its counters.

    `slices`: the parts of its chunk to be taken one after the other, if it is not taken at once.
    """
    if task.kind not in MERGING:
        return {}
    if not connections.is_single:
        return remote.merge_remotely(connections, company, task, context, partial(_merge, company=company), slices)
    counters = Counter[CounterName]()
    if slices and task.kind is Kind.MIGRATE_SINGLE_FIELDS:  # a slice does not see what the others give up
        counters.update(_merge(connections.store, replace(task, kind=Kind.MIGRATE_DEPENDENT_ROWS), context, company))
    for chunk in slices or (task.chunk,):
        counters.update(_merge(connections.store, replace(task, chunk=chunk), context, company))
    return dict(counters)


def _merge(connection: Connection, task: Task, context: MergeContext, company: Company) -> Counters:
    match task.kind:
        case Kind.UPLOAD_FILES:
            return files.upload_files(connection, company, context)
        case Kind.MIGRATE_DEPENDENT_ROWS:
            return rows.merge_dependent_rows(connection, _object(company, task), task.part, context)
        case Kind.MIGRATE_SINGLE_FIELDS:
            return rows.merge_single_fields(connection, _object(company, task), task.part, context)
        case Kind.MIGRATE_BO_LINKS | Kind.MIGRATE_CO_LINKS:
            return links.merge_links(connection, _link(company, task), task.part, context)
        case _:
            return rows.touch_migrated(connection, _object(company, task), context)


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
