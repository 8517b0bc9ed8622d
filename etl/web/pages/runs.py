"""Runs: units of work, the newest first, and all that is kept of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from etl.engine import read_unit, read_unit_errors, read_units
from etl.engine.imported import read_imported_by, read_partner_runs
from etl.errors import ConfigurationError
from etl.runs import RECORD_COUNTERS
from etl.store import ListedUnit
from etl.web.pages.code_counts import CodeCount, counts_of_run, counts_of_unit, shown_counts
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, cut_page, framed, zone_name
from etl.web.pages.units import OF_ROWS, Unit, unit_of
from etl.web.problems import RequestProblem, bad_request, gone, not_found
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest
from etl.web.roles import Role
from etl.web.texts import zone_named
from etl.web.texts.sentence import sentence_of

SOURCES = ("in_tables", "kafka")


class Runs(CompanyPage):
    """`next`: the number below which the next page begins."""

    items: tuple[Unit, ...]
    source: str
    next: Id | None


class Task(Model):
    """One task of a run."""

    seq: int
    kind: str
    table: str | None
    rows: int | None
    state: str
    attempts: int
    crashes: int
    seconds: float | None
    error: str


class Run(CompanyPage):
    """`tables`: table -> counter -> rows; `columns`: the counters that are not zero throughout. `can_undo`: nothing has
    reverted it, and it has ended."""

    unit: Unit
    tables: dict[str, dict[str, int]]
    columns: tuple[str, ...]
    tasks: tuple[Task, ...]
    errors: tuple[CodeCount, ...]
    can_undo: bool


def runs_page(request: PageRequest) -> Runs:
    """The newest units, or those before a number."""
    source = request.query.get("source", "")
    if source and source not in SOURCES:
        raise bad_request(sentence_of("sentence.no_source"))
    found = _units(request, source, PAGE_ROWS + 1, request.number("before"))
    items, following = cut_page([unit_of(one) for one in found], lambda one: one.number)
    return Runs(**framed(request), items=items, source=source, next=following)


def _units(request: PageRequest, source: str, limit: int, before: int | None) -> list[ListedUnit]:
    if request.viewer.role is Role.PARTNER:
        return read_partner_runs(request.runtime, limit=limit, before=before, seconds=PAGE_SECONDS)
    return read_units(request.runtime, source=source or None, limit=limit, before=before)


def run_page(request: PageRequest) -> Run:
    """One unit with its counters, tasks and errors by code; a partner sees its tables, and neither tasks nor others."""
    number = request.path_number("run")
    if request.viewer.role is Role.PARTNER:
        return _own_run(request, number)
    try:
        found = read_unit(request.runtime, number, with_errors=False)
    except ConfigurationError as unknown:
        raise _forgotten(request, number) from unknown
    # Those of a unit that has not ended still change.
    is_over = found.unit.finished_at is not None
    errors = counts_of_unit(request, number) if is_over else read_unit_errors(request.runtime, number)
    return _run(request, found.unit, found.tasks, errors)


def _own_run(request: PageRequest, number: int) -> Run:
    found = read_partner_runs(request.runtime, limit=1, run=number, seconds=PAGE_SECONDS)
    if not found:
        raise not_found(sentence_of("sentence.no_run"))
    tables = found[0].receipt or {}
    errors = [row for row in counts_of_run(request, number) if row["in_table"] in tables]
    return _run(request, found[0], (), errors)


def _run(
    request: PageRequest, listed: ListedUnit, tasks: Sequence[dict[str, Any]], errors: Sequence[dict[str, Any]]
) -> Run:
    unit, receipt = unit_of(listed), listed.receipt or {}
    tables = {name: dict(part) for name, part in receipt.items() if not isinstance(part, int)}
    known = dict.fromkeys((*OF_ROWS, *RECORD_COUNTERS))
    is_own = request.viewer.role is Role.PARTNER
    return Run(
        **framed(request),
        unit=unit,
        tables=tables,
        columns=tuple(name for name in known if any(part.get(name) for part in tables.values())),
        tasks=tuple(_task(row) for row in tasks),
        errors=shown_counts(errors),
        can_undo=not is_own and unit.undone_by is None and unit.finished_at is not None,
    )


def _forgotten(request: PageRequest, number: int) -> RequestProblem:
    """A link to a run may be older than what is kept of it: its receipts stay."""
    kept = read_imported_by(request.runtime, number)
    if kept is None:
        return not_found(sentence_of("sentence.no_run"))
    at = f"{kept['finished_at'].astimezone(zone_named(zone_name(request))):%Y-%m-%d %H:%M}"
    summary = sentence_of("sentence.run_gone", run=str(number), at=at, n=kept["rows"], rejected=kept["rejected"])
    return gone(summary)


def _task(row: dict[str, Any]) -> Task:
    # The attempt that is under way counts until it has ended well.
    crashes = max(row["crash_count"] - (row["state"] in ("running", "done")), 0)
    return Task(
        seq=row["seq"],
        kind=row["kind"],
        table=row["in_table"] or None,
        rows=row["claimed_rows"],
        state=row["state"],
        attempts=row["attempts"],
        crashes=crashes,
        seconds=_seconds(row["started_at"], row["finished_at"]),
        error=row["error"] or "",
    )


def _seconds(started: datetime | None, finished: datetime | None) -> float | None:
    return (finished - started).total_seconds() if started and finished else None
