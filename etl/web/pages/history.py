"""History: all that was changed in one instance, the last change first."""

from datetime import datetime

from etl.engine import Change, history
from etl.errors import ConfigurationError
from etl.web.pages.frame import CompanyPage, framed
from etl.web.problems import not_found
from etl.web.requests import Id, Model, PageRequest

_ROWS = 50


class ChangedValue(Model):
    """A field before and after; texts are cut at 1,000 characters."""

    field: str
    before: str | None
    after: str | None


class OtherEnd(Model):
    """The other instance of a link; `bo` and `in_id` are None where it is no longer known."""

    id: str
    bo: str | None
    in_id: str | None


class Changed(Model):
    """One change, and what made it: a unit of a source, by the row, record or pair of ids `origin`. `undone_by`: the
    unit that reverted it; `undoes`: the unit that this one reverted."""

    n: Id
    at: datetime | None
    change: str
    unit: Id | None
    unit_kind: str | None
    source: str | None
    origin: str | None
    field: str | None
    end: OtherEnd | None
    is_incoming: bool
    values: tuple[ChangedValue, ...]
    undone_by: Id | None
    undoes: Id | None


class HistoryPage(CompanyPage):
    """`next`: where the page of older changes begins. `kept_since`: what was changed before may be deleted;
    `is_complete`: the creation is still there; `left_out`: fields by which too many instances lead here."""

    bo: str
    table: str
    in_id: str
    instance: str
    instance_in_id: str | None
    state: str
    field: str
    fields: tuple[str, ...]
    changes: tuple[Changed, ...]
    next: Id | None
    kept_days: int
    kept_since: datetime | None
    is_complete: bool
    left_out: tuple[str, ...]


def page(request: PageRequest) -> HistoryPage:
    """The changes of the instance that the id means, a page of them."""
    table, named = request.query.get("table", ""), request.query.get("in_id", "")[:500]
    field, after = request.query.get("field", ""), request.number("after")
    try:
        found = history(request.runtime, table, named, field=field or None, limit=_ROWS, after=after)
    except ConfigurationError as unknown:
        raise not_found(f"{unknown}.") from unknown
    bo = request.runtime.company.object(found.bo)
    return HistoryPage(
        **framed(request),
        bo=found.bo,
        table=table,
        in_id=named,
        instance=str(found.instance["id"]),
        instance_in_id=found.instance["in_id"],
        state=found.instance["state"],
        field=field,
        fields=tuple(one.code for one in (*bo.stored_fields, *bo.links)),
        changes=tuple(map(_changed, found.changes)),
        next=found.next_n,
        kept_days=found.kept_days,
        kept_since=found.kept_since,
        is_complete=found.is_complete,
        left_out=found.left_out,
    )


def _changed(one: Change) -> Changed:
    same = ("n", "at", "change", "unit", "unit_kind", "source", "origin", "field", "is_incoming", "undone_by", "undoes")
    return Changed(
        **{name: getattr(one, name) for name in same},
        end=OtherEnd(id=one.end.id, bo=one.end.bo, in_id=one.end.in_id) if one.end else None,
        values=tuple(ChangedValue(field=v.field, before=v.before, after=v.after) for v in one.values),
    )
