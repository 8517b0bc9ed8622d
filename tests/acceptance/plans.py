"""The plans of the statements of a run, asked for right before each is executed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy

_COMMENTS = re.compile(r"\s*(--[^\n]*\n|/\*.*?\*/)\s*", re.DOTALL)
_EXPLAINED = (
    "select",
    "with",
    "insert",
    "update",
    "delete",
    "create temporary table stage",
    "create temporary table remaining",
)


@dataclass(frozen=True)
class Scan:
    """How a statement reads a table: what the index is asked, and the nodes of the plan above, the nearest first."""

    statement: str
    table: str
    kind: str
    asked: str
    above: tuple[str, ...]


@contextmanager
def watched_plans() -> Iterator[list[Scan]]:
    """Collects the scans of all statements of this process."""
    scans: list[Scan] = []

    def explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        text = _COMMENTS.sub(" ", statement).strip()
        if text.startswith(_EXPLAINED):
            with cursor.connection.cursor() as asking:
                [[[plan]]] = asking.execute(f"explain (format json) {statement}", parameters).fetchall()
            scans.extend(_scans(" ".join(text.split())[:100], plan["Plan"], ()))

    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", explain)
    try:
        yield scans
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", explain)


def _scans(statement: str, node: dict[str, Any], above: tuple[str, ...]) -> Iterator[Scan]:
    kind = node["Node Type"]
    if "Relation Name" in node and kind != "ModifyTable":
        yield Scan(statement, node["Relation Name"], kind, node.get("Index Cond", ""), above)
    for part in node.get("Plans", ()):
        yield from _scans(statement, part, (kind, *above))
