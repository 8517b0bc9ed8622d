"""Faults that a careless change might bring into the engine, each injected in the runner's process at its start."""

import importlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.crash.scenarios import clock_ahead
from tests.statements import check_statements_exist

Change = Callable[[str], str]


def _rewrite(**changes: Change) -> None:
    from etl.database import SqlTemplates

    check_statements_exist(changes)
    render = SqlTemplates.text

    def text(self: SqlTemplates, name: str, /, **names: object) -> str:
        sql = render(self, name, **names)
        return changes[name](sql) if name in changes else sql

    SqlTemplates.text = text  # type: ignore[method-assign]


def no_fence() -> None:
    _rewrite(
        hold_fence=lambda sql: re.sub(r"where fence = .*", "", sql, flags=re.DOTALL),
        hold_store_fence=lambda sql: re.sub(r"where source = .*", "where source = :source", sql, flags=re.DOTALL),
        mark_done=lambda sql: re.sub(r"where id = :id and.*", "where id = :id", sql),
        take=lambda sql: re.sub(r"and exists \(.*?= :fence\)", "", sql),
        state_of_run=lambda sql: sql.replace("and fence = :fence", ""),
    )


def effect_and_state_apart() -> None:
    from etl.database import transaction
    from etl.runs import TaskQueue

    performing: Any = importlib.import_module("etl.runs.perform")
    one_transaction, mark_done = performing._transaction, TaskQueue.mark_done
    marks: list[Any] = []

    @contextmanager
    def effect_first(queue: TaskQueue, *arguments: Any, **settings: str) -> Iterator[Any]:
        with one_transaction(queue, *arguments, **settings) as opened:
            yield opened
        with transaction(queue.engine) as connection:
            mark_done(queue, connection, *marks.pop())

    performing._transaction = effect_first
    TaskQueue.mark_done = lambda queue, _, *mark: marks.append(mark)  # type: ignore[method-assign]


def position_by_number() -> None:
    begun_since = re.compile(r"(\w+)\.written_by >= pg_snapshot_xmax\(cast\(:position as pg_snapshot\)\)")
    under_way = re.compile(r"\w+\.written_by = any\(cast\(string_to_array\(split_part\(:position.*\) as xid8\[\]\)\)")

    def by_number(sql: str) -> str:
        last = (
            "(select coalesce(max(k.n), 0) from store_demo.journal k "
            "where pg_visible_in_snapshot(k.written_by, cast(:position as pg_snapshot)))"
        )
        return under_way.sub("false", begun_since.sub(rf"\1.n > {last}", sql))

    names = (
        "any_change",
        "changed_kinds",
        "upsert_instances",
        "delete_instances",
        "insert_links",
        "delete_links",
    )
    _rewrite(**dict.fromkeys(names, by_number))


def heartbeat_on_the_work_connection() -> None:
    wiring: Any = importlib.import_module("etl.engine.wiring")
    opened = wiring.open_engine

    def one_connection(access: Any, name: str = "etl", **_: Any) -> Any:
        engine = opened(access, name, pool_size=1)
        engine.pool._max_overflow = 0
        return engine

    wiring.open_engine = one_connection


def backends_are_left() -> None:
    from etl.sources.in_tables.handshake import Handshake

    Handshake.end_backends = lambda self, running: None  # type: ignore[method-assign]


def attempts_are_not_counted() -> None:
    _rewrite(take=lambda sql: sql.replace("attempts = attempts + 1", "attempts = 1"))


def marker_is_fixed_first() -> None:
    from etl.engine.handlers import TaskHandlers
    from etl.runs import Kind, Task

    handler = TaskHandlers.handler

    def fix_first(self: TaskHandlers, task: Task, slices: Any = ()) -> Any:
        def fix_and_perform(connections: Any, task: Task) -> Any:
            self.runtime.handshake.finish_marker(connections.imported, self.lease)
            return handler(self, task, slices)(connections, task)

        return fix_and_perform if task.kind is Kind.BEGIN else handler(self, task, slices)

    TaskHandlers.handler = fix_first  # type: ignore[method-assign]


def lease_by_the_clients_clock() -> None:
    from etl.sources.in_tables.handshake import Running

    clock_ahead()
    read = Running.from_row

    def from_row(row: Any) -> Running:
        seen = read(row)
        from dataclasses import replace

        return replace(seen, beat_age=seen.beat_age and time.time() - seen.beat_age)

    Running.from_row = from_row  # type: ignore[method-assign]
    _rewrite(read_run=lambda sql: sql.replace("clock_timestamp() - heartbeat_at", "heartbeat_at"))


def claim_skips_what_is_locked() -> None:
    def skip(sql: str) -> str:
        table = re.search(r"update (\S+)", sql)
        assert table
        return f"{sql} and ctid = any(array(select ctid from {table[1]} for update skip locked))"

    _rewrite(claim_rows=skip)


def begun_tasks_are_not_inherited() -> None:
    _rewrite(inherit=lambda sql: sql.replace("where run", "where false and run"))


def done_tasks_are_inherited() -> None:
    _rewrite(inherit=lambda sql: sql.replace("and state = 'running'", ""))


def retries_without_a_check() -> None:
    from etl.runs import TaskQueue

    TaskQueue.done_counters = lambda self, taken: None  # type: ignore[method-assign]


def a_lost_answer_means_done() -> None:
    from etl.runs import TaskQueue

    TaskQueue.done_counters = lambda self, taken: {}  # type: ignore[method-assign]


def a_lease_won_without_an_answer_is_forgotten() -> None:
    from etl.sources.in_tables.handshake import Handshake

    Handshake._acquired_without_answer = lambda self, decision: None  # type: ignore[method-assign]


def slow_winners(seconds: int = 2, **changes: Change) -> None:
    """They lie between the last read and the write, and all others may come meanwhile."""
    _rewrite(highest_run=lambda sql: f"{sql.rstrip()}, pg_sleep({seconds})", **changes)


def contenders_do_not_queue() -> None:
    raised = r"update \S+ set fence = fence \+ 1 returning fence"
    slow_winners(
        seconds=4,
        lock_fence=lambda sql: sql.replace("for update", ""),
        raise_fence=lambda sql: re.sub(raised, "select 1 as fence", sql),
    )


def frozen_contenders_hold_their_locks() -> None:
    handshake = "etl.sources.in_tables.handshake"
    for name in ("etl.engine.preparation", f"{handshake}.acquire", f"{handshake}.other_runners"):
        module: Any = importlib.import_module(name)
        module.BRIEF = {}


def broken_off_runs_keep_their_lease() -> None:
    import etl.engine.run as cycle

    cycle._give_up = lambda handshake, lease: None
