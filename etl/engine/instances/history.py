"""All that was changed in one instance: when, by which source, unit and row, and what the values were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from etl.database import Connection, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.instances.finding import (
    LinkField,
    Row,
    find_object,
    find_stored,
    link_fields,
    read,
)
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.quoting import fold, shown

# Characters of a value; a text may have megabytes.
_WIDTH = 1_000
# Of a field by which more instances than this lead to one, the history is that of those instances.
_MOST_OWNERS = 1_000
_STATE = "_state"


@dataclass(frozen=True)
class ValueChange:
    """What a change did to one field; texts are cut at 1,000 characters, `_state` is the state of the instance."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class End:
    """The other instance of a link; `bo` and `in_id` are None where it is no longer known which it is."""

    id: str
    bo: str | None = None
    in_id: str | None = None


@dataclass(frozen=True)
class Change:
    """One change. `n` is its place in the journal, `at` the start of its unit. `unit`, `source`, `unit_kind` and
    `origin` say what made it: the row, record or pair of ids, as docs/store.md has it. `values`: of fields; `field`
    and `end`: of a link, `is_incoming` where it leads to this instance. `undone_by`: the unit that reverted the unit;
    `undoes`: the unit that this one reverted."""

    n: int
    unit: int | None
    source: str | None
    unit_kind: str | None
    at: datetime | None
    change: str
    field: str | None
    end: End | None
    is_incoming: bool
    origin: str | None
    values: tuple[ValueChange, ...]
    undone_by: int | None
    undoes: int | None


@dataclass(frozen=True)
class History:
    """The changes of an instance, the last first. `next_n`: where the next page begins. `kept_since`: what was changed
    before may be deleted; `is_complete`: the creation of this instance is still there. `kept_days`: for how long
    changes are kept at least. `left_out`: fields by which too many instances lead here."""

    bo: str
    instance: Row
    changes: tuple[Change, ...]
    next_n: int | None
    kept_days: int
    kept_since: datetime | None
    is_complete: bool
    left_out: tuple[str, ...]


def history(
    runtime: Runtime, table: str, named: str, *, field: str | None = None, limit: int, after: int | None = None
) -> History:
    """The changes of the instance that `named` means (see `explain`), or those of one field of it, at most `limit`;
    `after` is the `next_n` of the page before. Raises ConfigurationError for an unknown object, field or instance."""
    bo = find_object(runtime.company, table)
    chosen = _field(bo, field) if field else None
    # Statistics may be older than the journal's newest millions.
    with read_only_transaction(runtime.store_engine, enable_seqscan="off") as connection:
        instance = find_stored(connection, runtime, bo, named)
        if instance is None:
            raise ConfigurationError(
                f"{bo.code} has no instance {shown(named)}: `etl explain` says what has become of its row"
            )
        incoming, left_out = _incoming(connection, runtime, bo, instance["id"]) if chosen is None else ([], ())
        rows = _changes(connection, runtime, bo, instance["id"], incoming, chosen, limit + 1, after)
        ends = _ends(connection, runtime, bo, rows)
        [reach] = read(
            connection,
            "history_reach",
            {"bo": bo.code, "instance": instance["id"]},
            store_schema=runtime.store.schema,
        )
    columns = {fold(one.code): one.code for one in bo.stored_fields}
    targets = {one.code: only[0].code for one in bo.links if len(only := runtime.company.targets(one)) == 1}
    return History(
        bo=bo.code,
        instance=instance,
        changes=tuple(_change(row, columns, ends, targets) for row in rows[:limit]),
        next_n=rows[limit - 1]["n"] if len(rows) > limit else None,
        kept_days=runtime.settings.in_migration.kept_days,
        left_out=left_out,
        **reach,
    )


def _field(bo: BusinessObject, name: str) -> Field:
    known = {fold(one.code): one for one in (*bo.stored_fields, *bo.links)}
    if fold(name) not in known:
        raise ConfigurationError(f"{bo.code} has no field {shown(name)}: it has {', '.join(known)}")
    return known[fold(name)]


