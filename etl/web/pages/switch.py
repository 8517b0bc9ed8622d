"""Before a switch of versions: what readers lose, what of others is in the way, and the confirmation of that."""

import hashlib
import json

from etl.engine.versions import read_switch_losses
from etl.errors import ConfigurationError
from etl.outputs.versions import SwitchLosses
from etl.web.pages.frame import CompanyPage, framed
from etl.web.problems import bad_request, conflict, not_found
from etl.web.requests import PAGE_SECONDS, ActionRequest, Model, PageRequest
from etl.web.texts.sentence import sentence_of


class TypeChange(Model):
    """A column whose type is another one."""

    column: str
    before: str
    after: str


class Loss(Model):
    """A view that shows less. `is_gone`: that version has no such table; `dependents`: what of others stands on it and
    keeps the switch from happening unless it is forced; `is_final`: even then."""

    view: str
    is_gone: bool
    columns: tuple[str, ...]
    types: tuple[TypeChange, ...]
    dependents: tuple[str, ...]
    is_final: bool


class Switch(CompanyPage):
    """`version`: the schema that the views would show, which is to be typed where there are losses; `seen_losses`: what
    the form carries back; `is_blocked`: views of others are in the way; `is_final`: they must be dropped first."""

    version: str
    name: str
    is_rollback: bool
    current: str
    views: str
    losses: tuple[Loss, ...]
    seen_losses: str
    is_blocked: bool
    is_final: bool


def page(request: PageRequest) -> Switch:
    """What a switch to the version of the path would take from readers."""
    return _page(request, request.path["version"])


def rollback_page(request: PageRequest) -> Switch:
    """The same for the version before."""
    return _page(request, None)


def _page(request: PageRequest, name: str | None) -> Switch:
    try:
        found = read_switch_losses(request.runtime, name, seconds=PAGE_SECONDS)
    except ConfigurationError as unknown:
        raise not_found(f"{unknown}.") from unknown
    return Switch(
        **framed(request),
        version=found.schema,
        name=name or "",
        is_rollback=name is None,
        current=found.current,
        views=request.runtime.versions.views_schema,
        losses=tuple(
            Loss(
                view=one.view,
                is_gone=one.is_gone,
                columns=one.columns,
                types=tuple(TypeChange(column=name, before=b, after=a) for name, (b, a) in one.types.items()),
                dependents=one.dependents,
                is_final=one.is_final,
            )
            for one in found.losses
        ),
        seen_losses=_digest(found),
        is_blocked=any(one.dependents for one in found.losses),
        is_final=any(one.is_final for one in found.losses),
    )


def refuse_unconfirmed(request: ActionRequest, name: str | None) -> None:
    """Raises RequestProblem where readers lose something and the form does not name the version, and where they would
    lose something else than what the viewer saw."""
    found = read_switch_losses(request.runtime, name, seconds=PAGE_SECONDS)
    seen = request.form.get("seen_losses")
    if seen is not None and seen != _digest(found):
        raise conflict(sentence_of("sentence.losses_changed", version=found.schema))
    if found.losses and request.form.get("confirm", "").strip() != found.schema:
        lost = ", ".join(one for loss in found.losses for one in _names(loss.view, loss.columns, tuple(loss.types)))
        raise bad_request(sentence_of("sentence.confirm_losses", version=found.schema, lost=lost[:1_000]))


def _names(view: str, columns: tuple[str, ...], types: tuple[str, ...]) -> list[str]:
    return [f"{view}.{column}" for column in (*columns, *types)] or [view]


def _digest(found: SwitchLosses) -> str:
    """The same as long as the same is lost and in the way."""
    shown = [
        [one.view, one.is_gone, one.columns, {name: list(two) for name, two in one.types.items()}, one.dependents]
        for one in found.losses
    ]
    return hashlib.sha256(json.dumps([found.schema, shown]).encode()).hexdigest()[:16]
