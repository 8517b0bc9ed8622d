"""The two loads: the partner's statements in plain SQL, the result of the run, and what the partner reads."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from etl.database import Connection, SqlTemplates, execute, fetch_all, transaction
from etl.demo.stage import Stage
from etl.engine import Outcome, read_status, run_once

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Statement:
    """One statement of the partner: how many rows it wrote, and what they are."""

    rows: int
    what: str


@dataclass(frozen=True)
class Fault:
    in_table: str
    row_id: int | None
    in_id: str | None
    code: str
    column_name: str | None
    value: str | None
    message: str


@dataclass(frozen=True)
class Load:
    """One load and its run. `waiting`: links whose end has not arrived, by field and target."""

    title: str
    statements: tuple[Statement, ...]
    hand_over: str
    outcome: Outcome
    faults: tuple[Fault, ...]
    waiting: tuple[dict[str, Any], ...]


def loads(stage: Stage) -> Iterator[Load]:
    """The two loads, each performed when it is iterated."""
    with transaction(stage.runtime.engine) as connection:
        statements = _load(connection, stage, "first_load")
        _do(connection, stage, "hand_over_by_clearing")
    yield _run(stage, "First load", statements, "hand_over_by_clearing")
    with transaction(stage.runtime.engine) as connection:
        _do(connection, stage, "begin_loading")
        statements = _load(connection, stage, "second_load")
        _do(connection, stage, "hand_over_by_marker")
    yield _run(stage, "Second load: changes and corrections", statements, "hand_over_by_marker")


def _load(connection: Connection, stage: Stage, name: str) -> tuple[Statement, ...]:
    # The comment above a statement is shown to the user of the demo.
    return tuple(
        Statement(execute(connection, statement), comment(statement.text))
        for statement in _sql.script(name, **stage.schemas)
    )


def _do(connection: Connection, stage: Stage, name: str) -> None:
    execute(connection, _sql(name, **stage.schemas))


def _run(stage: Stage, title: str, statements: tuple[Statement, ...], hand_over: str) -> Load:
    outcome = run_once(stage.runtime)
    in_order = [table.lower() for table in stage.in_tables]
    receipts = sorted(outcome.receipts, key=lambda receipt: in_order.index(receipt.in_table.lower()))
    with transaction(stage.runtime.engine) as connection:
        faults = fetch_all(connection, _sql("errors_of_run", **stage.schemas), {"run": outcome.run})
    return Load(
        title=title,
        statements=statements,
        hand_over=body(_sql.text(hand_over, **stage.schemas)),
        outcome=replace(outcome, receipts=tuple(receipts)),
        faults=tuple(Fault(**row._mapping) for row in faults),
        waiting=read_status(stage.runtime).waiting,
    )


def comment(sql: str) -> str:
    """The sentence above a statement."""
    return sql.strip().splitlines()[0].removeprefix("--").strip()


def body(sql: str) -> str:
    """The statement without the sentence above it."""
    return "\n".join(sql.strip().splitlines()[1:])
