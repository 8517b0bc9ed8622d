"""Adopts the files of a folder: each table in one transaction, or all of them in one that is rolled back."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from etl.database import Connection, rollback_transaction, server_time, transaction
from etl.engine import Runtime, prepare_store, prepare_without_import, refuse_on_hold
from etl.files import Progress
from etl.merge import MergeContext
from etl.metadata.field_types import Category
from etl.operations.adopt import instances, links, references, stored_files
from etl.operations.adopt.folder import AdoptedFiles, open_files
from etl.operations.adopt.layouts import REFERENCES, AdoptionStep
from etl.operations.adopt.work import SOURCE, FileFault, TableComparison, TableRefused, Work
from etl.outputs import versions
from etl.runs import Counters
from etl.store import FencingToken, UnitKind


class AdoptionResult(StrEnum):
    """ADOPTED: all of the table is in the store now; in a dry run it would be. PRESENT: it was there already, as the
    file has it. REFUSED: nothing of it is adopted."""

    ADOPTED = "adopted"
    PRESENT = "present"
    REFUSED = "refused"


@dataclass(frozen=True)
class AdoptedTable:
    """What became of a file. `rows` and `digest` are those of file and store, which are equal; `unit` is the number of
    the unit of work, None where nothing was written. `faults` are the first of `bad_rows`."""

    table: str
    file: str
    result: AdoptionResult
    rows: int
    digest: str
    unit: int | None
    counters: Counters
    bad_rows: int
    faults: tuple[FileFault, ...]
    seconds: float


class _Act(NamedTuple):
    """What is done with the tables of a step."""

    read: Callable[[Work], int]
    write: Callable[[Work], Counters]
    compare: Callable[[Work], TableComparison]
    end: Callable[[Work], None]


_ACTS: Final = {
    AdoptionStep.FILES: _Act(stored_files.read, stored_files.write, stored_files.compare, stored_files.end),
    AdoptionStep.INSTANCES: _Act(instances.read, instances.write, instances.compare, instances.end),
    AdoptionStep.LINKS: _Act(links.read, links.write, links.compare, links.end),
    AdoptionStep.REFERENCES: _Act(references.read, references.write, references.compare, references.end),
}


def adopt(runtime: Runtime, folder: Path, progress: Progress, *, is_dry: bool = False) -> Iterator[AdoptedTable]:
    """Adopts what the files of a folder hold; yields what became of each.

    A table that the store has already is compared, and all of them before anything is written: so a call that was
    killed is repeated. Where one is refused, those that build on it are left out. Raises ConfigurationError for files
    that do not fit, OnHold where nothing may begin.
    """
    tables = open_files(folder, runtime.company)
    refuse_on_hold(runtime)
    if is_dry:
        with rollback_transaction(runtime.store_engine, **runtime.merge_settings) as connection:
            prepare_store(connection, runtime)
            yield from _until_refused(tables, lambda files: _perform(runtime, connection, files, progress))
        return
    prepare_without_import(runtime)
    known = {files.layout.name: found for files in tables if (found := _present(runtime, files, progress))}
    if any(one.result is AdoptionResult.REFUSED for one in known.values()):
        yield from known.values()
        return
    yield from _until_refused(tables, lambda files: known.get(files.layout.name) or _adopt(runtime, files, progress))


def show_adopted(runtime: Runtime) -> None:
    """Brings the out_ tables to where the store is, as none of its transactions sees its own place in the journal."""
    if runtime.settings.has_out_migration:
        with runtime.out_connection() as connection:
            versions.bring_up_to_date(connection, runtime.versions)


def _until_refused(
    tables: Sequence[AdoptedFiles], perform: Callable[[AdoptedFiles], AdoptedTable]
) -> Iterator[AdoptedTable]:
    """Other tables of the step in which one was refused do not need it, unless that is a dictionary."""
    refused: AdoptionStep | None = None
    for files in tables:
        if refused is not None and files.layout.step is not refused:
            return
        found = perform(files)
        yield found
        if found.result is AdoptionResult.REFUSED:
            refused = files.layout.step
            if files.layout.bo and files.layout.bo.category is Category.DICTIONARY:
                return


def _present(runtime: Runtime, files: AdoptedFiles, progress: Progress) -> AdoptedTable | None:
    """The verdict on a table that is not empty; writes nothing."""
    with rollback_transaction(runtime.store_engine, **runtime.merge_settings) as connection:
        if _is_empty(_work(runtime, connection, files, progress, 0)):
            return None
        return _perform(runtime, connection, files, progress)


class _FilledMeanwhile(Exception):
    """A run or another adoption has written the table since it was found empty."""


def _adopt(runtime: Runtime, files: AdoptedFiles, progress: Progress) -> AdoptedTable:
    started = time.monotonic()
    # In a transaction of its own: who takes a number waits for others that do.
    with transaction(runtime.store_engine) as connection:
        unit = runtime.store.next_number(connection)
    try:
        with transaction(runtime.store_engine, **runtime.merge_settings) as connection:
            runtime.store_fence.shut_out(connection)
            work = _work(runtime, connection, files, progress, unit)
            if not _is_empty(work):
                raise _FilledMeanwhile
            runtime.store_fence.raise_to(connection, FencingToken(SOURCE.name, unit, 0))
            work.context.unit.begin(connection, runtime.store.schema)
            found = _write(work, started)
            receipt = {files.layout.name: found.counters}
            work.context.unit.finish(connection, runtime.store.schema, receipt)
            return found
    except TableRefused as refusal:
        return _refused(files, refusal, started)
    except _FilledMeanwhile:
        with rollback_transaction(runtime.store_engine, **runtime.merge_settings) as connection:
            return _perform(runtime, connection, files, progress)


def _perform(runtime: Runtime, connection: Connection, files: AdoptedFiles, progress: Progress) -> AdoptedTable:
    """In a transaction that is rolled back: compares a table that is there, else adopts it."""
    started = time.monotonic()
    unit = runtime.store.next_number(connection, is_preview=True)
    work = _work(runtime, connection, files, progress, unit)
    try:
        with connection.begin_nested():
            if _is_empty(work):
                return replace(_write(work, started), unit=None)
            return _compare(work, started)
    except TableRefused as refusal:
        return _refused(files, refusal, started)


def _write(work: Work, started: float) -> AdoptedTable:
    act = _ACTS[work.files.layout.step]
    rows = act.read(work)
    counters = act.write(work)
    found = act.compare(work)
    if not found.is_equal:
        raise TableRefused([_difference(work, found)], 1)
    act.end(work)
    return _adopted(work, AdoptionResult.ADOPTED, rows, counters, found, started)


def _compare(work: Work, started: float) -> AdoptedTable:
    act = _ACTS[work.files.layout.step]
    rows = act.read(work)
    found = act.compare(work)
    if not found.is_equal:
        raise TableRefused([_difference(work, found, "the store has rows of its own: ")], 1)
    if work.files.layout.step is AdoptionStep.INSTANCES and (number := instances.differing(work)):
        raise TableRefused([_fault(work, f"the store has other values or ids in {number:,} of {rows:,} rows")], 1)
    act.end(work)
    return _adopted(work, AdoptionResult.PRESENT, rows, {}, found, started)


def _difference(work: Work, found: TableComparison, first: str = "") -> FileFault:
    if found.file_rows != found.store_rows:
        return _fault(work, f"{first}{found.store_rows:,} instead of {found.file_rows:,}")
    return _fault(work, f"{first}other values in some of {found.file_rows:,} rows")


def _fault(work: Work, reason: str) -> FileFault:
    return FileFault(work.file, 0, "", f"{work.files.layout.name}: {reason}; adopt into an empty store")


def _adopted(
    work: Work, result: AdoptionResult, rows: int, counters: Counters, found: TableComparison, started: float
) -> AdoptedTable:
    return AdoptedTable(
        table=work.files.layout.name,
        file=work.file,
        result=result,
        rows=rows,
        digest=found.store_digest,
        unit=work.context.run if result is AdoptionResult.ADOPTED else None,
        counters=counters,
        bad_rows=0,
        faults=(),
        seconds=time.monotonic() - started,
    )


def _refused(files: AdoptedFiles, refusal: TableRefused, started: float) -> AdoptedTable:
    return AdoptedTable(
        table=files.layout.name,
        file=files.file.path.name,
        result=AdoptionResult.REFUSED,
        rows=0,
        digest="",
        unit=None,
        counters={},
        bad_rows=refusal.total,
        faults=refusal.faults,
        seconds=time.monotonic() - started,
    )


def _is_empty(work: Work) -> bool:
    """Whether the store has nothing of what the files bring."""
    layout = work.files.layout
    tables = {
        AdoptionStep.FILES: lambda: ["stored_file", "file_alias"],
        AdoptionStep.INSTANCES: lambda: [work.golden],
        AdoptionStep.LINKS: lambda: [work.golden_link],
        AdoptionStep.REFERENCES: lambda: [REFERENCES],
    }[layout.step]()
    has_ids = layout.step is AdoptionStep.INSTANCES
    [row] = work.ask("is_empty", {"bo": layout.object.code} if has_ids else {}, tables=tables, has_ids=has_ids)
    return bool(row.is_empty)


def _work(runtime: Runtime, connection: Connection, files: AdoptedFiles, progress: Progress, unit: int) -> Work:
    limits, schema, now = runtime.settings.in_migration, runtime.store.schema, server_time(connection)
    context = MergeContext.of_staged(schema, unit, now, limits, SOURCE, UnitKind.ADOPTION)
    return Work(runtime, connection, files, context, progress)