def _incoming(
    connection: Connection, runtime: Runtime, bo: BusinessObject, instance: str
) -> tuple[list[LinkField], tuple[str, ...]]:
    """The fields by which others lead to the instance, and those of them by which too many do."""
    schema = runtime.store.schema
    found = [one for one in link_fields(runtime.company, bo) if one.is_target]
    there = relations(connection, schema, [one.store_table for one in found])
    followed: list[LinkField] = []
    left_out: list[LinkField] = []
    values = {"instance": instance, "most_owners": _MOST_OWNERS}
    for one in found:
        if fold(one.store_table) in there:
            [links] = read(connection, "incoming_links", values, store_schema=schema, table=one.store_table)
            (left_out if links["is_over"] else followed).append(one)
    return followed, tuple(f"{one.bo}.{one.field}" for one in left_out)


def _changes(
    connection: Connection,
    runtime: Runtime,
    bo: BusinessObject,
    instance: str,
    incoming: Sequence[LinkField],
    chosen: Field | None,
    limit: int,
    after: int | None,
) -> tuple[Row, ...]:
    is_link = chosen is not None and chosen in bo.links
    values: Row = {
        "bo": bo.code,
        "instance": instance,
        "columns": [*(fold(one.code) for one in bo.stored_fields), _STATE],
        "width": _WIDTH,
        "most_owners": _MOST_OWNERS,
        "column": fold(chosen.code) if chosen else None,
        "field": chosen.code if chosen else None,
        "after": after,
        "limit": limit,
    }
    for number, link in enumerate(incoming):
        values |= {f"bo_{number}": link.bo, f"field_{number}": link.field}
    variables = {
        "store_schema": runtime.store.schema,
        "golden": names.store_table(bo.code),
        "incoming": incoming,
        "column": chosen is not None and not is_link,
        "field": is_link,
    }
    return read(connection, "history", values, **variables)


def _ends(connection: Connection, runtime: Runtime, bo: BusinessObject, rows: Iterable[Row]) -> dict[str, End]:
    """Id of the other instance of each link -> what is known of it."""
    ids = {_other(row) for row in rows if row["field"]}
    codes = {row["bo"] for row in rows if row["is_incoming"]}
    codes |= {one.code for field in bo.links for one in runtime.company.targets(field)}
    schema = runtime.store.schema
    tables = {code: names.store_table(code) for code in sorted(codes)}
    there = relations(connection, schema, list(tables.values())) if ids else {}
    known = [{"code": code, "table": table} for code, table in tables.items() if fold(table) in there]
    if not known:
        return {}
    values: Row = {"ids": sorted(ids)} | {f"bo_{number}": one["code"] for number, one in enumerate(known)}
    found = read(connection, "ends", values, store_schema=schema, objects=known)
    return {one["id"]: End(one["id"], one["bo"], one["in_id"]) for one in found}


def _other(row: Row) -> str:
    return str(row["instance"] if row["is_incoming"] else row["target"])


def _change(row: Row, columns: dict[str, str], ends: dict[str, End], targets: dict[str, str]) -> Change:
    """`targets`: field -> the object of its links, where it is always the same."""
    values = (ValueChange(columns.get(key, key), before, after) for key, before, after in row["values"] or ())
    end = None
    if row["field"]:
        end = ends.get(_other(row), End(_other(row)))
        if end.bo is None:
            target = row["target_bo"] or targets.get(row["field"])
            end = replace(end, bo=row["bo"] if row["is_incoming"] else target)
    plain = {name: row[name] for name in Change.__dataclass_fields__ if name in row}
    return Change(
        **plain
        | {
            "values": tuple(values),
            "end": end,
            "field": f"{row['bo']}.{row['field']}" if row["is_incoming"] else row["field"],
        }
    )
