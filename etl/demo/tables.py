"""Reads the out_ tables with the SQL that a reader would write."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etl.database import SqlTemplates, fetch_all, transaction
from etl.demo.stage import Stage
from etl.demo.steps import body, comment

_sql = SqlTemplates(__package__)

_LOOKS = ("look_people", "look_links", "look_claims")


@dataclass(frozen=True)
class Look:
    """A query, its description, and its result."""

    what: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def look(stage: Stage) -> Iterator[Look]:
    """A few rows of the out_ version, query by query."""
    with transaction(stage.runtime.engine) as connection:
        for name in _LOOKS:
            text = _sql.text(name, **stage.schemas)
            rows = fetch_all(connection, _sql(name, **stage.schemas))
            columns = tuple(rows[0]._fields) if rows else ()
            yield Look(comment(text), body(text), columns, tuple(tuple(row) for row in rows))
