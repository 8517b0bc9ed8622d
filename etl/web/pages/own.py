"""What a partner sees of Now: whether the data were read, what was not taken, and why."""

from datetime import datetime
from typing import Any, Final

from etl.engine.partner_view import NotMerged, OwnReader, PartnerView, read_not_merged, read_partner_view
from etl.web.assets import BUILD
from etl.web.companies import patient
from etl.web.lately import Lately
from etl.web.pages.frame import CompanyPage, databases_of, framed
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest

# All in_ tables are read for it: a page waits so long at most, and shows what was read before.
_NOT_MERGED: Final = Lately[NotMerged]()
_SECONDS, _WAIT_SECONDS = 60.0, 0.1


class OwnReceipt(Model):
    """What became of the rows of one in_ table."""

    table: str
    claimed: int
    created: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    waiting: int


class WhyNot(Model):
    """A reason why rows are not merged yet, in English and Russian, with what to do."""

    table: str
    status: str
    rows: int
    oldest: datetime | None
    reason: str
    reason_rus: str


class OwnReaderShown(Model):
    """A reader of the out_ tables that the partner acts for; `state` as on the page Out."""

    reader: str
    schema_name: str
    state: str
    asked_at: datetime | None
    taken_at: datetime | None


class OwnNow(CompanyPage):
    """`state`: `own.STATE` of the texts is the sentence. `why_not` is None while it is being read (`is_reading`), and
    where that takes too long. `shape` changes when an open page has to be loaded again."""

    company: str
    state: str
    grade: str
    shape: str
    rejected: int
    claimed: int
    run: Id | None
    read_at: datetime | None
    receipts: tuple[OwnReceipt, ...]
    is_reading: bool
    why_not: tuple[WhyNot, ...] | None
    readers: tuple[OwnReaderShown, ...]


_GRADES = {"quiet": "good", "loading": "good", "never": "good", "handed_over": "busy", "being_read": "busy"}


def page(request: PageRequest) -> OwnNow:
    """What is so now, by what the partner's role may read."""
    found, runtime = read_partner_view(request.runtime, seconds=PAGE_SECONDS), patient(request.runtime, _SECONDS)
    lately = _NOT_MERGED.latest(
        databases_of(request), lambda: read_not_merged(runtime, seconds=_SECONDS), wait=_WAIT_SECONDS, raises=True
    )
    rows = lately.rows if lately else None
    why_not = None if rows is None else tuple(map(_why_not, rows))
    receipts = tuple(_receipt(row) for row in found.receipts)
    rejected = sum(one.rejected for one in receipts)
    state = _state(found, rejected)
    run = found.receipts[0]["run"] if found.receipts else None
    return OwnNow(
        **framed(request),
        company=request.company,
        state=state,
        grade=_GRADES.get(state, "warning"),
        shape=_shape(state, run, why_not),
        rejected=rejected,
        claimed=sum(one.claimed for one in receipts),
        run=run,
        read_at=found.receipts[0]["finished_at"] if found.receipts else None,
        receipts=receipts,
        is_reading=lately is None,
        why_not=why_not,
        readers=tuple(map(_reader, found.readers)),
    )


def _state(found: PartnerView, rejected: int) -> str:
    marker = found.marker or {"load_status": 1, "ins_inkafka_status": 0, "occupied_by_process": 0}
    status = marker["ins_inkafka_status"] or 0
    if marker["occupied_by_process"]:
        return "being_read"
    if status == 2:
        return "stopped"
    if status == 0:
        return "handed_over" if marker["load_status"] == 1 else "loading"
    if not found.receipts:
        return "never"
    return "rejected" if rejected else "quiet"


def _shape(state: str, run: int | None, why_not: tuple[WhyNot, ...] | None) -> str:
    """The numbers of rows are not part of it: a page that a partner reads while it fills tables stays as it is."""
    reasons = "?" if why_not is None else " ".join(f"{one.table}:{one.status}" for one in why_not)
    return f"{state} {run or ''} {reasons} {BUILD}"


def _receipt(row: dict[str, Any]) -> OwnReceipt:
    names = [name for name in OwnReceipt.model_fields if name != "table"]
    return OwnReceipt(table=row["in_table"], **{name: row[name] for name in names})


def _reader(one: OwnReader) -> OwnReaderShown:
    return OwnReaderShown(**{name: getattr(one, name) for name in OwnReaderShown.model_fields})


def _why_not(row: dict[str, Any]) -> WhyNot:
    return WhyNot(
        table=row["in_table"],
        status=row["in_status"] or "",
        rows=row["rows"],
        oldest=row["oldest"],
        reason=row["reason"] or "",
        reason_rus=row["reason_rus"] or "",
    )
