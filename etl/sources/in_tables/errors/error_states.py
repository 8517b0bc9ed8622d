"""The current state of errors: which are corrected, and which still need a correction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from etl.database import SqlTemplates, fetch_all
from etl.ddl.catalog import relations
from etl.merge.context import Connections
from etl.metadata import Company, names
from etl.metadata.company import LinkTable
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

Row = Mapping[str, Any]
# id of an error -> (in_status of its row, whether a later run took it)
_Found = dict[int, tuple[str | None, bool]]


class ErrorState(StrEnum):
    """The state of an error, by its current row."""

    OPEN = "open"  # the row is as it was rejected, or the value is still left out
    GONE = "gone"  # the row was deleted, and no later run took its object
    OFFERED = "offered"  # the row is ready again: the next hand-over takes it
    WAITING = "waiting"  # the link waits for an end again
    CORRECTED = "corrected"  # a later run took the row
    REPEATED = "repeated"  # a later run rejected the row again: its own error says why
    NONE = ""  # no fault, so nothing to correct

    @property
    def is_open(self) -> bool:
        """Whether the error still needs a correction."""
        return self in (ErrorState.OPEN, ErrorState.GONE)


@dataclass(frozen=True)
class ErrorStates:
    """Reads the states of one company's errors from the in_ tables and the golden store."""

    company: Company
    in_schema: str
    store_schema: str
    has_store: bool = True

    def of(self, connections: Connections, errors: Sequence[Row]) -> dict[int, ErrorState]:
        """Id of an error -> its state. `errors` are rows of `sql/list_errors.sql`, of any number of tables."""
        asked = [error for error in errors if error["severity"] in ("error", "warning")]
        states = {error["id"]: ErrorState.NONE for error in errors}
        here = relations(connections.imported, self.in_schema, [*self.company.in_tables(), names.FILE_STORAGE])
        for table, group in groupby(sorted(asked, key=_table), key=_table):
            of_table = list(group)
            is_here = fold(table) in here and here[fold(table)].is_table
            found = self._rows(connections, table, of_table) if is_here else {}
            lost = [error for error in of_table if error["id"] not in found and error["in_id"] is not None]
            arrived = self._arrived(connections, table, lost) if is_here and lost else set()
            states |= {error["id"]: _judge(error, found, arrived) for error in of_table}
        return states

    def _rows(self, connections: Connections, table: str, errors: Sequence[Row]) -> _Found:
        link = self.company.in_link_table(table)
        kind = "links" if link else "files" if table == names.FILE_STORAGE else "rows"
        statement = _sql(f"states_of_{kind}", in_schema=self.in_schema, table=table, link=link)
        return {
            row.id: (row.in_status, row.is_later) for row in fetch_all(connections.imported, statement, _values(errors))
        }

    def _arrived(self, connections: Connections, table: str, errors: Sequence[Row]) -> set[int]:
        link = self.company.in_link_table(table)
        if table == names.FILE_STORAGE or not self.has_store:
            return set()
        statement = "arrived_links" if link else "arrived_instances"
        golden = self._golden_of_link(link) if link else self._golden(table)
        found = fetch_all(connections.store, _sql(statement, store_schema=self.store_schema, **golden), _values(errors))
        return {row.id for row in found}

    def _golden(self, table: str) -> dict[str, str]:
        return {"golden": names.store_table(self.company.in_objects[table].code)}

    def _golden_of_link(self, link: LinkTable) -> dict[str, str]:
        return {
            "golden": names.store_link_table(link.bo.code, link.field.code),
            "owner": names.store_table(link.bo.code),
            "target": names.store_table(link.member.code),
        }


def _judge(error: Row, found: _Found, arrived: Iterable[int]) -> ErrorState:
    if error["is_repeated"]:
        return ErrorState.REPEATED
    if error["id"] not in found:
        return ErrorState.CORRECTED if error["id"] in arrived else ErrorState.GONE
    match found[error["id"]]:
        case ("" | "ON_WORK", _):
            return ErrorState.OFFERED
        case ("WAITING", _):
            return ErrorState.WAITING
        case ("DONE", True):
            return ErrorState.CORRECTED
        case ("ERROR", True):
            return ErrorState.REPEATED
    return ErrorState.OPEN


def _table(error: Row) -> str:
    return str(error["in_table"])


def _values(errors: Sequence[Row]) -> dict[str, list[Any]]:
    columns = {"ids": "id", "runs": "run", "row_ids": "row_id", "in_ids": "in_id", "ends": "value"}
    columns["times"] = "created_at"
    return {name: [error[column] for error in errors] for name, column in columns.items()}
