"""A record as the objects and links that it holds: its tree flattened, its values read, every code checked.

One record is one unit: a fault anywhere in the tree rejects all of it. Children come before their parents, so that a
parent's links find them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from etl.metadata.field import Field, LinkMode
from etl.metadata.field_types import FieldType
from etl.metadata.instance_state import InstanceState
from etl.quoting import fold
from etl.sources.kafka.boi_input import BoFieldInput, BoiInput, FieldInput, nested
from etl.sources.kafka.faults import Fault, RecordFault
from etl.sources.kafka.shapes import CompanyShape, Layout, ObjectShape

EXTERNAL_ID: Final = "externalId"
"""The code that names a target by its external id, unless the target has a unique field of that code."""
ID: Final = "id"
"""The same for the platform's id."""

_REMOVED: Final = InstanceState.REMOVED.value
_STATES: Final = frozenset(one.value for one in InstanceState)
_OUT_ID: Final = re.compile(r"[A-Za-z0-9@~]{16}", re.ASCII)
_MAX_EXTERNAL_ID: Final = 100
_MAX_RECORD_ID: Final = 255


class ObjectRow(NamedTuple):
    """An object of a record: what it says of one instance. `values` belong to the codes of `layout`."""

    shape: ObjectShape
    record: BoiInput
    path: str
    external_id: str | None
    id: str | None
    state: str | None
    layout: Layout
    values: list[str | None]

    @property
    def is_removed(self) -> bool:
        """Whether it removes its instance."""
        return self.state == _REMOVED

    def path_of(self, code: str | None) -> str:
        """Where the record gives a field; the object's own path without one."""
        wanted = fold(code) if code else None
        for name, items in _value_lists(self.record):
            for number, item in enumerate(items):
                if fold(item.code) == wanted:
                    return f"{self.path}.{name}[{number}].apiValue"
        return self.path


class LinkRow(NamedTuple):
    """A link of a record, from its object number `owner`.

    The target is an object of the record (`target`, its number), an instance by its id (`target_id`), or the instance
    of `member` that has `value` in the column `target_field` ("": as its external id). `member` "": any member of the
    composite. `unlink` ends the link; without any target it says that the full set has no further links.
    """

    owner: int
    field: Field
    path: str
    member: str = ""
    target: int | None = None
    target_id: str | None = None
    target_field: str = ""
    value: str | None = None
    unlink: bool = False


