"""The short way of most records: one object with values, and links by values, none of which is wrong.

What it gives is what the exact way (`tree`, then `staged`) gives. Wherever anything is unusual it gives nothing, and
the exact way reads the record: that one knows every form that a record may have, and says what is wrong.
"""

from typing import Final

from etl.metadata.instance_state import InstanceState
from etl.sources.kafka.boi_input import PlainField, PlainInput, PlainLink
from etl.sources.kafka.shapes import NULL, CompanyShape, Layout, ObjectShape
from etl.sources.kafka.staged import Staged, StagedLink, StagedObject, column
from etl.sources.kafka.tree import MAX_EXTERNAL_ID, OUT_ID

# A record that removes its instance has no links.
_STATES: Final = frozenset({None, "", *(one.value for one in InstanceState)} - {InstanceState.REMOVED.value})


def plain_record(record: PlainInput, company: CompanyShape, origin: str, *, has_escapes: bool) -> Staged | None:
    """The lines of a record; None where it is not plain. `has_escapes`: its JSON has a backslash, so that its texts may
    have any character; without one they have none that COPY writes in another way."""
    shape = company.allowed.get(record.bo_code)
    external_id, out_id, state = record.external_id, record.id, record.state
    if (
        shape is None
        or state not in _STATES
        or (external_id and len(external_id) > MAX_EXTERNAL_ID)
        or (out_id and not OUT_ID.fullmatch(out_id))
    ):
        return None
    items, links = record.fields or [], record.bo_fields
    if record.unchanged_unique_fields:
        items = record.unchanged_unique_fields + items
    if record.unchanged_unique_bo_fields:
        links = record.unchanged_unique_bo_fields + (links or [])
    layout = shape.layout([item.code for item in items])
    values = _values(items, layout)
    staged = _links(links, shape, origin, has_escapes=has_escapes) if links else ()
    if values is None or staged is None:
        return None
    if has_escapes:
        external_id, values = column(external_id or None), list(map(column, values))
    elif None in values:
        values = [NULL if text is None else text for text in values]
    columns = "\t".join([external_id or NULL, out_id or NULL, "f", state or NULL, layout.given, origin, *values])  # type: ignore[list-item]
    return Staged((StagedObject(shape, layout.codes, columns),), staged)


def _values(items: list[PlainField], layout: Layout) -> list[str | None] | None:
    if not layout.is_plain or layout.key is not None:
        return None
    values = [item.api_value for item in items]
    try:
        for index, reader in layout.checked:
            text = values[index]
            if text is not None:
                values[index] = reader(text)
    except ValueError:
        return None
    return values


def _links(
    items: list[PlainLink], shape: ObjectShape, origin: str, *, has_escapes: bool
) -> tuple[StagedLink, ...] | None:
    found = []
    for item in items:
        link, to_field, text = shape.links.get(item.field_code), item.to_field_code, item.api_value
        if link is None or not to_field or not text:
            return None
        name = link.target(item.to_bo_code, to_field)
        if name is None or name.is_id:
            return None
        value: str | None = text
        if name.reader is not None:
            try:
                value = name.reader(text)
            except ValueError:
                return None
        elif len(text) > MAX_EXTERNAL_ID:
            return None
        if not value:
            return None
        written = column(value) if has_escapes else value
        columns = f"{name.before}{written}\t{'t' if item.unlink else 'f'}{link.after}{origin}"
        found.append(StagedLink(link, 0, None, name.column, columns))
    return tuple(found)
