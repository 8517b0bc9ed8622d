"""The units of work of a company's store, for people."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.engine.preparation import has_store, is_prepared
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.sources.in_tables.errors import ErrorLog
from etl.store import ListedHour, ListedUnit, Span, find_unit, list_hours, list_units

_sql = SqlTemplates(__package__)

Found = TypeVar("Found")
Row = dict[str, Any]


@dataclass(frozen=True)
class UnitDetails:
    """A unit with its tasks, which only runs of in_ tables have and only while they are kept, and its errors by table,
    column and code, the most frequent first."""

    unit: ListedUnit
    tasks: tuple[Row, ...]
    errors: tuple[Row, ...]


def read_unit_alone(runtime: Runtime, number: int) -> ListedUnit:
    """One unit without what must be counted. Raises ConfigurationError where the store does not know the number."""
    with read_only_transaction(runtime.store_engine) as connection:
        return _unit(connection, runtime, number)


def read_unit(runtime: Runtime, number: int, *, with_errors: bool = True) -> UnitDetails:
    """All that is kept of one unit. Raises ConfigurationError where the store does not know the number."""
    schema = runtime.store.schema
    with read_only_transaction(runtime.store_engine) as connection:
        unit = _unit(connection, runtime, number)
        errors = _count_all(connection, number, schema) if with_errors else ()
    with read_only_transaction(runtime.engine) as connection:
        if not is_prepared(connection, runtime):
            return UnitDetails(unit, (), errors)
        tasks = _rows(connection, "tasks_of_unit", number, runtime.in_schema)
        # The store has its copy at the end of a run.
        if with_errors and not errors:
            errors = _count_all(connection, number, runtime.in_schema)
        return UnitDetails(unit, tasks, errors)


def read_unit_errors(runtime: Runtime, number: int) -> tuple[Row, ...]:
    """The errors of a unit, as ErrorLog.counts_of_run counts them: of each table and code a limited number."""
    with read_only_transaction(runtime.store_engine) as connection:
        if has_store(connection, runtime) and (found := _count_some(connection, runtime, number, runtime.store.schema)):
            return found
    with read_only_transaction(runtime.engine) as connection:
        # The store has its copy at the end of a run.
        is_there = is_prepared(connection, runtime)
        return _count_some(connection, runtime, number, runtime.in_schema) if is_there else ()


def _unit(connection: Connection, runtime: Runtime, number: int) -> ListedUnit:
    unit = find_unit(connection, runtime.store.schema, number) if has_store(connection, runtime) else None
    if unit is None:
        raise ConfigurationError(f"there is no unit of work {number}: see `etl runs list`")
    return unit


def _count_all(connection: Connection, run: int, schema: str) -> tuple[Row, ...]:
    return _rows(connection, "errors_by_code", run, schema)


def _count_some(connection: Connection, runtime: Runtime, run: int, schema: str) -> tuple[Row, ...]:
    return tuple(ErrorLog(runtime.company, runtime.in_schema, schema).counts_of_run(connection, run))


def _rows(connection: Connection, statement: str, run: int, schema: str) -> tuple[Row, ...]:
    return tuple(dict(row._mapping) for row in fetch_all(connection, _sql(statement, schema=schema), {"run": run}))


def read_units(
    runtime: Runtime,
    *,
    source: str | None,
    limit: int,
    before: int | None = None,
    within: Span = (None, None),
) -> list[ListedUnit]:
    """The newest units, with `before` those with lower numbers, with `within` those that began then; none where nothing
    was ever written."""
    return _read(runtime, partial(list_units, source=source, limit=limit, before=before, within=within))


def read_hours(runtime: Runtime, *, source: str | None, limit: int) -> list[ListedHour]:
    return _read(runtime, partial(list_hours, source=source, limit=limit))


def _read(runtime: Runtime, read: Callable[[Connection, str], list[Found]]) -> list[Found]:
    """Raises EnvironmentFault for a store that a newer program has made, ConfigurationError for one to be upgraded."""
    with read_only_transaction(runtime.store_engine) as connection:
        return read(connection, runtime.store.schema) if has_store(connection, runtime) else []
