"""Waiting: links whose ends have not come, and the instances that they wait for."""

from datetime import datetime

from etl.engine.partner_view import read_partner_links
from etl.metadata import names
from etl.monitoring.waiting import read_waiting
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, framed
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest
from etl.web.roles import Role


class WaitingField(Model):
    """The waiting links of one field. `expires_at`: the first run after it gives up the oldest one."""

    bo: str
    field: str
    target: str
    links: int
    since: datetime
    expires_at: datetime | None


class Missing(Model):
    """An instance that links wait for. `known`: what is known of its row, a key of the texts; `table`: its in_ table,
    "" where several objects or none may be meant."""

    object: str
    table: str
    in_id: str
    links: int
    since: datetime
    known: str
    error: Id | None
    code: str | None
    message: str | None
    message_rus: str | None


class WaitingPage(CompanyPage):
    """`links`: how many there are in all. `is_own`: seen by a partner, by the in_ tables; `is_too_large`: these are
    too large for that."""

    is_own: bool
    is_too_large: bool
    links: int
    fields: tuple[WaitingField, ...]
    missing: tuple[Missing, ...]


def page(request: PageRequest) -> WaitingPage:
    """What waits now; the instances that block most come first."""
    if request.viewer.role is Role.PARTNER:
        return _own(request)
    found = read_waiting(request.runtime, explain=True, limit=PAGE_ROWS, seconds=PAGE_SECONDS)
    tables = {one.code: names.in_table(one.code) for one in request.runtime.company.objects if one.has_in_table}
    same = ("object", "in_id", "links", "since", "error", "code", "message", "message_rus")
    return WaitingPage(
        **framed(request),
        is_own=False,
        is_too_large=False,
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
                **{name: getattr(one, name) for name in same},
                table=tables.get(one.object, ""),
                known=_known(one.in_status, one.error, "not_come"),
            )
            for one in found.missing
        ),
    )


def _own(request: PageRequest) -> WaitingPage:
    """A partner's links, by what its role may read: whether an end was merged earlier, the in_ tables do not say."""
    found = read_partner_links(request.runtime, limit=PAGE_ROWS, seconds=PAGE_SECONDS)
    fields, missing = (found.fields, found.missing) if found else ((), ())
    codes = {names.in_table(one.code): one.code for one in request.runtime.company.objects}
    same = ("in_id", "links", "since", "error", "code", "message", "message_rus")
    return WaitingPage(
        **framed(request),
        is_own=True,
        is_too_large=found is None,
        links=sum(row["links"] for _, row in fields),
        fields=tuple(
            WaitingField(
                bo=link.bo.code,
                field=link.field.code,
                target=link.member.code,
                links=row["links"],
                since=row["since"],
                expires_at=None,
            )
            for link, row in fields
        ),
        missing=tuple(
            Missing(
                **{name: row[name] for name in same},
                object=codes[row["in_table"]],
                table=row["in_table"],
                known=_known(row["in_status"], row["error"], "no_row"),
            )
            for row in missing
        ),
    )


def _known(in_status: str | None, error: int | None, without_row: str) -> str:
    if error is not None:
        return "rejected_gone" if in_status is None else "rejected"
    return {None: without_row, "": "ready", "ON_WORK": "claimed"}.get(in_status, "other")
