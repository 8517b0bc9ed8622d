"""How many errors a run has of each code. They are read for all who ask within some seconds at once: of each table and
code a thousand rows are read, and those of a run that has ended do not change."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from etl.engine import Runtime, read_unit_errors
from etl.engine.rejected import open_errors
from etl.monitoring.error_lists import reading_by_index
from etl.web.lately import Lately
from etl.web.pages.frame import databases_of
from etl.web.requests import PAGE_SECONDS, Model, PageRequest
from etl.web.roles import Role

Row = dict[str, Any]
# Statements end by themselves before that.
_WAIT_SECONDS: Final = 10.0
_COUNTS: Final = Lately[tuple[Row, ...]](least_rest=10.0)


class CodeCount(Model):
    """How many rows have an error of one code in one column. Not `is_exact`: there are more."""

    table: str
    column: str
    code: str
    severity: str
    rows: int
    is_exact: bool


def counts_of_run(request: PageRequest, run: int) -> tuple[Row, ...]:
    """Of the import's errors, the most frequent first, as ErrorLog.counts_of_run has them."""
    runtime, of_partner = request.runtime, request.viewer.role is Role.PARTNER
    return _lately(request, ("import", of_partner, run), lambda: _of_import(runtime, run, of_partner))


def counts_of_unit(request: PageRequest, unit: int) -> tuple[Row, ...]:
    """The same of the store's copy, which outlives the import's errors; of these where there is no copy yet."""
    runtime = request.runtime
    return _lately(request, ("unit", unit), lambda: read_unit_errors(runtime, unit))


def shown_counts(rows: Sequence[Row]) -> tuple[CodeCount, ...]:
    return tuple(
        CodeCount(
            table=row["in_table"],
            column=row["column_name"] or "",
            code=row["code"],
            severity=row["severity"],
            rows=row["rows"],
            is_exact=row["is_exact"],
        )
        for row in rows
    )


def _lately(request: PageRequest, key: tuple[object, ...], read: Callable[[], tuple[Row, ...]]) -> tuple[Row, ...]:
    found = _COUNTS.latest((databases_of(request), *key), read, wait=_WAIT_SECONDS, raises=True)
    return found or ()


def _of_import(runtime: Runtime, run: int, of_partner: bool) -> tuple[Row, ...]:
    with open_errors(runtime, of_partner=of_partner, begin=reading_by_index(PAGE_SECONDS)) as opened:
        return tuple(opened.log.counts_of_run(opened.connection, run)) if opened.connection is not None else ()
