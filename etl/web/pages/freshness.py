"""Freshness: whether data are fresh, object by object; one page to print for those who use them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from etl.engine import ListedVersion
from etl.engine.imported import ImportedRows, read_imported_rows
from etl.metadata import names
from etl.monitoring import Grade, Situation, State, read_situation, verdict
from etl.notifications.freshness import kept_of_due
from etl.outputs.versions import MOST_BEHIND
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, framed, zone_name
from etl.web.pages.readers import ReaderOfVersion, of_version
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest

DAYS: Final = 30
_GRADES: Final = {
    "good": "good",
    "unseen": "good",
    "never": "good",
    "running": "busy",
    "behind": "busy",
    "late": "warning",
}

Values = Mapping[str, str | float | datetime | None]


class ObjectFreshness(Model):
    """A business object: what the last run with rows of it has taken, None where none of the last 30 days had any.
    `is_of_last_run`: the newest run was that one; `is_shown`: readers see the object."""

    object: str
    table: str
    taken_at: datetime | None
    run: Id | None
    rows: int
    rejected: int
    is_of_last_run: bool
    is_shown: bool


class Day(Model):
    """What was taken on a day of the page's zone."""

    day: date
    runs: int
    rows: int
    rejected: int


class ShownBy(Model):
    """How far a version of the out_ tables is behind the store. `is_further`: more changes than were counted."""

    schema_name: str
    state: str
    behind: int
    is_further: bool
    lag_seconds: float


class CompanyFreshness(Model):
    """`state` and `values`: `fresh.STATE` of the texts is the sentence. `kept` of the hand-overs that were `due` in 30
    days came in time, None where no times are due; `waiting` links, None where they were not counted."""

    company: str
    state: str
    grade: str
    values: dict[str, str | float | datetime | None]
    taken_at: datetime | None
    last_hand_over: datetime | None
    kept: int | None
    due: int | None
    waiting: int | None


class Freshness(CompanyPage, CompanyFreshness):
    """The same with all that a page of one company shows. Counts are those of the last 30 days; `is_cut`: there are
    more readers."""

    late_since: datetime | None
    is_watched: bool
    objects: tuple[ObjectFreshness, ...]
    days: tuple[Day, ...]
    versions: tuple[ShownBy, ...]
    readers: tuple[ReaderOfVersion, ...]
    is_cut: bool
    waiting_since: datetime | None
    median_seconds: float | None
    slowest_seconds: float | None
    slowest_run: Id | None


def page(request: PageRequest) -> Freshness:
    """Whether data are fresh now."""
    imported = read_imported_rows(request.runtime, days=DAYS, zone=zone_name(request), seconds=PAGE_SECONDS)
    situation = read_situation(request.runtime, seconds=PAGE_SECONDS)
    status, feed = situation.status, situation.feed
    state, values = _state(situation, imported)
    versions, readers = (status.out_versions, status.readers) if status else ((), ())
    waiting = status.waiting if status else ()
    due = request.runtime.settings.in_migration.due
    kept = kept_of_due(datetime.now(UTC), imported.starts, due, DAYS)
    return Freshness(
        **framed(request),
        company=request.company,
        state=state,
        grade=_GRADES.get(state, "bad"),
        values=dict(values),
        taken_at=_taken_at(imported),
        last_hand_over=feed.last_hand_over if feed else None,
        kept=kept[0] if kept else None,
        due=kept[1] if kept else None,
        late_since=feed.late_since if feed else None,
        is_watched=feed is not None,
        objects=tuple(_objects(request, imported)),
        days=tuple(Day(**row) for row in imported.days),
        versions=tuple(map(_shown_by, versions)),
        readers=tuple(of_version(one) for one in readers[:PAGE_ROWS]),
        is_cut=len(readers) > PAGE_ROWS,
        waiting=sum(one["links"] for one in waiting),
        waiting_since=min((one["since"] for one in waiting), default=None),
        median_seconds=imported.median_seconds,
        slowest_seconds=imported.slowest_seconds,
        slowest_run=imported.slowest_run,
    )


def _state(situation: Situation, imported: ImportedRows) -> tuple[str, Values]:
    """The sentence: what keeps data from being fresh comes first."""
    at, found = _taken_at(imported), verdict(situation)
    if found.grade is Grade.BAD:
        return "held_up", {"at": at}
    if situation.feed and situation.feed.late_since:
        return "late", {"since": situation.feed.late_since, "at": at}
    if at is None:
        return "never", {}
    if found.state is State.RUNNING:
        return "running", {"at": at}
    current = _current(situation)
    if current is None:
        return "unseen", {"at": at}
    shown: Values = {"at": at, "version": current.schema_name, "lag_seconds": current.lag_seconds}
    return ("behind" if current.behind else "good"), shown


def _current(situation: Situation) -> ListedVersion | None:
    versions = situation.status.out_versions if situation.status else ()
    return next((one for one in versions if one.state == "current"), None)


def _taken_at(imported: ImportedRows) -> datetime | None:
    return max((row["taken_at"] for row in imported.tables), default=None)


def _shown_by(one: ListedVersion) -> ShownBy:
    return ShownBy(
        schema_name=one.schema_name,
        state=one.state,
        behind=min(one.behind, MOST_BEHIND),
        is_further=one.behind > MOST_BEHIND,
        lag_seconds=one.lag_seconds,
    )


def _objects(request: PageRequest, imported: ImportedRows) -> list[ObjectFreshness]:
    """Those that partners fill, in the order of the metadata."""
    by_table = {row["in_table"]: row for row in imported.tables}
    newest = max((row["run"] for row in imported.tables), default=None)
    found = []
    for one in request.runtime.company.objects:
        if one.has_in_table:
            table = names.in_table(one.code)
            row = by_table.get(table)
            found.append(
                ObjectFreshness(
                    object=one.code,
                    table=table,
                    taken_at=row["taken_at"] if row else None,
                    run=row["run"] if row else None,
                    rows=row["claimed"] if row else 0,
                    rejected=row["rejected"] if row else 0,
                    is_of_last_run=row is not None and row["run"] == newest,
                    is_shown=bool(one.uploaded_fields),
                )
            )
    return found
