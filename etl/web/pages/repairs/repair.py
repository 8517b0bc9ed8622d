"""Repair: what taking an external id from its instance, or joining two instances, would change; and doing it."""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

from etl.engine import Repaired, join, split
from etl.errors import ConfigurationError
from etl.web.asked import Asked
from etl.web.pages.frame import CompanyPage, framed
from etl.web.problems import bad_request, conflict, not_found
from etl.web.requests import ActionRequest, Done, Model, PageRequest
from etl.web.texts.sentence import sentence_of

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


_PREVIEWS: Final = Asked[RepairPreview]()


def page(request: PageRequest) -> RepairPage:
    """The repair that was asked for, and what a preview has counted."""
    wanted = _Wanted(*(request.query.get(name, "") for name in ("kind", "table", "named", "other")))
    if not _is_whole(wanted) or max(map(len, vars(wanted).values())) > _LONGEST:
        raise not_found()
    return RepairPage(
        **framed(request), **vars(wanted), preview=_PREVIEWS.lately((request.company, request.viewer.name, wanted))
    )


def preview(request: ActionRequest) -> Done:
    """Does all of it and rolls it back: other work on the store waits meanwhile."""
    wanted = _wanted(request)
    done = _perform(request, wanted, is_dry=True)
    found = RepairPreview(instance=done.instance, other=done.other, counters=done.counters)
    _PREVIEWS.keep((request.company, request.viewer.name, wanted), found)
    return Done(wanted.address, sentence_of("sentence.nothing_written"), dict(done.counters))


def apply(request: ActionRequest) -> Done:
    """Repairs it; refused where something else would be done by now than the viewer has seen."""
    wanted = _wanted(request)
    key = (request.company, request.viewer.name, wanted)
    seen = _PREVIEWS.lately(key)
    if seen is None:
        raise conflict(sentence_of("sentence.count_first"))
    done = _perform(request, wanted, is_dry=False, expected=(seen.instance, seen.counters))
    _PREVIEWS.forget(key)
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
        request.exact("named"),
        request.form.get("other", ""),
    )
    if max(map(len, vars(wanted).values())) > _LONGEST:
        raise bad_request(sentence_of("sentence.id_too_long", longest=_LONGEST))
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
