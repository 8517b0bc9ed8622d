"""A source of records as a test plays it: fills staged tables by COPY, merges them, reads what became of the rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from etl.database import Connection, transaction
from etl.engine import Runtime
from etl.merge import (
    Matching,
    MergeContext,
    Source,
    StagedError,
    StagedResult,
    create_staged_tables,
    drop_staged_tables,
    given_fields,
    read_errors,
    read_results,
)
from etl.merge.rows import merge_single_fields
from etl.runs import Chunk, Counters, ResultName
from etl.store.undo import undo_run
from tests.fix_company import STORE, Row, Site

RECORDS = Source("records", Matching.REJECT, gives_some=True, is_ordered=True)
DIRECTORY = Source("directory", Matching.IDS)
_IDS = ("in_id", "out_id", "removed", "state", "origin")


@dataclass
class Merged:
    """What a batch did: results and errors by the number of the row, from 1."""

    run: int
    counters: Counters
    results: dict[int, StagedResult]
    errors: list[StagedError]

    @property
    def actions(self) -> list[str]:
        return [self.results[number].action for number in sorted(self.results)]

    @property
    def faults(self) -> list[tuple[int, str | None, str]]:
        """(row, column, code) of every error."""
        return [(error.row_id, error.column_name, error.code) for error in self.errors if error.severity == "error"]

    def instance(self, number: int) -> str | None:
        return self.results[number].out_id


@dataclass
class Staged:
    """Batches of one source for one company. A row is a mapping: ids, `state`, `removed`, and the fields it gives."""

    site: Site
    source: Source = RECORDS
    keep_on_null: bool = False
    _bits: dict[tuple[str, ...], bytes] = field(default_factory=dict)

    def merge(self, *rows: Row, bo: str = "Thing") -> Merged:
        with self.site.runtime() as runtime:
            run = self.next_run(runtime)
            with self.store(runtime) as connection:
                return self.merge_in(runtime, connection, rows, bo, run)

    def next_run(self, runtime: Runtime) -> int:
        """The number of a batch. In a transaction of its own, since takers of a number wait for each other."""
        with self.store(runtime) as connection:
            return runtime.store.next_number(connection)

    @contextmanager
    def store(self, runtime: Runtime) -> Iterator[Connection]:
        with transaction(runtime.engine) as source, runtime.connections(source, transaction) as connections:
            yield connections.store

    def merge_in(
        self, runtime: Runtime, connection: Connection, rows: Sequence[Row], bo: str = "Thing", run: int = 0
    ) -> Merged:
        """In an open transaction of the store."""
        business_object = next(one for one in runtime.company.objects if one.code == bo)
        run = run or runtime.store.next_number(connection)
        table = create_staged_tables(connection, business_object, self.source)
        fields = business_object.loaded_fields
        columns = ["id", "in_id", "out_id", "removed", "_state", "_given", "_origin", *(one.code for one in fields)]
        driver: Any = connection.connection.driver_connection
        target = f"copy pg_temp.{table} ({', '.join(columns)}) from stdin (format binary)"
        with driver.cursor() as cursor, cursor.copy(target) as stream:
            types = {"varchar(16)": "varchar", "numeric(24,4)": "numeric", "timestamp with time zone": "timestamptz"}
            kinds = [types.get(str(one.sql_type), str(one.sql_type).partition("(")[0]) for one in fields]
            stream.set_types(["int8", "varchar", "varchar", "bool", "varchar", "bytea", "text", *kinds])
            for number, row in enumerate(rows, 1):
                codes = [code for code in row if code not in _IDS]
                bits = given_fields(business_object, codes if self.source.gives_some else [one.code for one in fields])
                ids = [row.get(name) for name in ("in_id", "out_id", "removed", "state")]
                stream.write_row([number, *ids, bits, row.get("origin"), *(row.get(one.code) for one in fields)])
        context = replace(self._context(runtime, run).relayed("pg_temp"), source=self.source)
        counters = merge_single_fields(connection, business_object, Chunk(len(rows)), context)
        results = {one.id: one for one in read_results(connection)}
        merged = Merged(run, counters, results, read_errors(connection))
        drop_staged_tables(connection, business_object)
        assert sorted(results) == list(range(1, len(rows) + 1))
        names: tuple[ResultName, ...] = ("created", "changed", "unchanged", "removed", "rejected")
        assert sum(counters.get(name, 0) for name in names) == len(rows) == counters.get("marked", 0)
        return merged

    def _context(self, runtime: Runtime, run: int) -> MergeContext:
        return MergeContext(
            in_schema="in_tables",
            store_schema=runtime.store.schema,
            run=run,
            started_at=datetime.now(UTC),
            keep_on_null=self.keep_on_null,
            max_value_bytes=100_000,
            max_row_bytes=1_000_000,
            reference_expiry_minutes=1,
            chunk_rows=100_000,
            undivided_rows=100_000,
            workers=1,
        )

    def undo(self, run: int) -> int:
        """Reverts a batch, as `etl undo` does with a run; returns the number of the undo."""
        with self.site.runtime() as runtime, self.store(runtime) as connection:
            as_run = runtime.store.next_number(connection)
            undo_run(connection, runtime.company, STORE, run=run, as_run=as_run, at=datetime.now(UTC))
            return as_run

    def stored(self, columns: str = "*", bo: str = "Thing") -> dict[str, Row]:
        """id -> instance."""
        rows = self.site.look(f"select _id as id, _in_id, _state, {columns} from {STORE}.bo_{bo}")
        return {row["id"]: row for row in rows}

    def one(self, bo: str = "Thing") -> Row:
        [row] = self.stored(bo=bo).values()
        return row

    def journal(self, run: int) -> list[tuple[str, dict[str, Any] | None]]:
        """(change, values before) of a run, in order."""
        rows = self.site.look(f"select change, before from {STORE}.journal where run = %s order by n", [run])
        return [(row["change"], row["before"]) for row in rows]
