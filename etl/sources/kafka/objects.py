"""A record as the objects and links that it holds: its tree flattened, its values read, every code checked.

One record is one unit: a fault anywhere in the tree rejects all of it. Children come before their parents, so that a
parent's links find them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import FieldType
from etl.metadata.instance_state import InstanceState
from etl.sources.kafka.boi_input import BoFieldInput, BoiInput, FieldInput, RecordFault
from etl.sources.kafka.values import reader_of

EXTERNAL_ID = "externalId"
"""The reserved code that names a target by its external id."""

_ID_LENGTH = 16
_MAX_EXTERNAL_ID = 100


@dataclass(frozen=True)
class InputObject:
    """One object of a record. `number` counts the objects of a record from 0, children first; `values` are the given
    fields by their codes, as COPY writes them, None to clear one."""

    number: int
    bo: BusinessObject
    path: str
    out_id: str | None
    in_id: str | None
    state: str | None
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class InputLink:
    """One link of a record, from the object `owner` (its number).

    The target is an object of the record (`target`, its number), an instance by its id (`target_id`), or the instance of
    `member` that has `value` in `target_field` (EXTERNAL_ID: as its external id). `member` None: any member of the
    composite. `unlink` ends the link.
    """

    owner: int
    field: Field
    path: str
    member: BusinessObject | None = None
    target: int | None = None
    target_id: str | None = None
    target_field: str = ""
    value: str = ""
    unlink: bool = False


@dataclass
class Tree:
    """The objects and links of one record, and the paths of the fields that were left out."""

    objects: list[InputObject] = field(default_factory=list)
    links: list[InputLink] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    """What records may hold: the objects of a company that are allowed, how deep a tree may be."""

    company: Company
    allowed: frozenset[str]
    max_depth: int = 32

    def tree(self, record: BoiInput) -> Tree:
        """Flattens a record. Raises RecordFault."""
        tree = Tree()
        _Reading(self, tree).read(record, "$", 1)
        return tree

    def object(self, code: str, path: str) -> "ObjectShape":
        """The object of a code. Raises RecordFault."""
        found = self._objects.get(code)
        if found is None:
            near = _nearest(code, self._objects)
            raise RecordFault("UNKNOWN_OBJECT", f"there is no business object {code!r}{near}", f"{path}.boCode")
        if code not in self.allowed:
            raise RecordFault("NOT_ALLOWED", f"records may not change objects of {code}", f"{path}.boCode")
        return found

    @cached_property
    def _objects(self) -> dict[str, "ObjectShape"]:
        return {bo.code: ObjectShape(bo) for bo in self.company.objects if bo.carries_data}


@dataclass(frozen=True)
class ObjectShape:
    """The fields of an object by their codes."""

    bo: BusinessObject

    @cached_property
    def readers(self) -> dict[str, Callable[[str], str | None]]:
        """How the values of its fields are read."""
        return {one.code: reader_of(one) for one in self.bo.stored_fields}

    @cached_property
    def links(self) -> dict[str, Field]:
        """Its BO and CO fields."""
        return {one.code: one for one in self.bo.links}

    @cached_property
    def unique(self) -> frozenset[str]:
        """Its unique fields."""
        return frozenset(one.code for one in self.bo.unique_fields)

    def unknown(self, code: str, path: str) -> RecordFault:
        """The fault of a code that is none of its fields."""
        near = _nearest(code, [*self.readers, *self.links])
        return RecordFault("UNKNOWN_FIELD", f"{self.bo.code} has no field {code!r}{near}", path)


@dataclass
class _Reading:
    """The reading of one record into a tree."""

    shape: Shape
    tree: Tree

    def read(self, record: BoiInput, path: str, depth: int) -> int:
        """Adds the object with all that is nested in it; returns its number."""
        if depth > self.shape.max_depth:
            raise RecordFault("TOO_DEEP", f"objects are nested deeper than {self.shape.max_depth}", path)
        shape = self.shape.object(record.boCode, path)
        state = _state(record.state, path)
        is_removed = state == InstanceState.REMOVED
        # Fields and links of an object that is removed are left out, as those of a removed in_ row are.
        links = [] if is_removed else list(self._links(record, shape, path, depth))
        values = {} if is_removed else self._values(record, shape, path, links)
        one = InputObject(
            number=len(self.tree.objects),
            bo=shape.bo,
            path=path,
            out_id=_out_id(record.id, path),
            in_id=_external_id(record.externalId, path),
            state=state,
            values=values,
        )
        if depth > 1 and not one.out_id and not one.in_id and not any(values.get(code) for code in shape.unique):
            raise RecordFault(
                "NO_ID", "a nested object needs an id, an externalId or a unique value: each repetition would make it again", path
            )
        self.tree.objects.append(one)
        self.tree.links += [self._of_owner(link, one.number) for link in links]
        return one.number

    def _of_owner(self, link: InputLink, owner: int) -> InputLink:
        return InputLink(
            owner, link.field, link.path, link.member, link.target, link.target_id, link.target_field, link.value, link.unlink
        )

    def _values(
        self, record: BoiInput, shape: ObjectShape, path: str, links: list[InputLink]
    ) -> dict[str, str | None]:
        values: dict[str, str | None] = {}
        for name, given in (("unchangedUniqueFields", record.unchangedUniqueFields), ("fields", record.fields)):
            for number, one in enumerate(given or ()):
                at = f"{path}.{name}[{number}]"
                if one.code in shape.links:
                    links += _ids(shape.links[one.code], one, self.shape.company, f"{at}.apiValue")
                else:
                    values[one.code] = _value(shape, one, at)
        return values

    def _links(self, record: BoiInput, shape: ObjectShape, path: str, depth: int) -> Iterator[InputLink]:
        for name, given in (("unchangedUniqueBoFields", record.unchangedUniqueBoFields), ("boFields", record.boFields)):
            for number, one in enumerate(given or ()):
                at = f"{path}.{name}[{number}]"
                link_field = shape.links.get(one.fieldCode)
                if link_field is None:
                    raise shape.unknown(one.fieldCode, f"{at}.fieldCode")
                yield self._link(link_field, one, at, depth)

    def _link(self, link_field: Field, one: BoFieldInput, path: str, depth: int) -> InputLink:
        if one.boiInput is None:
            return self._by_value(link_field, one, path)
        if one.toFieldCode is not None or one.apiValue is not None:
            raise RecordFault("BAD_SHAPE", "has boiInput, and toFieldCode or apiValue too: write one of them", path)
        nested = _nested(one.boiInput, f"{path}.boiInput")
        targets = {bo.code for bo in self.shape.company.targets(link_field)}
        if nested.boCode not in targets or one.toBoCode not in (None, nested.boCode):
            raise RecordFault("WRONG_TARGET", _targets(link_field, targets, nested.boCode), f"{path}.boiInput.boCode")
        target = self.read(nested, f"{path}.boiInput", depth + 1)
        is_removed = self.tree.objects[target].state == InstanceState.REMOVED
        return InputLink(-1, link_field, path, self.tree.objects[target].bo, target, unlink=one.unlink or is_removed)

    def _by_value(self, link_field: Field, one: BoFieldInput, path: str) -> InputLink:
        members = {bo.code: bo for bo in self.shape.company.targets(link_field)}
        if one.toBoCode is not None and one.toBoCode not in members:
            raise RecordFault("WRONG_TARGET", _targets(link_field, members, one.toBoCode), f"{path}.toBoCode")
        if not one.toFieldCode:
            raise RecordFault("BAD_SHAPE", "needs toFieldCode and apiValue, or boiInput", path)
        if not one.apiValue:
            raise RecordFault("LINK_END_EMPTY", "names no target: apiValue is empty", f"{path}.apiValue")
        member = members[one.toBoCode] if one.toBoCode else (next(iter(members.values())) if len(members) == 1 else None)
        if one.toFieldCode == EXTERNAL_ID:
            value = _external_id(one.apiValue, path) or ""
        else:
            value = self._unique_value(members if member is None else {member.code: member}, one, path)
        return InputLink(
            -1, link_field, path, member, target_field=one.toFieldCode, value=value, unlink=one.unlink
        )

    def _unique_value(self, members: Mapping[str, BusinessObject], one: BoFieldInput, path: str) -> str:
        """The value as the target's column holds it, of the first member that has the field."""
        for code in members:
            shape = ObjectShape(members[code])
            if one.toFieldCode in shape.unique:
                given = FieldInput(one.toFieldCode or "", one.apiValue)
                if value := _value(shape, given, path):
                    return value
                raise RecordFault("LINK_END_EMPTY", "names no target: apiValue is empty", f"{path}.apiValue")
        named = ", ".join(members)
        raise RecordFault("NOT_UNIQUE", f"{one.toFieldCode} is no unique field of {named}", f"{path}.toFieldCode")


