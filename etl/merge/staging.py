"""The staged table of a source: its rows in the store's database, for one transaction, and what becomes of them.

A source makes the tables, fills the staged one by COPY, merges it with the context `relayed("pg_temp")` of its
`Source`, and reads the results.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.merge.source import Source
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.store")

STAGED_COLUMNS = ("id", "in_id", "out_id", "removed", "_given", "_state", "_origin")
"""The columns that a source fills, beside the loaded fields. `id` orders the rows."""


@dataclass(frozen=True)
class StagedResult:
    """What became of a row: `in_status` DONE or ERROR; its instance, None if there is none; and the `action`: created,
    changed, unchanged, removed, rejected. Of several rows of one instance the last has the action, the others are
    unchanged."""

    id: int
    in_status: str
    out_id: str | None
    action: str


@dataclass(frozen=True)
class StagedError:
    """A fault of a row, or a warning or information about it (`severity`)."""

    row_id: int
    in_id: str | None
    column_name: str | None
    code: str
    message: str
    message_rus: str
    value: str | None
    severity: str


def create_staged_tables(connection: Connection, business_object: BusinessObject, source: Source) -> str:
    """Makes the staged table of an object in pg_temp, with `mark` and `err`; returns its name without the schema.

    They end with the transaction. Raises ValueError for a source whose rows have a table of their own.
    """
    if not source.is_staged:
        raise ValueError(f"the rows of {source.name} are in tables of their own")
    fields = business_object.loaded_fields
    table = names.in_table(business_object.code)
    all_given = given_fields(business_object, (field.code for field in fields))
    variables = {"table": table, "fields": fields, "given_bytes": len(all_given), "all_given": rf"\x{all_given.hex()}"}
    execute(connection, _sql("staged_table", **variables))
    execute(connection, _sql("staged_mark_table"))
    execute(connection, _sql("staged_error_table"))
    return table


def analyze_staged_table(connection: Connection, business_object: BusinessObject) -> None:
    """To be called when it is filled."""
    columns = [
        field.code
        for field in business_object.loaded_fields
        if field.is_unique or field.type in CHOICE_TYPES or field.type is FieldType.FILE_UPLOAD
    ]
    execute(connection, _sql("analyze_staged", table=names.in_table(business_object.code), columns=columns))


def given_fields(business_object: BusinessObject, codes: Iterable[str]) -> bytes:
    """The value of `_given` for a row that gives these fields. Raises KeyError for a field that is not loaded."""
    numbers = {fold(field.code): number for number, field in enumerate(business_object.loaded_fields)}
    bits = 0
    for code in codes:
        bits |= 1 << numbers[fold(code)]
    return bits.to_bytes((len(numbers) + 7) // 8, "little")


def read_results(connection: Connection) -> list[StagedResult]:
    """What became of each row, in their order."""
    return [StagedResult(**row._mapping) for row in fetch_all(connection, _sql("staged_results"))]


def read_errors(connection: Connection) -> list[StagedError]:
    """The faults of the rows, in their order."""
    return [StagedError(**row._mapping) for row in fetch_all(connection, _sql("staged_errors"))]


def drop_staged_tables(connection: Connection, business_object: BusinessObject) -> None:
    """Drops them before the transaction ends: for the next object or batch."""
    execute(connection, _sql("drop_staged", table=names.in_table(business_object.code)))
