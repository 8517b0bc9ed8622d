"""The Python API, for programs and notebooks: open a company, fill, run, and read as Arrow tables or data frames.

Receives a Runtime and tables. Returns values and tables; prints nothing and ends no process. Functions that work with
tables need the extra `files`, those with data frames the extra `pandas`; the others need neither.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from etl.database import transaction
from etl.ddl import check_in_tables
from etl.engine import Outcome, Runtime, Status, open_runtime, read_status, refuse_on_hold, run_once
from etl.errors import ConfigurationError
from etl.monitoring import ErrorQuery, read_errors

if TYPE_CHECKING:
    import pandas
    import pyarrow

__all__ = [
    "ErrorQuery",
    "FilledTable",
    "Outcome",
    "Runtime",
    "Status",
    "data_frame",
    "errors_table",
    "fill_table",
    "hand_over",
    "open_runtime",
    "read_batches",
    "read_errors",
    "read_status",
    "read_table",
    "receipts_table",
    "run_once",
]

_ADVICE: Final = 'on_duplicate="newest" takes the newest, replace=True clears the table first'
_PAGE_ERRORS: Final = 1_000
_ERROR_NUMBERS: Final = ("id", "run", "row_id")
_ERROR_TEXTS: Final = ("in_table", "in_id", "column_name", "code", "message", "message_rus", "value", "severity")


@dataclass(frozen=True)
class FilledTable:
    """What became of the rows. `rejects`: the rejected rows as texts, each after its row number (`rejected_line`, from
    1), columns, values and reasons; corrected, it can be filled as it is. `rounded`: numbers that lost digits after the
    fourth decimal."""

    table: str
    rows: int
    rejected: int
    rejects: "pyarrow.Table"
    rounded: int
    seconds: float


def fill_table(
    runtime: Runtime,
    table: str,
    data: "pyarrow.Table | pyarrow.RecordBatchReader | pandas.DataFrame",
    *,
    replace: bool = False,
    on_duplicate: str = "error",
    only_checks: bool = False,
) -> FilledTable:
    """Loads rows into an in_ table in one transaction, with the checks of `etl fill`; does not hand over.

    A RecordBatchReader is written to a temporary file first, so that it need not fit into memory. The index of a data
    frame is not read. Raises ConfigurationError for names and types that do not fit, RunStopped for keys that repeat,
    OnHold where an operator lets nothing begin.
    """
    from etl import files

    if on_duplicate not in ("error", "newest"):
        raise ConfigurationError(f"on_duplicate is {on_duplicate!r}: say 'error' or 'newest'")
    found = files.find_table(files.in_tables(runtime.company), table)
    schema, limit = runtime.in_schema, runtime.settings.in_migration.max_value_bytes
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="etl-")))
        pair = files.from_arrow(_arrow(data, folder, stack, found.name), found, f"data for {found.name}")
        filling = files.Filling(
            schema=schema,
            max_value_bytes=limit,
            replaces=replace,
            takes_newest=on_duplicate == "newest",
            only_checks=only_checks,
            rejects=folder / "rejects.csv",
            duplicate_advice=_ADVICE,
        )
        if not only_checks:
            refuse_on_hold(runtime)
        with transaction(runtime.engine) as connection:
            check_in_tables(connection, runtime.company, schema)
        [done] = files.fill_files(runtime.engine, filling, [pair], _keep_quiet)
        names = [column.name for column in pair.source.layout.columns]
        rejects = files.read_rejects(Path(done.rejects) if done.rejects else None, names)
    return FilledTable(found.name, done.rows, done.rejected, rejects, done.rounded, done.seconds)


def hand_over(runtime: Runtime) -> None:
    """Says by a marker row that the rows in the in_ tables are ready.

    Raises MarkerHeld while another load has not ended.
    """
    from etl import files

    with transaction(runtime.engine) as connection:
        files.hand_over(connection, runtime.in_schema)


def read_batches(
    runtime: Runtime, table: str, *, schema: str = "", unfit_as_null: bool = False
) -> "Iterator[pyarrow.RecordBatch]":
    """The rows of an out_ table, some megabytes at a time, as they were when the first batch was read.

    `schema`: that of a version; "" for the version of the configuration. `unfit_as_null`: null for NaN, infinite times
    and years outside 1 to 9999, which raise EnvironmentFault otherwise. The transaction lasts as long as the iterator.
    """
    from etl import files

    name = schema or runtime.out_version.schema
    return files.read_batches(runtime.out_engine, name, table, unfit_as_null=unfit_as_null)


def read_table(runtime: Runtime, table: str, *, schema: str = "", unfit_as_null: bool = False) -> "pyarrow.Table":
    """All rows of an out_ table, in memory; otherwise as `read_batches`."""
    batches = read_batches(runtime, table, schema=schema, unfit_as_null=unfit_as_null)
    import pyarrow

    return pyarrow.Table.from_batches(list(batches))


def errors_table(runtime: Runtime, query: ErrorQuery | None = None, *, most: int = 100_000) -> "pyarrow.Table":
    """Errors, the newest first, each with its state, at most `most` of them."""
    from etl import files  # says which extra is missing

    rows: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None and len(rows) < most:
        page = read_errors(runtime, query or ErrorQuery(), limit=min(_PAGE_ERRORS, most - len(rows)), after=after)
        rows += page.errors
        after = page.next
    return files.rows_table(rows, _ERROR_NUMBERS, (*_ERROR_TEXTS, "state"), ("created_at",))


def receipts_table(found: Outcome | Status) -> "pyarrow.Table":
    """What became of the rows of each in_ table in a run, or in the newest run of a status."""
    from etl import files
    from etl.sources.in_tables.receipts import Receipt

    numbers = [name for name in Receipt.__dataclass_fields__ if name != "in_table"]
    return files.rows_table([asdict(one) for one in found.receipts], numbers, ("in_table",), ())


def data_frame(data: "pyarrow.Table | pyarrow.RecordBatch") -> "pandas.DataFrame":
    """The same rows as a data frame whose columns keep Arrow's types, so that no value and no null is changed."""
    pandas = _pandas()
    return data.to_pandas(types_mapper=pandas.ArrowDtype)


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise ConfigurationError("data frames need a further package: pip install 'etl[pandas]'") from error
    return pandas


def _arrow(data: Any, folder: Path, stack: ExitStack, table: str) -> "pyarrow.Table":
    """The rows as an Arrow table; a stream of batches as a file that is mapped into memory."""
    import pyarrow

    if isinstance(data, pyarrow.Table):
        return data
    if isinstance(data, pyarrow.RecordBatchReader):
        path = str(folder / "batches.arrow")
        with pyarrow.OSFile(path, "wb") as file, pyarrow.ipc.new_file(file, data.schema) as writer:
            for batch in data:
                writer.write_batch(batch)
        return pyarrow.ipc.open_file(stack.enter_context(pyarrow.memory_map(path))).read_all()
    if not isinstance(data, _pandas().DataFrame):
        kind = type(data).__name__
        raise ConfigurationError(f"{kind} fills no table: give a data frame, a pyarrow.Table or a RecordBatchReader")
    try:
        return pyarrow.Table.from_pandas(data, preserve_index=False)
    except (pyarrow.ArrowException, OverflowError, ValueError, TypeError) as error:
        raise ConfigurationError(f"data for {table}: has values that are no column of one type: {error}") from error


def _keep_quiet(source: str, done: int, size: int) -> None:
    """Shows no progress."""
