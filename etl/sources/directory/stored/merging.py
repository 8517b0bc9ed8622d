"""Merges the differences of a sync: people in one staged table, then the memberships that begin or end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from etl.database import Connection, SqlTemplates, copy_values, execute
from etl.merge import (
    Matching,
    MergeContext,
    Source,
    analyze_staged_table,
    create_staged_tables,
    drop_staged_tables,
    given_fields,
    read_errors,
    read_results,
)
from etl.merge.links import any_member_table, create_staged_links, lock_links, merge_links, tables_to_serve
from etl.merge.rows import merge_single_fields, touch_migrated
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.runs import Chunk, Counters, add_counters
from etl.sources.directory.people.changes import (
    Change,
    Create,
    Deactivate,
    Join,
    Leave,
    LeaveOut,
    PassLoginOn,
    Reactivate,
    Rename,
)
from etl.sources.directory.people.difference import Plan
from etl.sources.directory.people.values import ACTUAL, EMAIL, REMOVED, STATUS, SyncRules
from etl.sources.directory.stored.projection import DirectoryCompany

_sql = SqlTemplates(__package__)

SOURCE: Final = Source("directory", Matching.IDS, gives_some=True, is_ordered=True, knows_owners=True)
"""Entries name their people by instances, and new ones by their GUIDs: nothing is merged by values."""
_COUNTED: Final = ("created", "changed", "removed", "aliased")


@dataclass
class StagedPerson:
    """The row of one person. `login` is for reports."""

    guid: str
    instance: str
    login: str
    state: str | None = None
    values: dict[str, str | None] = field(default_factory=dict)


@dataclass
class MergedSync:
    """What a sync did: counters by table, GUID -> instance of new people, what the merge refused, and which
    (object, field, target) were looked through for waiting links."""

    counters: dict[str, Counters] = field(default_factory=dict)
    instances: dict[str, str] = field(default_factory=dict)
    refused: list[LeaveOut] = field(default_factory=list)
    served: list[tuple[str, str, str]] = field(default_factory=list)


def merge_sync(
    connection: Connection, plan: Plan, seen: DirectoryCompany, rules: SyncRules, context: MergeContext
) -> MergedSync:
    """Merges the changes of a plan. A person whom the merge refuses is left out, with his memberships if he is new."""
    merged = MergedSync()
    rows = staged_people(plan, rules)
    if rows:
        _merge_people(connection, rows, seen, context, merged)
    people = merged.counters.get(names.in_table(seen.person.code), {})
    moves = plan.of(Join, Leave)
    if moves or any(people.get(name) for name in _COUNTED):
        _merge_links(connection, moves, seen, context, merged)
    return merged


def staged_people(plan: Plan, rules: SyncRules) -> list[StagedPerson]:
    """One row a person, with the fields and the state that change. Pure."""
    rows: dict[str, StagedPerson] = {}
    for one in plan.of(Create, Rename, Change, Deactivate, Reactivate, PassLoginOn):
        instance = "" if isinstance(one, Create) else one.instance
        row = rows.setdefault(instance or one.guid, StagedPerson(one.guid, instance, one.login))
        match one:
            case Create() | Change():
                row.values |= one.values
            case Rename():
                row.values[EMAIL] = one.login
            case PassLoginOn():
                row.values[EMAIL] = one.renamed
            case Deactivate(removes=True):
                row.state = REMOVED
            case Deactivate():
                row.values[STATUS] = rules.status_inactive
            case Reactivate(restores=True):
                row.state = ACTUAL
            case Reactivate():
                row.values[STATUS] = rules.status_active
    return list(rows.values())


def _merge_people(
    connection: Connection,
    rows: Sequence[StagedPerson],
    seen: DirectoryCompany,
    context: MergeContext,
    merged: MergedSync,
) -> None:
    person = seen.person
    table = create_staged_tables(connection, person, context.source)
    copy_values(connection, _sql("copy_people", table=table, fields=seen.fields), _lines(rows, seen))
    analyze_staged_table(connection, person)
    counters = merge_single_fields(connection, person, Chunk(len(rows)), context)
    reasons: dict[int, list[str]] = {}
    for error in read_errors(connection):
        reasons.setdefault(error.row_id, []).append(f"{error.code}: {error.message}")
    for result in read_results(connection):
        row = rows[result.id - 1]
        if result.in_status == "DONE" and result.out_id:
            if not row.instance:
                merged.instances[row.guid] = result.out_id
        else:
            reason = "; ".join(reasons.get(result.id, ["the merge refused it"]))
            merged.refused.append(LeaveOut(row.guid, row.login, reason, row.instance))
    if reasons:
        values = {"unit": context.run}
        execute(connection, _sql("keep_errors", schema=context.store_schema, table=table), values)
    add_counters(counters, touch_migrated(connection, person, context))
    merged.counters[table] = counters
    drop_staged_tables(connection, person)


def _lines(rows: Sequence[StagedPerson], seen: DirectoryCompany) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows, 1):
        given = given_fields(seen.person, row.values)
        values = (row.values.get(code) for code in seen.fields)
        # One who is there is found by the instance, whatever GUID it was made with.
        yield number, None if row.instance else row.guid, row.instance or None, row.state, given, row.guid, *values


def _merge_links(
    connection: Connection,
    moves: Sequence[Join | Leave],
    seen: DirectoryCompany,
    context: MergeContext,
    merged: MergedSync,
) -> None:
    """Merges memberships, and serves the links that wait for people who have arrived."""
    near = seen.links_near(has_moves=bool(moves))
    waiting = tables_to_serve(connection, near, context.store_schema)
    given = list(_moves(moves, merged))
    members = seen.members if given else None
    tables = [one for one in near if one.name in waiting or (members and one.name == members.name)]
    if not tables:
        return
    lock_links(connection, tables, context)
    staged = list(dict.fromkeys(name for one in tables for name in _staged_names(one)))
    create_staged_links(connection, staged)
    if members:
        copy_values(connection, _sql("copy_members", table=members.name), given)
    for table in tables:
        is_given = members is not None and table.name == members.name
        counters = merge_links(connection, table, Chunk(len(given) if is_given else 0), context)
        add_counters(merged.counters.setdefault(table.name, {}), counters)
        merged.served.append((table.bo.code, table.field.code, table.member.code))
        if len(table.members) > 1 and table.member == table.members[0]:
            merged.served.append((table.bo.code, table.field.code, ""))
    execute(connection, _sql("keep_errors", schema=context.store_schema, table=""), {"unit": context.run})
    execute(connection, _sql("drop_links", tables=staged))


def _staged_names(table: LinkTable) -> tuple[str, ...]:
    return (table.name, any_member_table(table)) if len(table.members) > 1 else (table.name,)


def _moves(moves: Sequence[Join | Leave], merged: MergedSync) -> Iterator[Sequence[object]]:
    for number, one in enumerate(moves, 1):
        target = one.instance or merged.instances.get(one.guid)
        if target:
            yield number, one.group, False, target, isinstance(one, Leave), one.guid
