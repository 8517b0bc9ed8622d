"""The short way of most records: one object with values, and links by values, none of which is wrong.

What it gives is what the exact way (`tree`, then `staged`) gives. Wherever anything is unusual it gives nothing, and
the exact way reads the record: that one knows every form that a record may have, and says what is wrong.
"""

from typing import Final

from etl.metadata.instance_state import InstanceState
from etl.sources.kafka.boi_input import BoFieldInput, BoiInput
from etl.sources.kafka.shapes import CompanyShape, ObjectShape
from etl.sources.kafka.staged import NULL, Staged, StagedLink, StagedObject, column, named_link, object_columns
from etl.sources.kafka.tree import MAX_EXTERNAL_ID, OUT_ID

# A record that removes its instance has no links.
_STATES: Final = frozenset({None, "", *(one.value for one in InstanceState)} - {InstanceState.REMOVED.value})


def plain_record(record: BoiInput, company: CompanyShape, origin: str, *, has_escapes: bool) -> Staged | None:
    """The lines of a record; None where it is not plain. `has_escapes`: its JSON has a backslash, so that its texts may
    have any character; without one they have none that COPY writes in another way."""
    shape = company.allowed.get(record.bo_code)
    out_id, external_id = record.id or None, record.external_id or None
    if (
        shape is None
        or record.state not in _STATES
        or (external_id is not None and len(external_id) > MAX_EXTERNAL_ID)
        or (out_id is not None and not OUT_ID.fullmatch(out_id))
    ):
        return None
    items = record.fields or []
    if record.unchanged_unique_fields:
        items = record.unchanged_unique_fields + items
    layout = shape.layout(tuple([item.code for item in items]))
    if not layout.is_plain or layout.key is not None:
        return None
    values = [item.api_value for item in items]
    try:
        for place, reader in layout.checked:
            text = values[place]
            if text is not None:
                values[place] = reader(text)
    except ValueError:
        return None
    fixed = object_columns(external_id, out_id, False, record.state, layout.given, origin)
    if has_escapes or None in values:
        columns = "\t".join([fixed, *map(column if has_escapes else _nullable, values)])
    else:
        columns = "\t".join([fixed, *values])  # type: ignore[list-item]
    links = [*(record.unchanged_unique_bo_fields or ()), *(record.bo_fields or ())]
    staged = _links(links, shape, origin) if links else ()
    return None if staged is None else Staged((StagedObject(shape, layout.codes, columns),), staged)


def _nullable(text: str | None) -> str:
    return NULL if text is None else text


def _links(items: list[BoFieldInput], shape: ObjectShape, origin: str) -> tuple[StagedLink, ...] | None:
    found = []
    for item in items:
        link, to_field, text = shape.links.get(item.field_code), item.to_field_code, item.api_value
        if link is None or item.boi_input is not None or not to_field or not text:
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
        found.append(StagedLink(link, 0, None, named_link(link, name, value, bool(item.unlink), origin)))
    return tuple(found)
