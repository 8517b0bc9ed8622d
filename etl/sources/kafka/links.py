"""Merges the links of a batch, after all of its objects: links, those that wait, and those whose ends have come."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from etl.database import Connection, SqlTemplates, copy_values, execute, fetch_all
from etl.merge import MergeContext
from etl.merge.links import (
    create_staged_links,
    lock_links,
    merge_links,
    settle_members,
    tables_to_serve,
)
from etl.metadata import Company
from etl.metadata.company import LinkTable
from etl.metadata.field import LinkMode
from etl.runs import Chunk, Counters, add_counters
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.places import link_fields, places_of
from etl.sources.kafka.tree import LinkRow

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class LinkField:
    """A BO or CO field with the link tables of all its members. `number` names it among those of the company."""

    number: int
    tables: tuple[LinkTable, ...]

    @property
    def is_set(self) -> bool:
        """Whether the links of a record are all that its owner has."""
        return self.tables[0].field.link_mode is LinkMode.REPLACE

    @property
    def has_members(self) -> bool:
        """Whether it leads to several objects, and a link need not say to which."""
        return len(self.tables) > 1

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The staged tables of its links."""
        return places_of(self.tables)

    def place(self, member: str) -> str:
        """The staged table for links to a member, or to any one."""
        return self._by_member.get(member, self.places[-1])

    @cached_property
    def _by_member(self) -> dict[str, str]:
        return {one.member.code: one.name for one in self.tables}


class LinkFields:
    """The link fields of a company, by the codes of object and field."""

    def __init__(self, company: Company) -> None:
        found = link_fields(company)
        self.fields = {key: LinkField(number, tables) for number, (key, tables) in enumerate(found.items())}

    def near(self, changed: Collection[str]) -> list[LinkTable]:
        """The link tables whose ends are instances of these objects."""
        return [
            table
            for one in self.fields.values()
            for table in one.tables
            if table.bo.code in changed or any(member.code in changed for member in table.members)
        ]

    @cached_property
    def tables(self) -> list[LinkTable]:
        """All link tables."""
        return [table for one in self.fields.values() for table in one.tables]


NumberedLink = tuple[int, int, int, LinkRow, str, str]
"""A link of a batch: its number, which orders them, the number of its record, that of the record's first object, the
link, the code of its owner's object, and how the journal names its message."""


@dataclass
class MergedLinks:
    """What became of links: counters by link table, the numbers of those that are refused, what is to be said (with the
    number of the link, None for one that waited), and which link tables were looked through for waiting ones."""

    counters: dict[str, Counters] = field(default_factory=dict)
    rejected: list[int] = field(default_factory=list)
    faults: list[tuple[int | None, Fault]] = field(default_factory=list)
    served: list[tuple[str, str, str]] = field(default_factory=list)


def merge_batch_links(
    connection: Connection,
    links: Sequence[NumberedLink],
    fields: LinkFields,
    near: Iterable[LinkTable],
    context: MergeContext,
) -> MergedLinks:
    """Merges links, and serves those that wait in the link tables `near` what has arrived."""
    given = {fields.fields[key].number for key in {(bo, row.link.code) for _, _, _, row, bo, _ in links}}
    waiting = tables_to_serve(connection, near, context.store_schema)
    chosen = [
        one
        for one in fields.fields.values()
        if one.number in given or any(table.name in waiting for table in one.tables)
    ]
    merged = MergedLinks()
    if not chosen:
        return merged
    places = [place for one in chosen for place in one.places]
    tables = [table for one in chosen for table in one.tables if one.number in given or table.name in waiting]
    lock_links(connection, tables, context)
    create_staged_links(connection, places)
    if links:
        _copy(connection, links, fields)
    for one in chosen:
        _merge_field(connection, one, one.number in given, waiting, context, merged)
    _report(connection, links, tables, merged)
    execute(connection, _sql("drop_link_stages", tables=places))
    return merged


def _copy(connection: Connection, links: Sequence[NumberedLink], fields: LinkFields) -> None:
    execute(connection, _sql("create_links"))
    copy_values(connection, _sql("copy_links"), _rows(links, fields))
    execute(connection, _sql("analyze_links"))
    if any(row.link.is_set for _, _, _, row, _, _ in links):
        execute(connection, _sql("keep_last_sets"))


def _rows(links: Sequence[NumberedLink], fields: LinkFields) -> Iterator[Sequence[object]]:
    known = fields.fields
    for number, record, first, row, bo, origin in links:
        of_field = known[bo, row.link.code]
        yield (
            number,
            record,
            of_field.number,
            of_field.place(row.member),
            first + row.owner,
            None if row.target is None else first + row.target,
            row.target_id,
            row.target_field if row.value is not None else None,
            row.value,
            row.unlink,
            row.link.is_set,
            row.is_end,
            origin,
        )


def _merge_field(
    connection: Connection,
    one: LinkField,
    is_given: bool,
    waiting: Collection[str],
    context: MergeContext,
    merged: MergedLinks,
) -> None:
    staged = dict.fromkeys(one.places, 0)
    if is_given:
        for place in one.places:
            staged[place] = execute(connection, _sql("stage_links", place=place), {"place": place})
        if one.is_set:
            for table in one.tables:
                statement = _sql("end_sets", place=table.name)
                staged[table.name] += execute(connection, statement, {"field": one.number})
        if one.has_members:
            counters = settle_members(connection, one.tables, context)
            add_counters(merged.counters.setdefault(one.tables[0].name, {}), counters)
    unknown = staged[one.places[-1]] if one.has_members else 0
    for table in one.tables:
        if is_given or table.name in waiting:
            counters = merge_links(connection, table, Chunk(staged[table.name] + unknown), context)
            add_counters(merged.counters.setdefault(table.name, {}), counters)
            merged.served.append((table.bo.code, table.field.code, table.member.code))
            if one.has_members and table is one.tables[0]:
                merged.served.append((table.bo.code, table.field.code, ""))


def _report(
    connection: Connection, links: Sequence[NumberedLink], tables: Sequence[LinkTable], merged: MergedLinks
) -> None:
    by_name = {table.name: table for table in tables}
    merged.rejected += [row.id for row in fetch_all(connection, _sql("rejected_rows"))]
    errors = fetch_all(connection, _sql("link_errors"))
    by_number = {number: (row, bo) for number, _, _, row, bo, _ in links} if errors else {}
    for error in errors:
        fault = Fault(error.code, field=error.column_name, value=error.value, external_id=error.in_id)
        table = by_name.get(error.in_table)
        if found := by_number.get(error.row_id):
            row, bo = found
            fault = replace(fault, path=row.path, bo=bo, field=row.link.code)
        elif table:
            fault = replace(fault, bo=table.bo.code, field=table.field.code)
        merged.faults.append((error.row_id, replace(fault, severity=error.severity)))
