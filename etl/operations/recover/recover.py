"""The tasks of a recovery into tables, and performing them.

A task is a row of `task`, in the database of the import; its rows are in that of the out_ tables. A part that was
committed there and not noted here is compared once more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from etl.database import snapshot, transaction
from etl.engine import Runtime, is_prepared, refuse_on_hold
from etl.errors import ConfigurationError
from etl.metadata import refuse_unknown_codes
from etl.outputs import versions
from etl.outputs.versions import recover_chunk, shown_objects
from etl.retry import Backoff, RetryPolicy, after_transient
from etl.runs.recovery_tasks import INTO_MIRROR, INTO_OUT, RecoveryTask, RecoveryTasks

# A run that follows the same version locks it for as long as its last task takes.
_WRITING = RetryPolicy(after_transient(Backoff(first=0.7, longest=0.7, tries=59)))
_KINDS = (INTO_OUT, INTO_MIRROR)


class Target(StrEnum):
    """OUT: the tables of a version. MIRROR: the copy of the store in an out database of its own."""

    OUT = "out"
    MIRROR = "mirror"


@dataclass(frozen=True)
class RecoveredTables:
    """`rows`: object -> rows that were written or deleted in a version, or copied into the mirror, by all calls."""

    number: int
    target: str
    rows: dict[str, int]


def begin_recovery(
    runtime: Runtime, to: Target, *, codes: Sequence[str] = (), excluded: Sequence[str] = (), version: str = ""
) -> int:
    """Records the tasks of a recovery of these objects, of all without `codes`, and returns its number; `excluded`
    wins. `version`: that of the environment without it.

    Raises ConfigurationError for an unknown object or version, and for a mirror where there is none, EnvironmentFault
    while there are unfinished tasks, OnHold where nothing may begin.
    """
    refuse_unknown_codes(runtime.company, (*codes, *excluded))
    refuse_on_hold(runtime)
    known, schema = _recoverable(runtime, to, version)
    wanted = [code for code in known if (not codes or code in codes) and code not in excluded]
    if not wanted:
        raise ConfigurationError(
            f"no object is left to be recovered: --exclude-bo-codes wins over --bo-codes, and {schema} has "
            f"{', '.join(known)}"
        )
    tasks = RecoveryTasks(runtime.in_schema, (INTO_OUT if to is Target.OUT else INTO_MIRROR,))
    with transaction(runtime.engine) as connection, runtime.connections(connection) as connections:
        if not is_prepared(connection, runtime, to_write=True):
            raise ConfigurationError(f"nothing has run in schema {runtime.in_schema} yet: there is nothing to recover")
        tasks.refuse_unfinished(connection)
        number = runtime.store.next_number(connections.store, above=runtime.highest_run(connections))
        tasks.create(connection, number, schema, [(code, schema) for code in wanted], what="rows")
    return number


def continue_recovery(runtime: Runtime, check: Callable[[], None] = lambda: None) -> RecoveredTables:
    """Performs the unfinished tasks, from where an earlier process was killed. Raises ConfigurationError if there are
    none."""
    refuse_on_hold(runtime)
    with transaction(runtime.engine) as connection:
        is_prepared(connection, runtime, to_write=True)
        unfinished = RecoveryTasks(runtime.in_schema, _KINDS).unfinished(connection)
    if not unfinished:
        raise ConfigurationError("there is no unfinished recovery of tables")
    rows: dict[str, int] = {}
    for task in unfinished:
        perform = _recover_table if task.kind == INTO_OUT else _recover_mirror
        rows[task.bo] = perform(runtime, task, check)
    if unfinished[0].kind == INTO_MIRROR:
        with runtime.out_connection() as connection:
            versions.bring_up_to_date(connection, runtime.versions)
    return RecoveredTables(unfinished[0].number, unfinished[0].output, rows)


def give_up_recovery(runtime: Runtime) -> int:
    """Drops the unfinished tasks; returns how many."""
    with transaction(runtime.engine) as connection:
        is_prepared(connection, runtime, to_write=True)
        return RecoveryTasks(runtime.in_schema, _KINDS).drop(connection)


def _recoverable(runtime: Runtime, to: Target, version: str) -> tuple[list[str], str]:
    """The objects that may be recovered, and the schema."""
    if not runtime.settings.has_out_migration:
        raise ConfigurationError("hasOutMigration is false: no out_ tables are kept")
    if to is Target.OUT:
        named = runtime.versions.named(version) if version else runtime.out_version
        with transaction(runtime.out_engine) as connection:
            return shown_objects(connection, named, runtime.versions.wanted), named.schema
    if version:
        raise ConfigurationError("--version is for --to out: the mirror is one for all versions")
    if not runtime.has_own_out:
        raise ConfigurationError(
            "there is no mirror: the out_ tables are in the store's database, and follow the store itself; use --to out"
        )
    return [bo.code for bo in runtime.company.objects if bo.carries_data], runtime.mirror.name


def _recover_table(runtime: Runtime, task: RecoveryTask, check: Callable[[], None]) -> int:
    """Part by part; returns the rows that were corrected."""
    versions_of = runtime.versions
    known = {one.schema: one for one in (runtime.out_version, *_other_versions(runtime))}
    if task.output not in known:
        raise ConfigurationError(f"{task.output} is no version any more: give the recovery up, and begin another")
    begun, rows, is_done = task.fill, task.records, False
    while not is_done:
        check()
        runtime.catch_up()

        def write(begun: object = begun) -> tuple[object, int]:
            with transaction(runtime.out_engine, **runtime.merge_settings) as connection:
                left, counters = recover_chunk(connection, versions_of, known[task.output], task.bo, begun)
            return left, sum(counters.values())

        begun, written = _WRITING.run_with_retry(f"the recovery of {task.bo}", write)
        rows, is_done = rows + written, begun is None
        _move(runtime, task, rows, is_done=is_done, fill=begun)
    return rows


def _other_versions(runtime: Runtime) -> list[versions.OutVersion]:
    with transaction(runtime.out_engine) as connection:
        return [one.version for one in versions.known_versions(connection, runtime.store.schema)]


def _recover_mirror(runtime: Runtime, task: RecoveryTask, check: Callable[[], None]) -> int:
    check()
    upto, came, rows = _WRITING.run_with_retry(f"the recovery of {task.bo}", partial(_copy, runtime, task.bo))
    with transaction(runtime.store_engine) as store:
        runtime.mirror.report(store, upto, came)
    _move(runtime, task, rows, is_done=True)
    return rows


def _copy(runtime: Runtime, code: str) -> tuple[str, int, int]:
    with (
        snapshot(runtime.store_engine) as source,
        transaction(runtime.out_engine, **runtime.merge_settings) as target,
    ):
        return runtime.mirror.recover(source, target, code)


def _move(runtime: Runtime, task: RecoveryTask, rows: int, *, is_done: bool, fill: object = None) -> None:
    with transaction(runtime.engine) as connection:
        RecoveryTasks(runtime.in_schema, _KINDS).move(connection, task, runtime.owner, rows, is_done=is_done, fill=fill)
