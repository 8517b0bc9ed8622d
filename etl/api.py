"""The Python API, for programs and notebooks: open a company, fill, run, and read as Arrow tables or data frames.

Receives a Runtime and tables. Returns values and tables; prints nothing and ends no process. Functions that work with
tables need the extra `files`, those with data frames the extra `pandas`; the others need neither.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from etl.database import Connection, transaction
from etl.ddl import check_in_tables
from etl.engine import (
    ListedPin,
    Outcome,
    Pinned,
    Repaired,
    Runtime,
    Status,
    Undone,
    Unpinned,
    has_store,
    join,
    list_pins,
    open_runtime,
    pin,
    read_status,
    refuse_on_hold,
    run_once,
    split,
    undo,
    unpin,
)
from etl.errors import ConfigurationError, EnvironmentFault
from etl.metadata import parse_company
from etl.monitoring import ErrorQuery, read_errors
from etl.monitoring.impact import Effect, MetadataImpact, read_impact
from etl.operations import Erased, Installation, erase, find_holders, open_installation
from etl.outputs.versions import changed_ids, changed_instances, followed_unit, given_instances
from etl.quoting import fold, shown

if TYPE_CHECKING:
    import pandas
    import pyarrow

__all__ = [
    "Changes",
    "Effect",
    "Erased",
    "ErrorQuery",
    "FilledTable",
    "Installation",
    "ListedPin",
    "MetadataImpact",
    "Outcome",
    "Pinned",
    "Repaired",
    "Runtime",
    "Status",
    "Undone",
    "Unpinned",
    "data_frame",
    "erase",
    "errors_table",
    "fill_table",
    "find_holders",
    "hand_over",
    "join",
    "list_pins",
    "metadata_impact",
    "open_installation",
    "open_runtime",
    "pin",
    "read_batches",
    "read_changes",
    "read_errors",
    "read_status",
    "read_table",
    "receipts_table",
    "run_once",
    "split",
    "undo",
    "unpin",
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


@dataclass(frozen=True)
class Changes:
    """Changed rows. `batches`: some megabytes at a time, as of the moment of the first one; each row has `_removed`:
    the instance is not in the table any more, and of its columns only `system_id` is not null. `run`: up to which unit
    all changes are in them; `since` of the next call."""

    run: int
    batches: "Iterator[pyarrow.RecordBatch]"

    def table(self) -> "pyarrow.Table":
        """All rows, in memory; once."""
        import pyarrow

        return pyarrow.Table.from_batches(list(self.batches))


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


def read_changes(
    runtime: Runtime, table: str, since: int | datetime, *, schema: str = "", unfit_as_null: bool = False
) -> Changes:
    """The rows of an object's out_ table that units of work after `since` have changed, as they are now.

    `since`: the number of a run or another unit, such as `Changes.run` of the call before; or a time with its zone: the
    changes of all units that ended then or later. A change that is under way now may come in two calls, and none is
    missed. Raises ConfigurationError where the journal does not reach so far back, and for tables of links.
    """
    from etl import files

    bo = _object(runtime, table)
    name = schema or runtime.out_version.schema
    with transaction(runtime.store_engine) as store:
        if not has_store(store, runtime):
            raise EnvironmentFault("there is no golden store yet: `etl run` makes it")
        first = runtime.store.old_before(store, runtime.settings.in_migration.kept_days, at_most=None)
        number = since if isinstance(since, int) else runtime.store.last_unit_before(store, _zoned(since))
        if number < first - 1:
            raise ConfigurationError(
                f"the journal has all changes since run {first - 1}, and {since} is before: read all rows by read_table"
            )
        with transaction(runtime.out_engine) as out:
            mirror = runtime.mirror.name if runtime.has_own_out else None
            followed = followed_unit(store, out, runtime.store.schema, name, mirror)
        ids = changed_ids(store, runtime.store.schema, bo, number, followed) if mirror else []

    def choose(connection: Connection) -> tuple[str, dict[str, object]]:
        if mirror:
            return given_instances(ids)
        return changed_instances(connection, runtime.store.schema, name, bo, number)

    batches = files.read_chosen(runtime.out_engine, name, bo, choose, unfit_as_null=unfit_as_null)
    return Changes(max(followed, number), batches)


def metadata_impact(runtime: Runtime, documents: Mapping[str, str], *, only_tables: bool = False) -> MetadataImpact:
    """What documents (path -> YAML, all of the company) would change for partners, readers of each version and
    consumers of topics: against the live tables and versions, and the documents in use, as no table shows rules such
    as choices; with `only_tables` not those. Writes nothing. Raises MetadataError for unsound documents.
    """
    wanted = parse_company(runtime.company.code, documents)
    return read_impact(runtime, wanted, None if only_tables else runtime.company)


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


def _object(runtime: Runtime, table: str) -> str:
    """The code of the object whose out_ table has the name."""
    links = {fold(link.name) for link in runtime.company.out_link_tables()}
    if fold(table) in links:
        raise ConfigurationError(f"{table} is a table of links, whose changes are not read alone: use read_table")
    found = next((bo.code for bo in runtime.company.objects if bo.has_out_table and fold(bo.code) == fold(table)), None)
    if found is None:
        raise ConfigurationError(f"{shown(table)} is no object with an out_ table")
    return found


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ConfigurationError(f"the time {moment} has no zone: give one, e.g. datetime.now(UTC)")
    return moment


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
