"""The partner's steps, each a transaction of plain SQL."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy

from etl.database import Connection, SqlTemplates, begin, execute, fetch_all, fetch_one, transaction
from etl.errors import EnvironmentFault, RunStopped
from etl.metadata import names
from etl.quoting import fold
from etl.simulator.rows import Row, rows_json
from etl.simulator.scenarios import CompareStep, FullSetStep, RefusedRow, Write

_sql = SqlTemplates(__package__)

_PIECE_SECONDS: Final = 0.1
_POLL_SECONDS: Final = 0.1
# Wrong values and broken constraints: the row is at fault, not the server.
_ROW_FAULTS: Final = ("22", "23")


class SqlClient:
    """Writes at most `rate` rows a second into the in_ tables of a schema (0: without a limit)."""

    def __init__(self, engine: sqlalchemy.Engine, schema: str, rate: float = 0) -> None:
        self._engine, self._schema, self._rate = engine, schema, rate
        self._due = time.monotonic()

    def database(self) -> str:
        with self._connection() as connection:
            return str(self._answers(connection).database)

    def write(self, write: Write) -> None:
        """Rows in pieces, each committed."""
        for piece in self._pieces(write.rows):
            with self._connection() as connection:
                self._write(connection, write, piece)

    def write_uncommitted(self, writes: Iterable[Write]) -> Connection:
        """Writes in a transaction that is never committed."""
        connection = self._engine.connect()
        begin(connection)
        for write in writes:
            self._write(connection, write, write.rows)
        return connection

    def refused(self, refused: RefusedRow) -> bool:
        """Offers a row; whether PostgreSQL refused it."""
        try:
            self.write(Write(refused.table, ("in_id",), (refused.row,)))
        except EnvironmentFault as fault:
            if fault.sqlstate.startswith(_ROW_FAULTS):
                return True
            raise
        return False

    def say_full_set(self, step: FullSetStep) -> None:
        """Deletes the rows, and says what the hand-over is; in one transaction."""
        with self._connection() as connection:
            keys = json.dumps([[row[column] for column in step.key] for row in step.deleted])
            delete = _sql("delete_rows", schema=self._schema, table=step.table, key=step.key)
            execute(connection, delete, {"keys": keys})
            values = {"table": step.table, "rows": step.rows}
            execute(connection, _sql("say_full_set", schema=self._schema), values)

    def say_compare(self, step: CompareStep) -> None:
        """Writes ids and hashes, and asks for the comparison; in one transaction."""
        with self._connection() as connection:
            values = {"table": step.table, "given": json.dumps(step.given)}
            for statement in _sql.script("say_compare", schema=self._schema):
                execute(connection, statement, values)

    def differences(self, table: str, prefix: str) -> set[tuple[str, str]]:
        """(id, difference) of our rows, by the newest comparison of a table."""
        with self._connection() as connection:
            values = {"table": table, "prefix": prefix}
            rows = fetch_all(connection, _sql("differences", schema=self._schema), values)
        return {(row.in_id, row.difference) for row in rows}

    def begin_loading(self) -> None:
        """Way 2, before the first row."""
        self._do("begin_loading")

    def hand_over(self, *, by_marker: bool) -> None:
        """Way 2 where a load was begun, else way 1."""
        self._do("end_loading" if by_marker else "hand_over")

    def wait(self, seconds: float) -> bool:
        """Whether a run has read the handed-over rows within that time. Raises RunStopped when it was stopped."""
        deadline = time.monotonic() + seconds
        while True:
            with self._connection() as connection:
                marker = fetch_one(connection, _sql("marker", schema=self._schema))
            if marker is not None and marker.ins_inkafka_status == 2:
                raise RunStopped("the run was stopped (ins_inkafka_status=2): `etl status` says why")
            if marker is not None and marker.ins_inkafka_status == 1:
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)

    def newest_run(self) -> int:
        """The run after which new receipts begin."""
        with self._connection() as connection:
            if not self._answers(connection).found:
                return 0
            row = fetch_one(connection, _sql("newest_run", schema=self._schema))
            return int(row.run) if row else 0

    def receipts(self, after: int) -> dict[str, dict[str, int]]:
        """in_ table -> counts, of all runs after a run."""
        with self._connection() as connection:
            rows = fetch_all(connection, _sql("receipts", schema=self._schema), {"after": after})
        return {
            row.in_table: {name: int(rows) for name, rows in row._mapping.items() if name != "in_table"} for row in rows
        }

    def err_rows(self, after: int, prefix: str) -> dict[str, int]:
        """in_ table -> how many of our rows err names."""
        with self._connection() as connection:
            values = {"after": after, "prefix": prefix}
            rows = fetch_all(connection, _sql("err_rows", schema=self._schema), values)
        return {row.in_table: int(row.rows) for row in rows}

    def unsettled(self, table: str, key: tuple[str, ...], keys: Iterable[tuple[str, ...]], status: str) -> int:
        """The number of rows of these keys with another status."""
        statement = _sql("unsettled", schema=self._schema, table=table, key=key)
        with self._connection() as connection:
            row = fetch_one(connection, statement, {"keys": json.dumps(list(keys)), "status": status})
        return int(row.rows) if row else 0

    def _do(self, statement: str) -> None:
        with self._connection() as connection:
            execute(connection, _sql(statement, schema=self._schema))

    def _write(self, connection: Connection, write: Write, rows: Iterable[Row]) -> None:
        listed = list(rows)
        if not listed:
            return
        statement = _sql(
            "write_rows",
            schema=self._schema,
            table=write.table,
            columns=list(listed[0]),
            key=write.key,
            is_file=write.table == names.FILE_STORAGE,
        )
        execute(connection, statement, {"rows": rows_json(listed)})

    def _pieces(self, rows: tuple[Row, ...]) -> Iterator[tuple[Row, ...]]:
        """Parts of a tenth of a second each, when they are due."""
        size = max(int(self._rate * _PIECE_SECONDS), 1) if self._rate else max(len(rows), 1)
        for start in range(0, len(rows), size):
            piece = rows[start : start + size]
            now = time.monotonic()
            self._due = max(self._due, now - _PIECE_SECONDS)
            if self._rate:
                time.sleep(max(self._due - now, 0))
                self._due += len(piece) / self._rate
            yield piece

    def _answers(self, connection: Connection) -> Any:
        table = f"{fold(self._schema)}.migration_receipt"
        return fetch_one(connection, _sql("has_answers"), {"receipts": table})

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with transaction(self._engine) as connection:
            yield connection
