"""Loads files into in_ tables: each file in one transaction, block by block; bad rows go to its reject file."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy

from etl.database import Connection, SqlTemplates, copy_in, encoding_of, execute, fetch_one, transaction
from etl.errors import EnvironmentFault, MarkerHeld, RunStopped
from etl.files.live_columns import without_missing_resets
from etl.files.loading import Loading, loaded_blocks
from etl.files.noted import note_fill
from etl.files.rejects import Rejects
from etl.files.sources import TableFile, reject_path
from etl.files.staged import duplicate_lines, table_variables
from etl.files.trial import Trial, is_of_a_row, trying

_sql = SqlTemplates(__package__)
_UNIQUE_VIOLATION = "23505"
_NO_SUCH_LETTER = "22P05"

Progress = Callable[[str, int, int], None]
"""Called with (file, how much of it is behind us, of how much)."""


@dataclass(frozen=True)
class Filling:
    """How files are filled into the tables of one schema. `only_checks`: all rows are checked, and none is loaded."""

    schema: str
    max_value_bytes: int
    is_strict: bool = False
    replaces: bool = False
    takes_newest: bool = False
    only_checks: bool = False
    rejects: Path | None = None
    duplicate_advice: str = "--on-duplicate newest takes the newest, --replace clears the table first"


@dataclass(frozen=True)
class Filled:
    """The result of one file. `rounded`: numbers that lost digits after the fourth decimal."""

    file: str
    table: str
    rows: int
    rejected: int
    rejects: str | None
    examples: tuple[str, ...]
    rounded: int
    seconds: float


def fill_files(
    engine: sqlalchemy.Engine, filling: Filling, pairs: Sequence[TableFile], progress: Progress
) -> Iterator[Filled]:
    """Loads the files one after the other; each is reported when it is committed.

    Raises RunStopped for a file that is not loaded because of its rows, MarkerHeld when a table should be cleared while
    a run reads it; the files before it stay loaded.
    """
    cleared: set[str] = set()
    for pair in pairs:
        clears = filling.replaces and pair.table.name not in cleared
        cleared.add(pair.table.name)
        started = time.monotonic()
        loading = _fill(engine, filling, pair, progress, clears=clears)
        yield _filled(pair, loading, time.monotonic() - started)


def _reject_path(filling: Filling, pair: TableFile) -> Path:
    return filling.rejects or reject_path(pair.path)


def _filled(pair: TableFile, loading: Loading, seconds: float) -> Filled:
    rejects = loading.rejects
    path = str(rejects.path) if rejects.path else None
    examples = tuple(rejects.examples)
    return Filled(
        pair.source.name, pair.table.name, loading.rows, rejects.rows, path, examples, loading.rounded, seconds
    )


def _fill(engine: sqlalchemy.Engine, filling: Filling, pair: TableFile, progress: Progress, *, clears: bool) -> Loading:
    """Loads a file; where the server refuses a value, once more with the server's verdict on each of them."""
    with transaction(engine) as connection:
        pair = without_missing_resets(connection, filling.schema, pair)
    try:
        return _attempt(engine, filling, pair, progress, None, clears=clears)
    except EnvironmentFault as error:
        if error.sqlstate == _NO_SUCH_LETTER:  # of an encoding that Python knows too little of to name the row
            raise RunStopped(f"{pair.source.name}: nothing loaded: {error}") from error
        if not is_of_a_row(error.sqlstate):
            raise
    with trying(engine, _variables(filling, pair)) as trial:
        return _attempt(engine, filling, pair, progress, trial, clears=clears)


def _attempt(
    engine: sqlalchemy.Engine,
    filling: Filling,
    pair: TableFile,
    progress: Progress,
    trial: Trial | None,
    *,
    clears: bool,
) -> Loading:
    rejects = Rejects(pair.source.name, pair.source.layout, partial(_reject_path, filling, pair))
    loading = Loading(pair, filling.max_value_bytes, rejects, progress, trial=trial)
    try:
        _load(engine, filling, loading, clears=clears)
    except EnvironmentFault as error:
        rejects.drop()
        if error.sqlstate != _UNIQUE_VIOLATION:
            raise
        uncounted = Rejects(pair.source.name, pair.source.layout, None)
        again = Loading(pair, filling.max_value_bytes, uncounted, progress, trial=trial)
        raise RunStopped(_duplicates(engine, filling, again, clears=clears)) from error
    except BaseException:
        rejects.drop()
        raise
    rejects.finish()
    return loading


def _load(engine: sqlalchemy.Engine, filling: Filling, loading: Loading, *, clears: bool) -> None:
    pair, rejects = loading.pair, loading.rejects
    with transaction(engine) as connection:
        loading.encoding = encoding_of(connection)
        if filling.only_checks:
            for _ in loaded_blocks(loading):
                pass
            return
        note_fill(connection, filling.schema)
        if clears:
            _clear(connection, filling.schema, pair)
        if filling.takes_newest:
            _stage(connection, filling, loading)
            loading.rows = execute(connection, _sql("take_newest", **_variables(filling, pair)))
        else:
            copy_in(connection, _sql("copy_rows", **_variables(filling, pair)), loaded_blocks(loading))
        if filling.is_strict and rejects.rows:
            rejects.finish()
            raise RunStopped(_strictly(pair, rejects))


def _variables(filling: Filling, pair: TableFile) -> dict[str, object]:
    return table_variables(filling.schema, pair.table, [column.name for column in pair.source.layout.columns])


def _clear(connection: Connection, schema: str, pair: TableFile) -> None:
    reading = fetch_one(connection, _sql("occupied", schema=schema))
    if reading is not None:
        raise MarkerHeld(f"run {reading.occupied_by_process} is reading schema {schema}: clear its tables afterwards")
    execute(connection, _sql("clear", schema=schema, table=pair.table.name))


def _stage(connection: Connection, filling: Filling, loading: Loading) -> None:
    execute(connection, _sql("make_stage", **_variables(filling, loading.pair)))
    copy_in(
        connection, _sql("copy_stage", **_variables(filling, loading.pair)), loaded_blocks(loading, with_lines=True)
    )
    execute(connection, _sql("analyze_stage"))


def _strictly(pair: TableFile, rejects: Rejects) -> str:
    examples = "\n".join(f"  {example}" for example in rejects.examples)
    return f"{pair.source.name}: nothing loaded, {rejects.rows:,} rows are bad, see {rejects.path}:\n{examples}"


def _duplicates(engine: sqlalchemy.Engine, filling: Filling, loading: Loading, *, clears: bool) -> str:
    """The rows that repeat a key: reads the file once more, into a temporary table."""
    pair = loading.pair
    with transaction(engine) as connection:
        loading.encoding = encoding_of(connection)
        _stage(connection, filling, loading)
        lines = duplicate_lines(connection, _variables(filling, pair), pair.table, is_cleared=clears)
    key = ", ".join(pair.table.key)
    return f"{pair.source.name}: nothing loaded, {key} must be unique ({filling.duplicate_advice}):\n" + "\n".join(
        lines
    )