def _value(shape: ObjectShape, one: FieldInput, path: str) -> str | None:
    reader = shape.readers.get(one.code)
    if reader is None:
        raise shape.unknown(one.code, f"{path}.code")
    if one.apiValue is None:
        return None
    try:
        return reader(one.apiValue)
    except ValueError as error:
        raise RecordFault("BAD_VALUE", f"{one.code}: {one.apiValue[:200]!r} {error}", f"{path}.apiValue") from None


def _ids(link_field: Field, one: FieldInput, company: Company, path: str) -> Iterator[InputLink]:
    """The links of a BO or CO field written as the platform's own value: a JSON array of ids, for CO `<BO id>-<id>`."""
    if not one.apiValue:
        return
    try:
        ids = json.loads(one.apiValue)
    except ValueError:
        ids = None
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise RecordFault("BAD_VALUE", f"{one.code}: links are a JSON array of ids", path)
    targets = company.targets(link_field)
    for each in ids:
        target_id = each.rpartition("-")[2] if link_field.type is FieldType.CO else each
        member = targets[0] if len(targets) == 1 else None
        yield InputLink(-1, link_field, path, member, target_id=_out_id(target_id, path))


def _nested(given: BoiInput | str, path: str) -> BoiInput:
    """A nested object, which may also be a text that holds one."""
    if isinstance(given, BoiInput):
        return given
    from etl.sources.kafka.boi_input import decode

    try:
        return decode(given.encode()).record
    except RecordFault as fault:
        raise RecordFault(fault.code, fault.message, path + fault.path.removeprefix("$")) from None


def _state(state: str | None, path: str) -> str | None:
    if state is None:
        return None
    if state not in set(InstanceState):
        raise RecordFault("UNKNOWN_STATE", f"{state!r} is none of {', '.join(InstanceState)}", f"{path}.state")
    return state


def _out_id(text: str | None, path: str) -> str | None:
    if not text:
        return None
    if len(text) != _ID_LENGTH or "\x00" in text:
        raise RecordFault("BAD_ID", f"{text[:50]!r} is no id of {_ID_LENGTH} characters", f"{path}.id")
    return text


def _external_id(text: str | None, path: str) -> str | None:
    if not text:
        return None
    if len(text) > _MAX_EXTERNAL_ID or "\x00" in text:
        raise RecordFault("BAD_ID", f"an externalId has at most {_MAX_EXTERNAL_ID} characters", f"{path}.externalId")
    return text


def _targets(link_field: Field, targets: object, code: str) -> str:
    named = ", ".join(targets)  # type: ignore[call-overload]
    return f"{link_field.code} links to {named}, not to {code!r}"


def _nearest(code: str, known: object) -> str:
    near = get_close_matches(code, list(known), 1)  # type: ignore[call-overload]
    return f": did you mean {near[0]}?" if near else ""
