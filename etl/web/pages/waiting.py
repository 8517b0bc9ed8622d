"""Waiting: links whose ends have not come, and the instances that they wait for."""

from datetime import datetime
from typing import Final

from etl.engine.partner_view import PartnerLinks, read_partner_links
from etl.metadata import names
from etl.monitoring.waiting import Waiting, read_waiting
from etl.web.companies import patient
from etl.web.lately import Lately
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, databases_of, framed
from etl.web.requests import Id, Model, PageRequest
from etl.web.roles import Role

# All waiting links are looked up for it: a page waits so long at most, and shows what was read before.
_WAITING: Final = Lately[Waiting]()
# Of a partner, by the in_ tables; none in it: these are too large.
_OWN: Final = Lately[tuple[PartnerLinks | None]]()
_SECONDS, _WAIT_SECONDS = 60.0, 0.1


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
    """`links`: how many there are in all; all is empty while it is being read (`is_reading`). `is_own`: seen by a
    partner, by the in_ tables; `is_too_large`: these are too large for that. `missing` has those on which
    most links wait; `is_cut`: not all."""

    is_reading: bool
    is_own: bool
    is_too_large: bool
    links: int
    fields: tuple[WaitingField, ...]
    missing: tuple[Missing, ...]
    is_cut: bool


def page(request: PageRequest) -> WaitingPage:
    """What waits now; the instances that block most come first."""
    if request.viewer.role is Role.PARTNER:
        return _own(request)
    runtime = patient(request.runtime, _SECONDS)
    lately = _WAITING.latest(
        databases_of(request),
        lambda: read_waiting(runtime, explain=True, limit=PAGE_ROWS + 1, seconds=_SECONDS),
        wait=_WAIT_SECONDS,
        raises=True,
    )
    found = lately or Waiting((), ())
    tables = {one.code: names.in_table(one.code) for one in runtime.company.objects if one.has_in_table}
    same = ("object", "in_id", "links", "since", "error", "code", "message", "message_rus")
    return WaitingPage(
        **framed(request),
        is_reading=lately is None,
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
            for one in found.missing[:PAGE_ROWS]
        ),
        is_cut=len(found.missing) > PAGE_ROWS,
    )


def _own(request: PageRequest) -> WaitingPage:
    """A partner's links, by what its role may read: whether an end was merged earlier, the in_ tables do not say."""
    runtime = patient(request.runtime, _SECONDS)
    lately = _OWN.latest(
        databases_of(request),
        lambda: (read_partner_links(runtime, limit=PAGE_ROWS + 1, seconds=_SECONDS),),
        wait=_WAIT_SECONDS,
        raises=True,
    )
    found = lately[0] if lately else None
    fields, missing = (found.fields, found.missing) if found else ((), ())
    codes = {names.in_table(one.code): one.code for one in runtime.company.objects}
    same = ("in_id", "links", "since", "error", "code", "message", "message_rus")
    return WaitingPage(
        **framed(request),
        is_reading=lately is None,
        is_own=True,
        is_too_large=lately == (None,),
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
            for row in missing[:PAGE_ROWS]
        ),
        is_cut=len(missing) > PAGE_ROWS,
    )


def _known(in_status: str | None, error: int | None, without_row: str) -> str:
    if error is not None:
        return "rejected_gone" if in_status is None else "rejected"
    return {None: without_row, "": "ready", "ON_WORK": "claimed"}.get(in_status, "other")