@dataclass
class Tree:
    """The objects and links of one record, and what is to be said about it although it is merged."""

    objects: list[ObjectRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def tree_of(record: BoiInput, company: CompanyShape) -> Tree:
    """Flattens a record. Raises RecordFault."""
    tree = Tree()
    _Reading(company, tree).read(record, "$", 1)
    return tree


def record_id_of(record: BoiInput) -> str | None:
    """By which a repetition is recognised. Raises RecordFault."""
    if not record.record_id:
        return None
    if len(record.record_id) > _MAX_RECORD_ID or "\x00" in record.record_id:
        reason = f"recordId is no text of at most {_MAX_RECORD_ID} characters"
        raise RecordFault(Fault("BAD_ID", "$.recordId", reason=reason, value=record.record_id))
    return record.record_id


class _Reading:
    """The reading of one record into a tree."""

    __slots__ = ("company", "rules", "tree")

    def __init__(self, company: CompanyShape, tree: Tree) -> None:
        self.company = company
        self.rules = company.rules
        self.tree = tree

    def read(self, record: BoiInput, path: str, depth: int) -> int:
        """Adds the object with all that is nested in it; returns its number."""
        shape = self.company.object(record.bo_code, path)
        if depth > self.rules.max_depth:
            raise RecordFault(Fault("TOO_DEEP", path, shape.code))
        state = record.state or None
        if state is not None and state not in _STATES:
            raise RecordFault(Fault("UNKNOWN_STATE", f"{path}.state", shape.code, value=state))
        items = record.fields or []
        if record.unchanged_unique_fields:
            items = record.unchanged_unique_fields + items
        layout = shape.layout(tuple([item.code for item in items]))
        if layout.unknown:
            self._refuse_unknown(shape, record, layout, path)
        values = self._values(shape, record, layout, items, path)
        external_id = _external_id(record.external_id, shape, f"{path}.externalId")
        if layout.key is not None:
            external_id = self._key(external_id, items[layout.key], shape, record, path)
        out_id = _out_id(record.id, shape, f"{path}.id")
        links: list[LinkRow] = []
        # Links of an object that is removed are left out, as those of a removed in_ row are.
        if state != _REMOVED:
            if layout.links:
                for place, link_field in layout.links:
                    links += _by_ids(
                        link_field, items[place], self.company, self._value_path(record, path, place), shape
                    )
            if record.unchanged_unique_bo_fields or record.bo_fields:
                links += self._links(record, shape, path, depth)
        if depth > 1 and out_id is None and external_id is None and not _names(shape, layout, values):
            # It would be made again by each repetition.
            raise RecordFault(Fault("NO_ID", path, shape.code))
        objects = self.tree.objects
        number = len(objects)
        objects.append(ObjectRow(shape, record, path, external_id, out_id, state, layout, values))
        if links:
            self.tree.links += [link._replace(owner=number) for link in links]
        return number

    def _values(
        self, shape: ObjectShape, record: BoiInput, layout: Layout, items: list[FieldInput], path: str
    ) -> list[str | None]:
        given = [item.api_value for item in items]
        if not layout.is_plain:
            given = [given[place] for place in layout.places]
        try:
            return [None if text is None else reader(text) for reader, text in zip(layout.readers, given, strict=True)]
        except ValueError:
            raise self._bad_value(shape, record, layout, given, path) from None

    def _bad_value(
        self, shape: ObjectShape, record: BoiInput, layout: Layout, given: list[str | None], path: str
    ) -> RecordFault:
        for place, code, reader, text in zip(layout.places, layout.codes, layout.readers, given, strict=True):
            try:
                if text is not None:
                    reader(text)
            except ValueError as error:
                at = self._value_path(record, path, place)
                return RecordFault(
                    Fault("BAD_VALUE", at, shape.code, code, text, reason=str(error), external_id=record.external_id)
                )
        raise AssertionError("a value was refused once and accepted then")

    def _value_path(self, record: BoiInput, path: str, place: int) -> str:
        return f"{_item_path(record, path, place)}.apiValue"

    def _refuse_unknown(self, shape: ObjectShape, record: BoiInput, layout: Layout, path: str) -> None:
        items = [*(record.unchanged_unique_fields or []), *(record.fields or [])]
        severity = "warning" if self.rules.skips_unknown_fields else "error"
        for place in layout.unknown:
            at = f"{_item_path(record, path, place)}.code"
            fault = shape.unknown_field(items[place].code, at, severity)
            if severity == "error":
                raise RecordFault(fault)
            self.tree.notes.append(fault)

    def _key(
        self, external_id: str | None, item: FieldInput, shape: ObjectShape, record: BoiInput, path: str
    ) -> str | None:
        """The value of the key field is the external id."""
        key = _external_id(item.api_value, shape, f"{path}.fields")
        if key and external_id and key != external_id:
            raise RecordFault(
                Fault("KEY_DIFFERS", f"{path}.externalId", shape.code, item.code, value=key, external_id=external_id)
            )
        return external_id or key

    def _links(self, record: BoiInput, shape: ObjectShape, path: str, depth: int) -> Iterator[LinkRow]:
        for name, items in (
            ("unchangedUniqueBoFields", record.unchanged_unique_bo_fields),
            ("boFields", record.bo_fields),
        ):
            for number, item in enumerate(items or ()):
                at = f"{path}.{name}[{number}]"
                link_field = shape.links.get(item.field_code)
                if link_field is None:
                    fault = shape.unknown_field(
                        item.field_code, f"{at}.fieldCode", "warning" if self.rules.skips_unknown_fields else "error"
                    )
                    if fault.severity == "error":
                        raise RecordFault(fault)
                    self.tree.notes.append(fault)
                else:
                    yield self._link(link_field, item, at, depth, shape)

    def _link(self, link_field: Field, item: BoFieldInput, path: str, depth: int, shape: ObjectShape) -> LinkRow:
        if item.boi_input is None:
            return self._by_value(link_field, item, path, shape)
        if item.to_field_code is not None or item.api_value is not None:
            reason = "it has boiInput, and toFieldCode or apiValue too"
            raise RecordFault(Fault("BAD_SHAPE", path, shape.code, link_field.code, reason=reason))
        at = f"{path}.boiInput"
        inner = item.boi_input if isinstance(item.boi_input, BoiInput) else nested(item.boi_input, at)
        members = [bo.code for bo in self.company.company.targets(link_field)]
        if inner.bo_code not in members or item.to_bo_code not in (None, inner.bo_code):
            self.company.object(inner.bo_code, at)
            raise _wrong_target(link_field, members, inner.bo_code, f"{at}.boCode", shape)
        target = self.read(inner, at, depth + 1)
        is_gone = self.tree.objects[target].is_removed
        return LinkRow(-1, link_field, path, inner.bo_code, target, unlink=bool(item.unlink) or is_gone)

    def _by_value(self, link_field: Field, item: BoFieldInput, path: str, shape: ObjectShape) -> LinkRow:
        members = {bo.code: self.company.shapes[bo.code] for bo in self.company.company.targets(link_field)}
        if item.to_bo_code is not None and item.to_bo_code not in members:
            raise _wrong_target(link_field, members, item.to_bo_code, f"{path}.toBoCode", shape)
        only = item.to_bo_code or (next(iter(members)) if len(members) == 1 else "")
        chosen = {only: members[only]} if only else members
        if item.to_field_code is None and item.api_value is None:
            if item.unlink and link_field.link_mode is LinkMode.REPLACE:
                return LinkRow(-1, link_field, path, only or next(iter(members)), unlink=True)
            reason = "it needs toFieldCode and apiValue, or boiInput"
            raise RecordFault(Fault("BAD_SHAPE", path, shape.code, link_field.code, reason=reason))
        if not item.to_field_code:
            reason = "it needs toFieldCode beside apiValue"
            raise RecordFault(Fault("BAD_SHAPE", path, shape.code, link_field.code, reason=reason))
        at = f"{path}.apiValue"
        if not item.api_value:
            raise _empty(shape, link_field, at)
        row = LinkRow(-1, link_field, path, only, unlink=bool(item.unlink))
        code = item.to_field_code
        reader = next(filter(None, (one.unique_readers.get(code) for one in chosen.values())), None)
        if reader is None and code == EXTERNAL_ID:
            return row._replace(value=_external_id(item.api_value, shape, at))
        if reader is None and code == ID:
            return row._replace(target_id=_target_id(item.api_value, shape, link_field, at))
        if reader is None:
            named = f"{code} of {', '.join(chosen)}"
            raise RecordFault(Fault("NOT_UNIQUE", f"{path}.toFieldCode", shape.code, link_field.code, named))
        try:
            value = reader(item.api_value)
        except ValueError as error:
            raise RecordFault(
                Fault("BAD_VALUE", at, shape.code, link_field.code, item.api_value, reason=str(error))
            ) from None
        if not value:
            raise _empty(shape, link_field, at)
        return row._replace(target_field=fold(code), value=value)


def _value_lists(record: BoiInput) -> tuple[tuple[str, list[FieldInput]], ...]:
    return (("fields", record.fields or []), ("unchangedUniqueFields", record.unchanged_unique_fields or []))


def _item_path(record: BoiInput, path: str, place: int) -> str:
    before = len(record.unchanged_unique_fields or ())
    return f"{path}.unchangedUniqueFields[{place}]" if place < before else f"{path}.fields[{place - before}]"


def _names(shape: ObjectShape, layout: Layout, values: list[str | None]) -> bool:
    """Whether it gives a value of a unique field."""
    return any(value and code in shape.unique_readers for code, value in zip(layout.codes, values, strict=True))


def _empty(shape: ObjectShape, link_field: Field, path: str) -> RecordFault:
    return RecordFault(Fault("LINK_END_EMPTY", path, shape.code, link_field.code))


def _wrong_target(
    link_field: Field, members: Mapping[str, object] | list[str], code: str, path: str, shape: ObjectShape
) -> RecordFault:
    reason = ", ".join(members)
    return RecordFault(Fault("WRONG_TARGET", path, shape.code, link_field.code, value=code, reason=reason))


def _by_ids(
    link_field: Field, item: FieldInput, company: CompanyShape, path: str, shape: ObjectShape
) -> Iterator[LinkRow]:
    """The links of a BO or CO field written as the platform's own value: a JSON array of ids, for CO `<BO id>-<id>`."""
    if not item.api_value:
        return
    try:
        ids = json.loads(item.api_value)
    except (ValueError, RecursionError):
        ids = None
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        reason = "is no JSON array of ids"
        raise RecordFault(Fault("BAD_VALUE", path, shape.code, item.code, item.api_value, reason=reason))
    targets = company.company.targets(link_field)
    member = targets[0].code if len(targets) == 1 else ""
    for each in ids:
        target_id = each.rpartition("-")[2] if link_field.type is FieldType.CO else each
        yield LinkRow(-1, link_field, path, member, target_id=_target_id(target_id, shape, link_field, path))


def _target_id(text: str, shape: ObjectShape, link_field: Field, path: str) -> str:
    if not _OUT_ID.fullmatch(text):
        raise RecordFault(Fault("LINK_END_INVALID", path, shape.code, link_field.code, text))
    return text


def _out_id(text: str | None, shape: ObjectShape, path: str) -> str | None:
    if not text:
        return None
    if not _OUT_ID.fullmatch(text):
        raise RecordFault(Fault("OUT_ID_UNKNOWN", path, shape.code, value=text))
    return text


def _external_id(text: str | None, shape: ObjectShape, path: str) -> str | None:
    if not text:
        return None
    if len(text) > _MAX_EXTERNAL_ID or "\x00" in text:
        reason = f"an external id is no text of at most {_MAX_EXTERNAL_ID} characters"
        raise RecordFault(Fault("BAD_ID", path, shape.code, value=text, reason=reason))
    return text
