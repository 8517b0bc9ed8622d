"""Corrects a value of a rejected row, if the row is still as it was shown."""

from dataclasses import dataclass
from typing import Any, Final

from etl.database import Connection, SqlTemplates, execute, fetch_one
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.quoting import fold, shown
from etl.sources.in_tables.errors.error_log import ErrorLog

_sql = SqlTemplates(__package__)
MOST_CHARACTERS: Final = 10_000
"""A longer value is corrected where the partner keeps it."""
_REJECTED: Final = "ERROR"

Row = dict[str, Any]


@dataclass(frozen=True)
class ShownValue:
    """A value of a rejected row as it is now; `text` is cut at MOST_CHARACTERS. `digest`: of the whole row."""

    column: str
    text: str | None
    characters: int
    digest: str
    is_rejected: bool


@dataclass(frozen=True)
class Correction:
    """The row of one error. `error`: as `ErrorLog.find` returns it; `column`: one of its in_ table's."""

    log: ErrorLog
    error: Row
    column: str

    def value(self, connection: Connection, *, for_update: bool = False) -> ShownValue | None:
        """The value as it is now; None where the row is gone. `for_update`: the row stays so in this transaction."""
        statement = _sql("whole_value", **self._variables, for_update=for_update)
        row = fetch_one(connection, statement, self.error | {"width": MOST_CHARACTERS})
        if row is None:
            return None
        return ShownValue(self.column, row.text, row.characters, row.digest, row.in_status == _REJECTED)

    def write(self, connection: Connection, text: str | None, digest: str, *, offers: bool) -> bool:
        """Writes the value, and makes the row ready again if `offers`. False, and nothing is changed, where the row is
        not rejected any more, or not the one of the digest. Raises EnvironmentFault for what the column refuses."""
        found = self.value(connection, for_update=True)
        if found is None or not found.is_rejected or found.digest != digest:
            return False
        return (
            execute(connection, _sql("correct_value", **self._variables, offers=offers), self.error | {"text": text})
            == 1
        )

    @property
    def _variables(self) -> dict[str, Any]:
        table = next((one for one in self.log.company.in_tables() if one == self.error["in_table"]), None)
        if table is None:
            raise ConfigurationError(f"{shown(self.error['in_table'])} is not an in_ table whose rows can be corrected")
        return {
            "in_schema": self.log.in_schema,
            "table": table,
            "column": self.column,
            "link": self._link(table),
            "key": "in_id",
            "has_row_id": self.error["row_id"] is not None,
        }

    def _link(self, table: str) -> LinkTable | None:
        return self.log.company.in_link_table(table)


def is_correctable(table: str) -> bool:
    """Whether rows of an in_ table are corrected value by value: contents of files are sent again instead."""
    return fold(table) != fold(names.FILE_STORAGE)
