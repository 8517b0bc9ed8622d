"""Reads the out_ tables with the SQL that a reader would write."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etl.database import SqlTemplates, fetch_all, transaction
from etl.demo.stage import Stage
from etl.demo.steps import body, comment

_sql = SqlTemplates(__package__)

_QUERIES = ("show_people", "show_links", "show_claims")


@dataclass(frozen=True)
class Shown:
    what: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def show_tables(stage: Stage) -> Iterator[Shown]:
    with transaction(stage.runtime.engine) as connection:
        for name in _QUERIES:
            text = _sql.text(name, **stage.schemas)
            rows = fetch_all(connection, _sql(name, **stage.schemas))
            columns = tuple(rows[0]._fields) if rows else ()
            yield Shown(comment(text), body(text), columns, tuple(tuple(row) for row in rows))
