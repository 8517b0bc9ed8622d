"""What is known of one object of a partner: its row, its errors, its instance, what waits, and what readers see."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from etl.database import Connection, part_states, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.instances.finding import (
    LinkField,
    Row,
    find_instance,
    find_object,
    has_golden_table,
    link_fields,
    read,
)
from etl.engine.preparation import has_out_versions
from etl.engine.runtime import Runtime
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.instance_state import STATE
from etl.outputs import versions
from etl.quoting import fold
from etl.store import STORE, Pins

# Rows and errors have the id that was asked for.
_BY_IN_ID = ("_in_id", "alias")


@dataclass(frozen=True)
class Explanation:
    """All that is known of an id. `rows`: of the in_ table, the newest first; `errors`: the newest ones;
    `waiting`: links and fields that wait, with both ends and which of them are missing; `is_waited_for`: this object
    is; `pins`: fields that a person has pinned; `owners`: the source that wrote a field last, its unit, and of when it
    is, where the metadata name `sources` or `sourceTime`, and with the latter also of the state, as field `_state`;
    `out`: schema of each out_ version -> when its row was written last, None where it has no such row."""

    bo: str
    in_id: str
    rows: tuple[Row, ...]
    errors: tuple[Row, ...]
    instance: Row | None
    waiting: tuple[Row, ...]
    pins: tuple[Row, ...]
    owners: tuple[Row, ...]
    out: dict[str, object]


def explain(runtime: Runtime, table: str, named: str) -> Explanation:
    """What has become of what a partner calls `named`, or of the instance that has this id in the store, or this value
    in a unique field; `table`: an in_ table, or the code of a business object. Reads by indexes, except the in_ table
    where it has none on in_id. Raises ConfigurationError for an unknown table.
    """
    found = find_object(runtime.company, table)
    in_id, instance, waiting, pins, owners = _of_store(runtime, found, named)
    rows, errors = _of_import(runtime, found, in_id)
    out = dict(_of_out(runtime, found, instance["id"])) if instance else {}
    return Explanation(found.code, in_id, rows, errors, instance, waiting, pins, owners, out)


def explain_rows(runtime: Runtime, table: str, in_id: str) -> Explanation:
    """The same by in_ tables and errors alone: all that a partner's role may read."""
    found = find_object(runtime.company, table)
    rows, errors = _of_import(runtime, found, in_id)
    return Explanation(found.code, in_id, rows, errors, None, (), (), (), {})


def _of_import(runtime: Runtime, found: BusinessObject, in_id: str) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    table = names.in_table(found.code)
    values = {"in_table": table, "in_id": in_id}
    variables = {"in_schema": runtime.in_schema, "table": table}
    with read_only_transaction(runtime.engine) as connection:
        there = relations(connection, runtime.in_schema, [table, "err"])
        rows = read(connection, "explain_rows", values, **variables) if fold(table) in there else ()
        errors = read(connection, "explain_errors", values, **variables) if "err" in there else ()
    return rows, errors


def _of_store(
    runtime: Runtime, found: BusinessObject, named: str
) -> tuple[str, Row | None, tuple[Row, ...], tuple[Row, ...], tuple[Row, ...]]:
    """The external id that is meant, the instance, what waits, what is pinned, and which sources wrote fields."""
    with read_only_transaction(runtime.store_engine) as connection:
        if not has_golden_table(connection, runtime, found):
            return named, None, (), (), ()
        instance = find_instance(connection, runtime.store.schema, found, named)
        is_renamed = instance and instance["in_id"] and instance["found_by"] not in _BY_IN_ID
        in_id = str(instance["in_id"]) if instance and is_renamed else named
        links = _known_links(connection, runtime, found)
        values: Row = {"bo": found.code, "in_id": in_id, "instance": instance["id"] if instance else ""}
        for number, link in enumerate(links):
            values |= {f"bo_{number}": link.bo, f"field_{number}": link.field}
            values[f"targets_{number}"] = [target.code for target in link.targets]
        return (
            in_id,
            instance,
            read(connection, "explain_waiting", values, links=links, store_schema=runtime.store.schema),
            tuple(_pins(connection, runtime, found, instance["id"])) if instance else (),
            tuple(_owners(connection, runtime, found, instance["id"])) if instance else (),
        )


def _known_links(connection: Connection, runtime: Runtime, found: BusinessObject) -> list[LinkField]:
    """Those of owners, and with those targets, that have golden tables already."""
    links = list(link_fields(runtime.company, found))
    golden = {link.golden for link in links} | {one.golden for link in links for one in link.targets}
    there = relations(connection, runtime.store.schema, golden)
    return [
        replace(link, targets=tuple(one for one in link.targets if fold(one.golden) in there))
        for link in links
        if fold(link.golden) in there
    ]


def _pins(connection: Connection, runtime: Runtime, found: BusinessObject, instance: str) -> Iterator[Row]:
    codes = {fold(one.code): one.code for one in found.stored_fields}
    for one in Pins(runtime.store.schema).all(connection, bo=found.code, instance=instance):
        yield {
            "field": codes.get(one.field, one.field),
            "value": one.value,
            "before": one.source_value,
            "reason": one.reason,
            "pinned_by": one.pinned_by,
            "pinned_at": one.pinned_at,
            "until_changed": one.until_changed,
            "unit": one.unit,
        }


def _owners(connection: Connection, runtime: Runtime, found: BusinessObject, instance: str) -> Iterator[Row]:
    noted = [one for one in found.loaded_fields if found.is_owned(one) and (found.sources_of(one) or found.time_field)]
    codes = {fold(one.code): one.code for one in noted} | ({STATE: STATE} if found.time_field else {})
    [state] = part_states(connection, runtime.store.schema, [STORE])
    if codes and state.has("field_owner"):
        values: Row = {"bo": found.code, "instance": instance, "fields": list(codes)}
        variables = {"store_schema": runtime.store.schema, "has_times": state.has("source_time")}
        for row in read(connection, "explain_owners", values, **variables):
            yield row | {"field": codes[row["field"]]}


def _of_out(runtime: Runtime, found: BusinessObject, instance: str) -> Iterator[tuple[str, object]]:
    table = names.out_table(found.code)
    with read_only_transaction(runtime.out_engine) as connection:
        if not has_out_versions(connection, runtime):
            return
        for version in versions.known_versions(connection, runtime.store.schema):
            if relations(connection, version.schema, [table]):
                rows = read(connection, "explain_out", {"instance": instance}, out_schema=version.schema, table=table)
                yield version.schema, rows[0]["updated_at"] if rows else None
