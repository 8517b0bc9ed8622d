"""What is known of one object of a partner: its row, its errors, its instance, what waits, and what readers see."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.preparation import has_out_versions, has_store, is_prepared
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.outputs import versions
from etl.quoting import fold

_sql = SqlTemplates(__package__)

Row = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """All that is known of an external id. `rows`: of the in_ table, the newest first; `errors`: the newest ones;
    `waiting`: links and fields that wait, `is_waited_for` those of others; `out`: schema of each out_ version -> when
    its row was written last, None where it has no such row."""

    bo: str
    in_id: str
    rows: tuple[Row, ...]
    errors: tuple[Row, ...]
    instance: Row | None
    waiting: tuple[Row, ...]
    out: dict[str, object]


@dataclass(frozen=True)
class _LinkField:
    bo: str
    field: str
    is_target: bool


def explain(runtime: Runtime, table: str, in_id: str) -> Explanation:
    """What has become of what a partner calls `in_id`; `table`: an in_ table, or the code of a business object. Reads
    by indexes, except the in_ table where it has none on in_id. Raises ConfigurationError for an unknown table.
    """
    found = _object(runtime, table)
    rows, errors = _of_import(runtime, found, in_id)
    instance, waiting = _of_store(runtime, found, in_id)
    out = dict(_of_out(runtime, found, instance["id"])) if instance else {}
    return Explanation(found.code, in_id, rows, errors, instance, waiting, out)


def _object(runtime: Runtime, table: str) -> BusinessObject:
    known = {fold(name): one for one in runtime.company.objects for name in (one.code, names.in_table(one.code))}
    if fold(table) in known and known[fold(table)].carries_data:
        return known[fold(table)]
    near = get_close_matches(table, [names.in_table(one.code) for one in runtime.company.objects], n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    raise ConfigurationError(f"{table} is no table of a business object{meant}")


def _of_import(runtime: Runtime, found: BusinessObject, in_id: str) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    table = names.in_table(found.code)
    values = {"in_table": table, "in_id": in_id}
    variables = {"in_schema": runtime.in_schema, "table": table}
    with read_only_transaction(runtime.engine) as connection:
        is_there = found.has_in_table and bool(relations(connection, runtime.in_schema, [table]))
        rows = _rows(connection, "explain_rows", values, **variables) if is_there else ()
        errors = _rows(connection, "explain_errors", values, **variables) if is_prepared(connection, runtime) else ()
    return rows, errors


def _of_store(runtime: Runtime, found: BusinessObject, in_id: str) -> tuple[Row | None, tuple[Row, ...]]:
    with read_only_transaction(runtime.store_engine) as connection:
        golden = names.store_table(found.code)
        schema = runtime.store.schema
        if not (has_store(connection, runtime) and relations(connection, schema, [golden])):
            return None, ()
        variables = {"store_schema": schema, "golden": golden}
        values: Row = {"bo": found.code, "in_id": in_id}
        instances = _rows(connection, "explain_instance", values, **variables)
        instance = instances[0] if instances else None
        links = list(_links_of(runtime, found))
        values["instance"] = instance["id"] if instance else ""
        for number, link in enumerate(links):
            values |= {f"bo_{number}": link.bo, f"field_{number}": link.field}
        return instance, _rows(connection, "explain_waiting", values, links=links, **variables)


def _links_of(runtime: Runtime, found: BusinessObject) -> Iterator[_LinkField]:
    """The link fields of the object, and those that may lead to it."""
    for one in runtime.company.objects:
        for field in one.links:
            if one is found:
                yield _LinkField(one.code, field.code, is_target=False)
            if found in runtime.company.targets(field):
                yield _LinkField(one.code, field.code, is_target=True)


def _of_out(runtime: Runtime, found: BusinessObject, instance: str) -> Iterator[tuple[str, object]]:
    table = names.out_table(found.code)
    with read_only_transaction(runtime.out_engine) as connection:
        if not has_out_versions(connection, runtime):
            return
        for version in versions.known_versions(connection, runtime.store.schema):
            if relations(connection, version.schema, [table]):
                rows = _rows(connection, "explain_out", {"instance": instance}, out_schema=version.schema, table=table)
                yield version.schema, rows[0]["updated_at"] if rows else None


def _rows(connection: Connection, statement: str, values: Row, **variables: object) -> tuple[Row, ...]:
    return tuple(dict(row._mapping) for row in fetch_all(connection, _sql(statement, **variables), values))
