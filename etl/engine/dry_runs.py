"""A run in one transaction that is rolled back: what a hand-over now would do."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from etl.database import Connection, SqlTemplates, fetch_all, rollback_transaction
from etl.engine.handlers import TaskHandlers, merge_context_of
from etl.engine.planning import added_up, shares_of
from etl.engine.preparation import prepare_in
from etl.engine.run_context import task_queue_of
from etl.engine.runtime import Runtime
from etl.merge import Connections, files
from etl.merge.links import tables_to_serve
from etl.runs import MERGING, CounterName, Extent, Kind, build_plan
from etl.sources.in_tables import claim as claiming
from etl.sources.in_tables import expected
from etl.sources.in_tables.handshake import RunLease
from etl.sources.in_tables.receipts import Receipt

_sql = SqlTemplates(__package__)

_EXAMPLES = 20


@dataclass(frozen=True)
class DryRun:
    """What a run would do. `changed` counts instances per object and column, `errors` rows per code, `examples` are
    err rows; `resolved` counts references whose ends would have arrived."""

    receipts: tuple[Receipt, ...]
    changed: tuple[dict[str, Any], ...]
    errors: tuple[dict[str, Any], ...]
    examples: tuple[dict[str, Any], ...]
    resolved: int

    @property
    def exit_code(self) -> int:
        """0 all rows would be taken, 1 some would be rejected."""
        return 1 if any(row["severity"] == "error" for row in self.errors) else 0


def dry_run(runtime: Runtime, *, accept: bool = False) -> DryRun:
    """Does all that a run does to the rows that are ready now, whatever the marker says, and rolls it back.

    Raises what a run raises, RunStopped of the mass-change guard unless `accept`, and MarkerHeld while a run is under
    way. It holds the rows and the marker's fence until it ends: no run starts meanwhile.
    """
    with (
        rollback_transaction(runtime.engine, **runtime.merge_settings) as connection,
        runtime.connections(connection, rollback_transaction) as connections,
    ):
        prepare_in(connections, runtime, rollback_transaction)
        runtime.handshake.lock_out_runs(connection)
        run = runtime.store.next_number(connections.store, above=runtime.highest_run(connections), is_preview=True)
        runtime.handshake.record_manual_run(connection, "dry run", run=run)
        return _perform(connections, runtime, run, accept=accept)


def _perform(connections: Connections, runtime: Runtime, run: int, *, accept: bool) -> DryRun:
    context = merge_context_of(connections, runtime, run)
    expected.take_expected(connections.imported, context)
    sizes = claiming.table_bytes(connections.imported, runtime.company, context.in_schema)
    rows = claiming.claim(connections.imported, runtime.company, context, sizes)
    rows = added_up(rows, expected.apply_expected(connections, runtime.company, rows, context))
    claimed = claiming.measure(connections, runtime.company, rows, context)
    if not accept:
        shares = shares_of(runtime.settings.in_migration)
        claiming.check_mass_changes(connections, runtime.company, context, claimed, shares)
    counters: dict[str, list[Counter[CounterName]]] = {table: [] for table in claimed}
    resolved, of_files = 0, []
    serves = tables_to_serve(connections.store, runtime.company.in_link_tables(), context.store_schema)
    lease = RunLease(run, 0, 0, runtime.owner, taken_over=False, source=context.source.name)
    handlers = TaskHandlers(runtime, task_queue_of(runtime, lease), lease, context)
    plan = build_plan(runtime.company, Extent(claimed, files.has_files(connections, context), serves))
    for task in (one for one in plan if one.kind in MERGING):
        done = Counter(handlers.merge(connections, task))
        if task.kind is Kind.UPLOAD_FILES:
            of_files = [Receipt.of_files(done)]
        counters.setdefault(task.table, []).append(done)
        resolved += done["resolved"]
    receipts = [Receipt.of(table, part.rows, 0, counters[table]) for table, part in claimed.items()]
    variables = {"schema": runtime.in_schema, "store_schema": runtime.store.schema}
    return DryRun(
        receipts=(*receipts, *(one for one in of_files if one.claimed)),
        changed=_rows(connections.store, "changed_columns", run, **variables),
        errors=_rows(connections.imported, "errors_by_code", run, **variables),
        examples=_rows(connections.imported, "error_examples", run, **variables),
        resolved=resolved,
    )


def _rows(connection: Connection, statement: str, run: int, **variables: str) -> tuple[dict[str, Any], ...]:
    rows = fetch_all(connection, _sql(statement, **variables), {"run": run, "limit": _EXAMPLES})
    return tuple(dict(row._mapping) for row in rows)
