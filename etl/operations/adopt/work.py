"""What the adoption of one table works with, and how it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.engine import Runtime
from etl.errors import EtlError
from etl.files import Progress, ReadTable, RowFault, TableFile, read_as_table
from etl.merge import Matching, MergeContext, Source
from etl.metadata import names
from etl.operations.adopt.folder import AdoptedFiles

_sql = SqlTemplates(__package__, "etl.store")

SOURCE: Final = Source("adoption", Matching.IDS, creates_ids=True)
"""Rows of another installation: they bring their ids, and nothing of them is merged by values."""
ROWS: Final = "adopted_row"
"""The temporary table with the rows of the file."""
IDS: Final = "adopted_id"
"""That with the rows of the file of further external ids."""
MOST_FAULTS: Final = 1000
"""The number of faults that are kept of each table."""


@dataclass(frozen=True)
class FileFault:
    """What is wrong with a row: `column` is "" where it is the row itself, `line` 0 where it is the whole file."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}: {f'{self.column} ' if self.column else ''}{self.reason}"


class TableRefused(EtlError):
    """Nothing of a table is adopted; `total` counts its faults, of which the first are given."""

    exit_code = 3

    def __init__(self, faults: Sequence[FileFault], total: int) -> None:
        self.faults = tuple(faults)
        self.total = total
        super().__init__("\n".join(map(str, faults)))


@dataclass(frozen=True)
class TableComparison:
    """How many rows the file and the store have, and their digests: what they are of is equal if these are."""

    file_rows: int
    store_rows: int
    file_digest: str = ""
    store_digest: str = ""
    has_translated: bool = True

    @property
    def is_equal(self) -> bool:
        return (self.file_rows, self.file_digest) == (self.store_rows, self.store_digest) and self.has_translated


@dataclass(frozen=True)
class Work:
    """The adoption of a table in an open transaction of the store."""

    runtime: Runtime
    connection: Connection
    files: AdoptedFiles
    context: MergeContext
    progress: Progress

    @property
    def file(self) -> str:
        """The name of the file, as messages say it."""
        return self.files.file.path.name

    @property
    def origin(self) -> str:
        """What the journal says of a row, before its line."""
        return f"{self.file}:"

    def run(self, statement: str, values: Mapping[str, object] | None = None, **variables: object) -> int:
        """Runs a statement of this package and returns how many rows it wrote."""
        return execute(self.connection, _sql(statement, **self._variables, **variables), dict(values or {}))

    def ask(self, statement: str, values: Mapping[str, object] | None = None, **variables: object) -> list[Row[Any]]:
        return fetch_all(self.connection, _sql(statement, **self._variables, **variables), dict(values or {}))

    @property
    def _variables(self) -> dict[str, object]:
        return {"store_schema": self.runtime.store.schema, "rows": ROWS, "ids": IDS}

    def read(self, file: TableFile, name: str) -> ReadTable:
        """Reads a file into a temporary table. Raises TableRefused for rows that are none of it."""
        limit = self.runtime.settings.in_migration.max_value_bytes
        found = read_as_table(self.connection, file, name, limit, self.progress)
        if found.bad_rows:
            raise TableRefused(_located(file, found.faults), found.bad_rows)
        return found

    def refuse(self, statement: str, values: Mapping[str, object], file: TableFile, **variables: object) -> None:
        """Raises TableRefused for the faults that a statement finds in the rows of a file."""
        rows = self.ask(statement, {"most": MOST_FAULTS, **values}, **variables)
        if rows:
            faults = [RowFault(row.line, row.column_name, row.reason) for row in rows]
            raise TableRefused(_located(file, faults), rows[0].total)

    def refuse_rows(self, faults: Sequence[RowFault]) -> None:
        """Raises TableRefused where the merge has refused rows."""
        if faults:
            raise TableRefused(_located(self.files.file, faults[:MOST_FAULTS]), len(faults))

    def compare(
        self, statement: str, values: Mapping[str, object] | None = None, **variables: object
    ) -> TableComparison:
        [row] = self.ask(statement, values, **variables)
        return TableComparison(**row._mapping)

    @property
    def golden(self) -> str:
        return names.store_table(self.files.layout.object.code)

    @property
    def golden_link(self) -> str:
        link = self.files.layout.links[0]
        return names.store_link_table(link.bo.code, link.field.code)


def _located(file: TableFile, faults: Sequence[RowFault]) -> list[FileFault]:
    name = file.path.name
    # A reason of the reader begins with the column already.
    return [FileFault(name, one.line, one.column, one.reason.removeprefix(f"{one.column} ")) for one in faults]
