"""Instance: what has become of one object of a partner."""

from datetime import datetime
from typing import Any

from etl.engine import Explanation, explain, explain_rows
from etl.engine.partner_view import readable_tables
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.quoting import fold
from etl.web.pages.frame import CompanyPage, framed
from etl.web.pages.repairs.pins import pinnable_fields
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest
from etl.web.roles import Role

_LONGEST = 500
_OF_WAITING = (
    *("object", "owner_in_id", "field", "target_field"),
    *("lacks_owner", "lacks_target", "is_waited_for", "since"),
)


class InRow(Model):
    """A row of the in_ table."""

    id: str
    in_status: str | None
    run: str | None
    removes: bool


class RowError(Model):
    """An error of such a row."""

    id: Id
    run: Id
    code: str
    column: str | None
    message: str
    message_rus: str


class WaitingEnd(Model):
    """A link that waits, of its owner to its target. `lacks_owner`, `lacks_target`: which end has not come;
    `is_waited_for`: this object is one of them."""

    object: str
    owner_in_id: str
    field: str
    target: str
    target_field: str
    value: str
    lacks_owner: bool
    lacks_target: bool
    is_waited_for: bool
    since: datetime


class InOut(Model):
    """Whether an out_ version shows it, and when that was written last."""

    schema_name: str
    written_at: datetime | None


class PinOfInstance(Model):
    """A field of the instance that a person has pinned; `unit`: the unit of work."""

    field: str
    value: str | None
    reason: str
    pinned_by: str
    pinned_at: datetime
    until_changed: bool
    unit: Id


class OwnerOfField(Model):
    """The source that wrote a field last, where the metadata name sources or a source time; the unit in which it came
    to, and of when it is. The field `_state` is the state, of objects with a source time."""

    field: str
    source: str
    time: datetime | None
    unit: Id


class Golden(Model):
    """The instance in the golden store. `found_by`: _in_id, alias, _id, or the unique field whose value was asked."""

    id: str
    state: str
    modified_at: datetime
    in_id: str | None
    found_by: str


class Instance(CompanyPage):
    """`fault`: why nothing could be looked for; `is_found`: whether anything is known of the id; `is_own`: seen by a
    partner, by in_ tables and errors alone; `pinnable`: fields that a pin can hold."""

    is_own: bool
    tables: tuple[str, ...]
    table: str
    in_id: str
    is_asked: bool
    is_found: bool
    fault: str
    bo: str
    rows: tuple[InRow, ...]
    errors: tuple[RowError, ...]
    instance: Golden | None
    waiting: tuple[WaitingEnd, ...]
    pins: tuple[PinOfInstance, ...]
    owners: tuple[OwnerOfField, ...]
    pinnable: tuple[str, ...]
    out: tuple[InOut, ...]


def page(request: PageRequest) -> Instance:
    """What is known of an external id; without one the form to ask."""
    tables = tuple(names.in_table(one.code) for one in request.runtime.company.objects if one.carries_data)
    is_own = request.viewer.role is Role.PARTNER
    if is_own:
        readable = readable_tables(request.runtime, tables, seconds=PAGE_SECONDS)
        tables = tuple(one for one in tables if fold(one) in readable)
    table, in_id = request.query.get("table", ""), request.query.get("in_id", "")[:_LONGEST]
    found, fault = None, ""
    if table and in_id:
        try:
            found = _explained(request, table, in_id, tables)
        except ConfigurationError as unknown:
            fault = str(unknown)
    return Instance(
        **framed(request),
        is_own=is_own,
        tables=tables,
        table=table,
        in_id=in_id,
        is_asked=bool(table and in_id),
        fault=fault,
        pinnable=_pinnable(request, found),
        **_of(found),
    )


def _explained(request: PageRequest, table: str, in_id: str, tables: tuple[str, ...]) -> Explanation | None:
    if request.viewer.role is not Role.PARTNER:
        return explain(request.runtime, table, in_id)
    # What another partner of the schema fills does not exist for this one.
    return explain_rows(request.runtime, table, in_id) if table in tables else None


def _pinnable(request: PageRequest, found: Explanation | None) -> tuple[str, ...]:
    """Of an instance that is there, for those who may pin."""
    if found is None or found.instance is None or found.instance["state"] == "REMOVED":
        return ()
    if request.viewer.role is not Role.OPERATOR:
        return ()
    return pinnable_fields(request, found.bo)


def _of(found: Explanation | None) -> dict[str, Any]:
    if found is None:
        empty = ("rows", "errors", "waiting", "pins", "owners", "out")
        return {"is_found": False, "bo": "", "instance": None} | dict.fromkeys(empty, ())
    golden = found.instance
    return {
        "is_found": bool(found.rows or found.errors or golden or found.waiting),
        "bo": found.bo,
        "rows": tuple(
            InRow(
                id=str(one["id"]), in_status=one["in_status"], run=_text(one["run"]), removes=one["removed"] == "true"
            )
            for one in found.rows
        ),
        "errors": tuple(
            RowError(
                **{name: one[name] for name in ("id", "run", "code", "message")},
                message_rus=one["message_rus"] or one["message"],
                column=one["column_name"],
            )
            for one in found.errors
        ),
        "instance": Golden(
            id=str(golden["id"]),
            state=golden["state"],
            modified_at=golden["modified_at"],
            in_id=golden["in_id"],
            found_by=golden["found_by"],
        )
        if golden
        else None,
        "waiting": tuple(
            WaitingEnd(
                **{name: one[name] for name in _OF_WAITING},
                target=one["target"] or "",
                value=str(one["value"]),
            )
            for one in found.waiting
        ),
        "pins": tuple(
            PinOfInstance(**{name: one[name] for name in PinOfInstance.model_fields} | {"value": _cut(one["value"])})
            for one in found.pins
        ),
        "owners": tuple(OwnerOfField(**one) for one in found.owners),
        "out": tuple(
            InOut(schema_name=schema, written_at=at if isinstance(at, datetime) else None)
            for schema, at in found.out.items()
        ),
    }


def _cut(value: str | None) -> str | None:
    return None if value is None else value[:_LONGEST]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
