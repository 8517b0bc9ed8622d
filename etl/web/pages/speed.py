"""Speed: rows per second, duration and rejects, run by run; from receipts, which outlive the runs."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from statistics import median
from typing import Final

from etl.engine import read_units
from etl.engine.imported import read_partner_runs
from etl.quoting import spreadsheet_cell
from etl.runs import RESULTS
from etl.store import ListedUnit
from etl.web.pages.days import days_of
from etl.web.pages.frame import CompanyPage, framed, zone_name
from etl.web.pages.units import Unit, unit_of
from etl.web.requests import PAGE_SECONDS, Attachment, Model, PageRequest
from etl.web.roles import Role
from etl.web.texts import zone_named

_RUNS: Final = 200
_RUNS_OF_FILE: Final = 10_000
_COUNTERS: Final = ("claimed", *RESULTS)
_COLUMNS: Final = ("run", "table", "started_at", "finished_at", "seconds", *_COUNTERS, "rows_per_second")


class TableSpeed(Model):
    """What the runs have done to one in_ table in all."""

    table: str
    claimed: int
    created: int
    changed: int
    rejected: int


class Speed(CompanyPage):
    """`runs`: the oldest first, without undos and runs without rows, the newest 200 of the days from `first_day` to
    `last_day`; `is_cut`: there may be older ones."""

    first_day: date | None
    last_day: date | None
    is_cut: bool
    runs: tuple[Unit, ...]
    tables: tuple[TableSpeed, ...]
    since: datetime | None
    rows: int
    rejected: int
    median_rate: float | None
    median_seconds: float | None
    slowest: Unit | None


def page(request: PageRequest) -> Speed:
    """The newest runs that have ended, or those of some days."""
    days = days_of(request)
    units = _units(request, _RUNS)
    done = [unit_of(one) for one in reversed(units) if one.kind == "run" and one.finished_at]
    runs = [one for one in done if one.rows]
    sums: dict[str, Counter[str]] = {}
    for unit in units:
        for table, part in (unit.receipt or {}).items():
            if unit.kind == "run" and not isinstance(part, int):
                sums.setdefault(table, Counter()).update(part)
    names = ("claimed", "created", "changed", "rejected")
    return Speed(
        **framed(request),
        first_day=days.first,
        last_day=days.last,
        is_cut=len(units) == _RUNS,
        runs=tuple(runs),
        tables=tuple(
            TableSpeed(table=table, **{name: one[name] for name in names})
            for table, one in sorted(sums.items(), key=lambda each: -each[1]["claimed"])
            if any(one.values())
        ),
        since=runs[0].started_at if runs else None,
        rows=sum(one.rows for one in runs),
        rejected=sum(one.rejected for one in runs),
        median_rate=median([one.rate for one in runs if one.rate]) if runs else None,
        median_seconds=median([one.seconds for one in runs if one.seconds is not None]) if runs else None,
        slowest=max(runs, key=lambda one: one.seconds or 0.0) if runs else None,
    )


def file(request: PageRequest) -> Attachment:
    """The same as CSV: a line for each table of each run, the newest first."""
    zone = zone_named(zone_name(request))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for unit in _units(request, _RUNS_OF_FILE):
        writer.writerows([spreadsheet_cell(str(cell)) for cell in line] for line in _lines(unit, zone))
    # Spreadsheets take a file for UTF-8 by these bytes.
    return Attachment(f"{request.company}-runs.csv", text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


def _units(request: PageRequest, limit: int) -> list[ListedUnit]:
    within = days_of(request).within(zone_name(request))
    if request.viewer.role is Role.PARTNER:
        return read_partner_runs(request.runtime, limit=limit, within=within, seconds=PAGE_SECONDS)
    return read_units(request.runtime, source="in_tables", limit=limit, within=within)


def _lines(unit: ListedUnit, zone: tzinfo) -> Iterator[list[object]]:
    """Numbers as programs write them; the rate counts the time of the whole run."""
    if unit.kind != "run" or unit.finished_at is None:
        return
    seconds = (unit.finished_at - unit.started_at).total_seconds()
    for table, counters in sorted((unit.receipt or {}).items()):
        if isinstance(counters, int):
            continue
        counted = [counters.get(name, 0) for name in _COUNTERS]
        if any(counted):
            times = [f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S%z}" for at in (unit.started_at, unit.finished_at)]
            yield [unit.number, table, *times, f"{seconds:.3f}", *counted, f"{counted[0] / max(seconds, 0.001):.1f}"]
