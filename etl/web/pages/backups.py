"""Backups: those that the store knows of, and when one was last restored in a drill."""

from datetime import datetime

from etl.monitoring.backup_checks import DRILL_DAYS
from etl.store import BackupRecords, LastBackups
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, cut_page, framed
from etl.web.requests import Id, Model, PageRequest


class Backup(Model):
    """`location`: folder and host; `drilled_at`: when it was last restored in a drill."""

    backup_id: str
    taken_at: datetime
    location: str
    drilled_at: datetime | None


class Backups(CompanyPage):
    """`last_taken_at` is None where none is noted; `last_drilled_at`: of any of them. `is_drill_due`: it is not known
    any more that a backup can be restored. `next`: the number below which the next page begins."""

    last_taken_at: datetime | None
    age_seconds: float | None
    last_drilled_at: datetime | None
    is_drill_due: bool
    drill_days: int
    items: tuple[Backup, ...]
    next: Id | None


def page(request: PageRequest) -> Backups:
    """A page of them, the newest first."""
    records = BackupRecords(request.runtime.store.schema)
    with request.reading_store() as connection:
        last = records.last(connection)
        found = records.listed(connection, PAGE_ROWS + 1, before=request.number("before")) if last else []
    shown, following = cut_page(found, lambda one: one.cursor)
    return Backups(
        **framed(request),
        **_of(last),
        drill_days=DRILL_DAYS,
        items=tuple(Backup(**{name: getattr(one, name) for name in Backup.model_fields}) for one in shown),
        next=following,
    )


def _of(last: LastBackups | None) -> dict[str, object]:
    return {
        "last_taken_at": last.taken_at if last else None,
        "age_seconds": last.age_hours * 3600 if last else None,
        "last_drilled_at": last.drilled_at if last else None,
        "is_drill_due": bool(last and last.days_since > DRILL_DAYS),
    }
