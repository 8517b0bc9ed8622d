"""Erase: everything that holds values of an instance, what is beyond reach, and erasing it for good. For operators of
all companies alone."""

from typing import Final
from urllib.parse import urlencode

from etl.errors import ConfigurationError
from etl.operations import Erased, erase, find_holders
from etl.quoting import shown
from etl.web.asked import Asked
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, framed
from etl.web.problems import RequestProblem, bad_request, conflict, not_found
from etl.web.requests import ActionRequest, Done, Model, PageRequest
from etl.web.texts.sentence import sentence_of

_LONGEST: Final = 500
_LONGEST_REASON: Final = 1_000
# Of what lies beyond reach: a topic is named with the keys of all instances.
_LONGEST_SENTENCE: Final = 1_000
# Shorter ids are words of every text.
_SHORTEST_FOUND: Final = 3


class HoldingTable(Model):
    """A table, or a file of the log, that holds values. `rows`: how many rows or lines; `is_deleting`: whether they go,
    or are emptied."""

    database: str
    name: str
    rows: int
    is_deleting: bool


class Found(Model):
    """What was found lately. `instances`: ids of the store; `in_ids`: external ids; `beyond`: what stays; of each list
    the first ones, and with `more_` how many others there are."""

    instances: tuple[str, ...]
    more_instances: int
    in_ids: tuple[str, ...]
    more_in_ids: int
    holders: tuple[HoldingTable, ...]
    more_holders: int
    beyond: tuple[str, ...]
    more_beyond: int


class ErasePage(CompanyPage):
    """`found`: None before it was looked for."""

    table: str
    named: str
    found: Found | None


_LISTED: Final = Asked[Erased]()


def page(request: PageRequest) -> ErasePage:
    """What is to be erased, and what was found of it."""
    if not request.is_operator_of_all:
        raise not_found()
    table, named = (request.query.get(name, "") for name in ("table", "named"))
    if not (table and named) or max(len(table), len(named)) > _LONGEST:
        raise not_found()
    listed = _LISTED.lately((request.company, request.viewer.name, table, named))
    return ErasePage(**framed(request), table=table, named=named, found=_found(listed) if listed else None)


def list_holders(request: ActionRequest) -> Done:
    """Looks through all tables and the log; writes nothing."""
    table, named = _wanted(request)
    try:
        with request.installation() as installation:
            erased = find_holders(installation, table, named)
    except ConfigurationError as refusal:
        raise _refused(refusal, named) from refusal
    _LISTED.keep((request.company, request.viewer.name, table, named), erased)
    rows = sum(one.rows for one in erased.holders)
    return Done(_address(table, named), sentence_of("sentence.nothing_written"), {"rows": rows})


def apply(request: ActionRequest) -> Done:
    """Erases it, after it was listed and its id typed; refused where it has other ids by now than the viewer has seen.
    The answer, which the audit keeps, has no external id."""
    table, named = _wanted(request)
    key = (request.company, request.viewer.name, table, named)
    listed = _LISTED.lately(key)
    if listed is None:
        raise conflict(sentence_of("sentence.list_first"))
    if request.exact("typed") != named:
        raise conflict(sentence_of("sentence.other_id_typed"))
    reason = request.required("reason")
    if len(reason) > _LONGEST_REASON or (len(named) >= _SHORTEST_FOUND and named in reason):
        raise bad_request(sentence_of("sentence.reason_with_id"))
    try:
        with request.installation() as installation:
            erased = erase(installation, table, named, reason=reason, by=request.viewer.name, expected=listed)
    except ConfigurationError as refusal:
        raise _refused(refusal, named) from refusal
    _LISTED.forget(key)
    rows = sum(one.rows for one in erased.holders)
    sentence = sentence_of("sentence.erased", n=rows, unit=str(erased.number))
    return Done(f"/runs/{erased.number}", sentence, {"unit": str(erased.number), "rows": rows})


def _wanted(request: ActionRequest) -> tuple[str, str]:
    if not request.is_operator_of_all:
        raise not_found()
    table, named = request.required("table"), request.exact("named")
    if max(len(table), len(named)) > _LONGEST:
        raise bad_request(sentence_of("sentence.id_too_long", longest=_LONGEST))
    return table, named


def _refused(refusal: ConfigurationError, named: str) -> RequestProblem:
    """Why nothing was erased, without the external id: the audit keeps it."""
    why = str(refusal).replace(shown(named), "…")
    if len(named) >= _SHORTEST_FOUND:
        why = why.replace(named, "…")
    return conflict(sentence_of("sentence.not_erased", why=why))


def _address(table: str, named: str) -> str:
    return "/erase?" + urlencode({"table": table, "named": named})


def _found(erased: Erased) -> Found:
    """As pages show it; long lists and sentences are cut."""
    lists = {name: getattr(erased, name) for name in ("instances", "in_ids", "holders", "beyond")}
    first = {name: found[:PAGE_ROWS] for name, found in lists.items()}
    return Found(
        instances=first["instances"],
        in_ids=first["in_ids"],
        holders=tuple(HoldingTable(**vars(one)) for one in first["holders"]),
        beyond=tuple(map(_sentence, first["beyond"])),
        **{f"more_{name}": len(found) - len(first[name]) for name, found in lists.items()},
    )


def _sentence(whole: str) -> str:
    return whole if len(whole) <= _LONGEST_SENTENCE else f"{whole[:_LONGEST_SENTENCE]}…"
