"""Merges the links of a batch, after all of its objects: links, those that wait, and those whose ends have come."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from etl.database import Connection, SqlTemplates, copy_lines, execute, fetch_all
from etl.merge import MergeContext
from etl.merge.links import (
    create_staged_links,
    lock_links,
    merge_links,
    settle_members,
    tables_to_serve,
)
from etl.metadata.company import LinkTable
from etl.runs import Chunk, Counters, add_counters
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.link_fields import LinkField, LinkFields
from etl.sources.kafka.message import Message, message_of
from etl.sources.kafka.resent import leave_changed_links
from etl.sources.kafka.shapes import NULL
from etl.sources.kafka.staged import StagedLink
from etl.sources.kafka.tree import LinkRow, ObjectRow

_sql = SqlTemplates(__package__)


NumberedLink = tuple[int, int, int, StagedLink]
"""A link of a batch: its number, which orders them, the number of its record, that of the record's first object, and
its line."""


@dataclass
class MergedLinks:
    """What became of links: counters by link table, the numbers of those that are refused, what is to be said of them
    (with the number of the link) and of those that waited (with the record that gave it, where that is known), and
    which link tables were looked through for waiting ones."""

    counters: dict[str, Counters] = field(default_factory=dict)
    rejected: list[int] = field(default_factory=list)
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    waited: list[tuple[Message | None, Fault]] = field(default_factory=list)
    served: list[tuple[str, str, str]] = field(default_factory=list)


def merge_batch_links(
    connection: Connection,
    links: Sequence[NumberedLink],
    fields: LinkFields,
    near: Iterable[LinkTable],
    context: MergeContext,
    *,
    row_of: Callable[[int], tuple[LinkRow, ObjectRow]] | None = None,
    older: Collection[int] = (),
) -> MergedLinks:
    """Merges links, and serves those that wait in the link tables `near` what has arrived. The links of the records
    with the numbers `older` leave what was changed since. `row_of` tells what a record says of a link and its owner."""
    given, names = _counted(links)
    waiting = tables_to_serve(connection, near, context.store_schema)
    chosen = [
        one
        for one in fields.fields.values()
        if one.number in given or any(table.name in waiting for table in one.tables)
    ]
    merged = MergedLinks()
    if not chosen:
        return merged
    with_older = {row.link.stages.number for _, record, _, row in links if record in older} if older else set()
    # What only adds links is read where it was copied to.
    viewed = [one for one in chosen if one.number in given and one.only_adds and one.number not in with_older]
    link_tables = [table for one in chosen if one not in viewed for table in one.link_tables]
    tables = [table for one in chosen for table in one.tables if one.number in given or table.name in waiting]
    lock_links(connection, tables, context)
    create_staged_links(connection, link_tables)
    if links:
        _copy(connection, links, has_sets=any(one.is_set for one in chosen if one.number in given))
    for one in chosen:
        staged, of_field = {}, context
        if one in viewed:
            has_ids = None in names[one.number]
            execute(connection, _sql("view_links", link_table=one.link_tables[0], field=one.number, has_ids=has_ids))
            if not has_ids:
                by = frozenset(name for name in names[one.number] if name is not None)
                of_field = replace(context, source=replace(context.source, targets_by=by))
            staged = {one.link_tables[0]: given[one.number]}
        elif one.number in given:
            staged = _stage_field(connection, one, context, merged)
        if one.number in with_older:
            for table in one.tables:
                leave_changed_links(connection, table, context)
        _merge_field(connection, one, staged, waiting, of_field, merged)
    _report(connection, row_of, tables, merged)
    execute(connection, _sql("drop_link_stages", tables=link_tables))
    return merged


def _counted(links: Sequence[NumberedLink]) -> tuple[dict[int, int], dict[int, set[str | None]]]:
    """By the number of the field: how many links it has, and how they name their targets."""
    given: dict[int, int] = {}
    names: dict[int, set[str | None]] = {}
    for (shape, named_by), count in Counter([(row.link, row.named_by) for _, _, _, row in links]).items():
        number = shape.stages.number
        given[number] = given.get(number, 0) + count
        names.setdefault(number, set()).add(named_by)
    return given, names


def _copy(connection: Connection, links: Sequence[NumberedLink], *, has_sets: bool) -> None:
    execute(connection, _sql("create_links"))
    copy_lines(connection, _sql("copy_links"), _lines(links))
    execute(connection, _sql("analyze_links"))
    if has_sets:
        execute(connection, _sql("keep_last_sets"))


def _lines(links: Sequence[NumberedLink]) -> Iterator[str]:
    for number, record, first, row in links:
        target = NULL if row.target is None else first + row.target
        yield f"{number}\t{record}\t{first + row.owner}\t{target}\t{row.columns}\n"


def _stage_field(connection: Connection, one: LinkField, context: MergeContext, merged: MergedLinks) -> dict[str, int]:
    """Fills the staged tables of a field; returns the number of rows of each."""
    staged = {}
    for link_table in one.link_tables:
        staged[link_table] = execute(connection, _sql("stage_links", link_table=link_table), {"link_table": link_table})
    if one.is_set:
        for table in one.tables:
            statement = _sql("end_sets", link_table=table.name)
            staged[table.name] += execute(connection, statement, {"field": one.number})
    if one.has_members:
        counters = settle_members(connection, one.tables, context)
        add_counters(merged.counters.setdefault(one.tables[0].name, {}), counters)
    return staged


def _merge_field(
    connection: Connection,
    one: LinkField,
    staged: Mapping[str, int],
    waiting: Collection[str],
    context: MergeContext,
    merged: MergedLinks,
) -> None:
    """Merges what is staged (by table; empty: nothing is), and serves what waits."""
    unknown = staged.get(one.link_tables[-1], 0) if one.has_members else 0
    for table in one.tables:
        if staged or table.name in waiting:
            chunk = Chunk(staged.get(table.name, 0) + unknown)
            counters = merge_links(connection, table, chunk, context)
            add_counters(merged.counters.setdefault(table.name, {}), counters)
            merged.served.append((table.bo.code, table.field.code, table.member.code))
            if one.has_members and table is one.tables[0]:
                merged.served.append((table.bo.code, table.field.code, ""))


def _report(
    connection: Connection,
    row_of: Callable[[int], tuple[LinkRow, ObjectRow]] | None,
    tables: Sequence[LinkTable],
    merged: MergedLinks,
) -> None:
    by_name = {table.name: table for table in tables}
    merged.rejected += [row.id for row in fetch_all(connection, _sql("rejected_rows"))]
    errors = fetch_all(connection, _sql("link_errors"))
    for error in errors:
        fault = Fault(
            error.code, field=error.column_name, value=error.value, external_id=error.in_id, severity=error.severity
        )
        if row_of and error.row_id is not None:
            row, owner = row_of(error.row_id)
            fault = replace(fault, path=row.path, bo=owner.shape.code, field=row.link.code)
            merged.faults.append((error.row_id, fault))
            continue
        if table := by_name.get(error.in_table):
            fault = replace(fault, bo=table.bo.code, field=table.field.code)
        merged.waited.append((message_of(error.origin), fault))
