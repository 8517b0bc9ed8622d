"""Waiting: links whose ends have not come, and the instances that they wait for."""

from datetime import datetime

from etl.monitoring.waiting import read_waiting
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, framed
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest


class WaitingField(Model):
    """The waiting links of one field. `expires_at`: the first run after it gives up the oldest one."""

    bo: str
    field: str
    target: str
    links: int
    since: datetime
    expires_at: datetime | None


class Missing(Model):
    """An instance that links wait for. `known`: what is known of its row, a key of the texts."""

    object: str
    in_id: str
    links: int
    since: datetime
    known: str
    error: Id | None
    code: str | None
    message: str | None
    message_rus: str | None


class WaitingPage(CompanyPage):
    """`links`: how many there are in all."""

    links: int
    fields: tuple[WaitingField, ...]
    missing: tuple[Missing, ...]


def page(request: PageRequest) -> WaitingPage:
    """What waits now; the instances that block most come first."""
    found = read_waiting(request.runtime, explain=True, limit=PAGE_ROWS, seconds=PAGE_SECONDS)
    return WaitingPage(
        **framed(request),
        links=sum(one.links for one in found.links),
        fields=tuple(
            WaitingField(
                bo=one.bo,
                field=one.field,
                target=one.target_bo,
                links=one.links,
                since=one.since,
                expires_at=one.expires_at,
            )
            for one in found.links
        ),
        missing=tuple(
            Missing(
                object=one.object,
                in_id=one.in_id,
                links=one.links,
                since=one.since,
                known=_known(one.in_status, one.error),
                error=one.error,
                code=one.code,
                message=one.message,
                message_rus=one.message_rus,
            )
            for one in found.missing
        ),
    )


def _known(in_status: str | None, error: int | None) -> str:
    if error is not None:
        return "rejected_gone" if in_status is None else "rejected"
    return {None: "not_come", "": "ready", "ON_WORK": "claimed"}.get(in_status, "other")
