"""Repair: what taking an external id from its instance, or joining two instances, would change; and doing it."""

import time
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

from etl.engine import Repaired, join, split
from etl.errors import ConfigurationError
from etl.web.pages.frame import CompanyPage, framed
from etl.web.problems import bad_request, conflict, not_found
from etl.web.requests import ActionRequest, Done, Model, PageRequest
from etl.web.texts.sentence import sentence_of

_KEPT_SECONDS: Final = 600.0
_LONGEST: Final = 500
_KINDS: Final = ("split", "join")


@dataclass(frozen=True)
class _Wanted:
    """`named`: the id that is taken from its instance, or the instance that stays; `other`: that which is joined."""

    kind: str
    table: str
    named: str
    other: str

    @property
    def address(self) -> str:
        return "/repair?" + urlencode({name: value for name, value in vars(self).items() if value})


class RepairPreview(Model):
    """What was counted. `instance` stays; `other`: that which would be joined with it; of a split a new one."""

    instance: str
    other: str
    counters: dict[str, int]


class RepairPage(CompanyPage):
    """`preview`: None before it was asked for."""

    kind: Literal["split", "join"]
    table: str
    named: str
    other: str
    preview: RepairPreview | None


# Company, viewer and what is wanted -> when it was counted, on the monotonic clock, and what.
_PREVIEWS: Final[dict[tuple[str, str, _Wanted], tuple[float, RepairPreview]]] = {}


def page(request: PageRequest) -> RepairPage:
    """What is wanted, and what a preview has counted."""
    wanted = _Wanted(*(request.query.get(name, "")[:_LONGEST] for name in ("kind", "table", "named", "other")))
    if not _is_whole(wanted):
        raise not_found()
    return RepairPage(**framed(request), **vars(wanted), preview=_preview(request, wanted))


def preview(request: ActionRequest) -> Done:
    """Does all of it and rolls it back: other work on the store waits meanwhile."""
    wanted = _wanted(request)
    done = _perform(request, wanted, is_dry=True)
    found = RepairPreview(instance=done.instance, other=done.other, counters=done.counters)
    _PREVIEWS[request.company, request.viewer.name, wanted] = (time.monotonic(), found)
    return Done(wanted.address, sentence_of("sentence.nothing_written"), dict(done.counters))


def apply(request: ActionRequest) -> Done:
    """Repairs it; refused where something else would be done by now than the viewer has seen."""
    wanted = _wanted(request)
    kept = _PREVIEWS.get((request.company, request.viewer.name, wanted))
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        raise conflict(sentence_of("sentence.count_first"))
    seen = kept[1]
    done = _perform(request, wanted, is_dry=False, expected=(seen.instance, seen.counters))
    _PREVIEWS.pop((request.company, request.viewer.name, wanted), None)
    location = "/instance?" + urlencode({"table": wanted.table, "in_id": done.instance})
    unit = str(done.number)
    values = {"instance": done.instance, "other": done.other, "unit": unit}
    sentence = (
        sentence_of("sentence.join_done", **values)
        if wanted.kind == "join"
        else sentence_of("sentence.split_done", **values)
    )
    return Done(location, sentence, {"unit": unit, "instance": done.instance, "other": done.other})


def _wanted(request: ActionRequest) -> _Wanted:
    wanted = _Wanted(
        request.required("kind"),
        request.required("table"),
        request.required("named"),
        request.form.get("other", "").strip(),
    )
    if not _is_whole(wanted):
        raise bad_request(sentence_of("sentence.missing", name="other" if wanted.kind == "join" else "kind"))
    return wanted


def _is_whole(wanted: _Wanted) -> bool:
    return (
        wanted.kind in _KINDS and bool(wanted.table and wanted.named) and bool(wanted.other) is (wanted.kind == "join")
    )


def _perform(
    request: ActionRequest, wanted: _Wanted, *, is_dry: bool, expected: tuple[str, dict[str, int]] | None = None
) -> Repaired:
    runtime = request.runtime
    try:
        if wanted.kind == "join":
            return join(runtime, wanted.table, wanted.named, wanted.other, is_dry=is_dry, expected=expected)
        return split(runtime, wanted.table, wanted.named, is_dry=is_dry, expected=expected)
    except ConfigurationError as refusal:
        raise conflict(sentence_of("sentence.not_repaired", why=str(refusal))) from refusal


def _preview(request: PageRequest, wanted: _Wanted) -> RepairPreview | None:
    """What the viewer has counted lately; older previews of all are forgotten."""
    for key, (at, _) in list(_PREVIEWS.items()):
        if time.monotonic() - at > _KEPT_SECONDS:
            _PREVIEWS.pop(key, None)
    found = _PREVIEWS.get((request.company, request.viewer.name, wanted))
    return found[1] if found else None
