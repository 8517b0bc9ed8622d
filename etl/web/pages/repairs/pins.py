"""Pins: fields that keep the value which a person gave them, and the actions that pin a field and end that."""

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from etl.engine import ListedPin, list_pins, pin, unpin
from etl.errors import ConfigurationError
from etl.quoting import fold
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, framed
from etl.web.problems import conflict
from etl.web.requests import ActionRequest, Done, Id, Model, PageRequest
from etl.web.texts.sentence import sentence_of

_LONGEST: Final = 2_000


class PinnedValue(Model):
    """A pinned field. `in_id`: external id of the instance; `before`: what the field had when it was pinned; `unit`:
    what an undo takes."""

    bo: str
    in_id: str | None
    instance: str
    field: str
    value: str | None
    before: str | None
    reason: str
    pinned_by: str
    pinned_at: datetime
    until_changed: bool
    unit: Id


class PinsPage(CompanyPage):
    """The newest pins of the company; `is_cut`: not all."""

    pins: tuple[PinnedValue, ...]
    is_cut: bool


def page(request: PageRequest) -> PinsPage:
    """What is pinned."""
    found = list_pins(request.runtime, limit=PAGE_ROWS + 1)
    return PinsPage(**framed(request), pins=tuple(map(pinned_value, found[:PAGE_ROWS])), is_cut=len(found) > PAGE_ROWS)


def pinned_value(one: ListedPin) -> PinnedValue:
    """A pin as pages show it; long values are cut."""
    cut = {name: text[:_LONGEST] for name in ("value", "before") if (text := getattr(one, name)) is not None}
    return PinnedValue(**vars(one) | cut)


def pinnable_fields(request: PageRequest, bo: str) -> tuple[str, ...]:
    """The fields of an object that a pin can hold."""
    [found] = [one for one in request.runtime.company.objects if one.code == bo]
    return tuple(one.code for one in found.pinnable_fields)


def set_pin(request: ActionRequest) -> Done:
    """Pins a field of an instance, with all checks of values."""
    table, named, field = request.required("table"), request.exact("instance"), request.required("field")
    value = None if request.form.get("is_null") else request.form.get("value", "")
    try:
        done = pin(
            request.runtime,
            table,
            named,
            field,
            value,
            reason=request.required("reason"),
            by=request.viewer.name,
            until_changed=bool(request.form.get("until_changed")),
        )
    except ConfigurationError as refusal:
        raise conflict(sentence_of("sentence.not_pinned", why=str(refusal))) from refusal
    sentence = sentence_of("sentence.pinned", field=done.pin.field, unit=str(done.pin.unit))
    return Done(_instance(table, named), sentence, {"unit": str(done.pin.unit), "is_changed": done.is_changed})


def remove_pin(request: ActionRequest) -> Done:
    """Ends the pin of a field; a viewer who saw another pin has to look again."""
    table, named, field = request.required("table"), request.exact("instance"), request.required("field")
    seen = request.number("unit")
    pins = [one for one in list_pins(request.runtime, table, named) if fold(one.field) == fold(field)]
    if [one.unit for one in pins] != [seen]:
        raise conflict(sentence_of("sentence.pin_changed", field=field))
    done = unpin(request.runtime, table, named, field)
    sentence = sentence_of("sentence.unpinned", field=done.pin.field)
    return Done(_instance(table, named), sentence, {"unit": str(done.unit)})


def _instance(table: str, named: str) -> str:
    return f"/instance?{urlencode({'table': table, 'in_id': named})}"
