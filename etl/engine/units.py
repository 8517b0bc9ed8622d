"""The units of work of a company's store, for people."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from etl.database import Connection, read_only_transaction
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.store import ListedHour, ListedUnit, list_hours, list_units

Found = TypeVar("Found")


def read_units(runtime: Runtime, *, source: str | None, limit: int) -> list[ListedUnit]:
    """The newest units; none where nothing was ever written."""
    return _read(runtime, partial(list_units, source=source, limit=limit))


def read_hours(runtime: Runtime, *, source: str | None, limit: int) -> list[ListedHour]:
    """The newest hours with batches."""
    return _read(runtime, partial(list_hours, source=source, limit=limit))


def _read(runtime: Runtime, read: Callable[[Connection, str], list[Found]]) -> list[Found]:
    """Raises EnvironmentFault for a store that a newer program has made, ConfigurationError for one to be upgraded."""
    with read_only_transaction(runtime.store_engine) as connection:
        return read(connection, runtime.store.schema) if has_store(connection, runtime) else []
