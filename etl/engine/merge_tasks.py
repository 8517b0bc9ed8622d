"""Calls the merge that a task asks for, in one database or between two; used by runs and dry runs."""

from collections import Counter
from collections.abc import Callable, Sequence
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
        return remote.merge_remotely(connections, company, task, context, partial(_merge, company), slices)
    counters = Counter[CounterName]()
    if slices and task.kind is Kind.MIGRATE_SINGLE_FIELDS:  # a slice does not see what the others give up
        dependent = replace(task, kind=Kind.MIGRATE_DEPENDENT_ROWS)
        counters.update(_merge(company, connections.store, dependent, context))
    for chunk in slices or (task.chunk,):
        function = _function_of(replace(task, chunk=chunk), company, context)
        counters.update(function(connections.store))
    return dict(counters)


def _merge(company: Company, connection: Connection, task: Task, context: MergeContext) -> Counters:
    return _function_of(task, company, context)(connection)


def _function_of(task: Task, company: Company, context: MergeContext) -> Callable[[Connection], Counters]:
    """The function that merges the rows of a task."""
    match task.kind:
        case Kind.UPLOAD_FILES:
            return partial(files.upload_files, company=company, context=context)
        case Kind.MIGRATE_DEPENDENT_ROWS:
            function = rows.merge_dependent_rows
            return partial(function, business_object=_object(company, task), chunk=task.part, context=context)
        case Kind.MIGRATE_SINGLE_FIELDS:
            function = rows.merge_single_fields
            return partial(function, business_object=_object(company, task), chunk=task.part, context=context)
        case Kind.MIGRATE_BO_LINKS | Kind.MIGRATE_CO_LINKS:
            return partial(links.merge_links, link=_link(company, task), chunk=task.part, context=context)
        case Kind.MIGRATE_IN_MIGRATED_AT:
            return partial(rows.touch_migrated, business_object=_object(company, task), context=context)
        case _:
            raise ValueError(f"a task of the kind {task.kind} merges no rows")


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
