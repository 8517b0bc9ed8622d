"""Speed: rows per second, duration and rejects, run by run; from receipts, which outlive the runs."""

from collections import Counter
from datetime import datetime
from statistics import median

from etl.engine import read_units
from etl.web.pages.frame import CompanyPage, framed
from etl.web.pages.units import Unit, unit_of
from etl.web.requests import Model, PageRequest

_RUNS = 200


class TableSpeed(Model):
    """What the runs have done to one in_ table in all."""

    table: str
    claimed: int
    created: int
    changed: int
    rejected: int


class Speed(CompanyPage):
    """`runs`: the oldest first, without undos and runs without rows."""

    runs: tuple[Unit, ...]
    tables: tuple[TableSpeed, ...]
    since: datetime | None
    rows: int
    rejected: int
    median_rate: float | None
    median_seconds: float | None
    slowest: Unit | None


def page(request: PageRequest) -> Speed:
    """The newest runs that have ended."""
    units = read_units(request.runtime, source="in_tables", limit=_RUNS)
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
