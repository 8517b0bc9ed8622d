"""The rows of process_expected: which run they are about, and whether what it has claimed is what they say."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one, shut_out_older
from etl.errors import RunStopped
from etl.merge.context import Connections, MergeContext
from etl.metadata import Company, names
from etl.metadata.field_types import NUMBER
from etl.quoting import fold, shown
from etl.runs import ClaimedRows
from etl.sources.in_tables.expected.comparison import compare
from etl.sources.in_tables.expected.full_sets import add_removals
from etl.store import STORE

_sql = SqlTemplates(__package__)

# The maximum number of differences that a message names.
_SHOWN: Final = 5
_TABLE: Final = names.PROCESS_EXPECTED


@dataclass(frozen=True)
class Expectation:
    """A row of process_expected, its names as the metadata write them; `column` is empty without a sum."""

    in_table: str
    is_full_set: bool
    is_compared: bool
    rows: int | None
    column: str
    column_sum: Decimal | None


def take_expected(connection: Connection, context: MergeContext) -> None:
    """Notes the run in all rows; those that the partner adds later are about its next hand-over."""
    if context.has_expected:
        _execute(connection, "take_expected", context)


def free_expected(connection: Connection, context: MergeContext) -> None:
    """The run was stopped: its rows are about the next hand-over."""
    if context.has_expected:
        _execute(connection, "free_expected", context)


def finish_expected(connections: Connections, company: Company, context: MergeContext) -> None:
    """All of the run is read: compares what its rows ask for, and deletes them."""
    if not context.has_expected:
        return
    statement = _sql("forget_expected", in_schema=context.in_schema)
    rows = fetch_all(connections.imported, statement, {"run": context.run})
    compared = {fold(row.in_table) for row in rows if row.compare}
    for table, business_object in company.in_objects.items():
        if fold(table) in compared:
            compare(connections, business_object, context)


def apply_expected(
    connections: Connections, company: Company, claimed: ClaimedRows, context: MergeContext
) -> ClaimedRows:
    """Compares what was claimed with the control totals, and adds to full sets the rows that remove what they no longer
    have; returns how many were added per table.

    Raises RunStopped for a difference, and for a row that names what is not there.
    """
    if not context.has_expected:
        return {}
    found = fetch_all(connections.imported, _sql("expected_of_run", in_schema=context.in_schema), {"run": context.run})
    if not found:
        return {}
    # Those that do not know the table would leave its rows for the next hand-over, and the added ones for good.
    shut_out_older(connections.store, context.store_schema, STORE, "full_sets")
    expected = [_expectation(company, row) for row in found]
    if any(one.is_compared for one in expected) and not context.has_compare:
        raise RunStopped(
            f"{_TABLE} asks for a comparison, and {names.PROCESS_COMPARE} is not there: make it by `etl generate-ddl "
            "--direction in --apply`, and hand over again"
        )
    differences = list(_differences(connections.imported, company, expected, claimed, context))
    if differences:
        more = [f"{len(differences) - _SHOWN} more differences"] if len(differences) > _SHOWN else []
        raise RunStopped(
            f"what was handed over is not what {_TABLE} says: {'; '.join([*differences[:_SHOWN], *more])}: nothing was "
            f"merged, the rows are ready again. Complete the rows, or correct {_TABLE}, and hand over again"
        )
    full = dict.fromkeys(one.in_table for one in expected if one.is_full_set)
    return add_removals(connections, [company.in_objects[table] for table in full], context)


def _expectation(company: Company, row: Any) -> Expectation:
    """Raises RunStopped for names that the metadata do not have."""
    known = {fold(table): table for table in company.in_tables()}
    table = known.get(fold(row.in_table or ""))
    if table is None:
        raise _refusal(f"names the table {shown(row.in_table or '')}", known.values())
    business_object = company.in_objects.get(table)
    if row.full_set and business_object is None:
        raise _refusal(
            f"says that {table} is a full set, which holds links (a full set of links is linkMode: replace)",
            company.in_objects,
        )
    if row.compare and business_object is None:
        raise _refusal(f"says that {table} is to be compared, which holds links", company.in_objects)
    if row.column_sum is not None and not row.column_name:
        raise RunStopped(
            f"{_TABLE} says a sum of {table}, but not of which column: write column_name and hand over again"
        )
    column = ""
    if row.column_name:
        fields = business_object.loaded_fields if business_object else ()
        numbers = {fold(field.code): field.code for field in fields if field.sql_type == NUMBER}
        if fold(row.column_name) not in numbers:
            raise _refusal(f"names the column {shown(row.column_name)} of {table}", numbers.values(), "number field")
        column = numbers[fold(row.column_name)]
    return Expectation(table, bool(row.full_set), bool(row.compare), row.rows, column, row.column_sum)


def _refusal(what: str, known: Collection[str], kind: str = "table") -> RunStopped:
    listed = ", ".join(known) or f"there is no {kind}"
    return RunStopped(f"{_TABLE} {what}: correct that row and hand over again; possible: {listed}")


def _differences(
    connection: Connection,
    company: Company,
    expected: Collection[Expectation],
    claimed: ClaimedRows,
    context: MergeContext,
) -> Iterator[str]:
    for one in expected:
        rows = claimed.get(one.in_table, 0)
        if one.rows is not None and one.rows != rows:
            yield f"{one.in_table} has {rows:,} rows, {one.rows:,} are expected"
        if one.column:
            variables = {"in_schema": context.in_schema, "in_table": one.in_table, "column": one.column}
            found = fetch_one(connection, _sql("sum_of_claimed", **variables), {"run": context.run})
            total = found.total if found else Decimal(0)
            if total.is_nan():
                yield f"rows of {one.in_table} have NaN in {one.column}, which has no sum: correct them"
            elif total != (one.column_sum or 0):
                sums = f"is {_number(total)}, {_number(one.column_sum or Decimal(0))} is expected"
                yield f"the sum of {one.in_table}.{one.column} {sums}"


def _number(value: Decimal) -> str:
    """Without zeros behind the decimal point."""
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"


def _execute(connection: Connection, statement: str, context: MergeContext) -> None:
    execute(connection, _sql(statement, in_schema=context.in_schema), {"run": context.run})
