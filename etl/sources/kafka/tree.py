"""A record as the objects and links that it holds: its tree flattened, its values read, every code checked.

One record is one unit: a fault anywhere in the tree rejects all of it. Children come before their parents, so that a
parent's links find them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from etl.metadata.field_types import FieldType
from etl.metadata.instance_state import InstanceState
from etl.quoting import fold
from etl.sources.kafka.boi_input import BoFieldInput, BoiInput, FieldInput, nested
from etl.sources.kafka.faults import Fault, RecordFault
from etl.sources.kafka.files import FileRow, file_of
from etl.sources.kafka.shapes import CompanyShape, Layout, LinkShape, ObjectShape, Reader

_REMOVED: Final = InstanceState.REMOVED.value
_STATES: Final = frozenset(one.value for one in InstanceState)
OUT_ID: Final = re.compile(r"[A-Za-z0-9@~]{16}", re.ASCII)
MAX_EXTERNAL_ID: Final = 100
MAX_RECORD_ID: Final = 255


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
    link: LinkShape
    path: str
    member: str
    unlink: bool
    target: int | None = None
    target_id: str | None = None
    target_field: str = ""
    value: str | None = None

    @property
    def is_end(self) -> bool:
        """Whether it names no target."""
        return self.target is None and self.target_id is None and self.value is None


@dataclass(slots=True)
class Tree:
    """The objects and links of one record, the files that it brings, and what is to be said about it although it is
    merged."""

    objects: list[ObjectRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    files: list[FileRow] | None = None


def tree_of(record: BoiInput, company: CompanyShape, *, may_hold_nul: bool = True, may_hold_files: bool = True) -> Tree:
    """Flattens a record. `may_hold_nul`: a text of it may have the character NUL; `may_hold_files`: it may bring files.
    Raises RecordFault."""
    tree = Tree()
    _Reading(company, tree, may_hold_nul, may_hold_files).read(record, "$", 1)
    return tree


def record_id_of(record: BoiInput) -> str | None:
    """By which a repetition is recognised. Raises RecordFault."""
    if not record.record_id:
        return None
    if len(record.record_id) > MAX_RECORD_ID or "\x00" in record.record_id:
        reason = f"recordId is no text of at most {MAX_RECORD_ID} characters"
        raise RecordFault(Fault("BAD_ID", "$.recordId", reason=reason, value=record.record_id))
    return record.record_id


class _Reading:
    __slots__ = ("company", "may_hold_files", "may_hold_nul", "rules", "tree")

    def __init__(self, company: CompanyShape, tree: Tree, may_hold_nul: bool, may_hold_files: bool) -> None:
        self.company = company
        self.rules = company.rules
        self.tree = tree
        self.may_hold_nul = may_hold_nul
        self.may_hold_files = may_hold_files

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
        layout = shape.layout([item.code for item in items])
        if layout.unknown:
            self._note_unknown(shape, record, layout, path)
        if self.may_hold_files:
            self._take_files(shape, record, items, path)
        values = self._values(shape, record, layout, items, path)
        external_id, out_id = record.external_id or None, record.id or None
        if external_id is not None and (len(external_id) > MAX_EXTERNAL_ID or self.may_hold_nul):
            _check_external_id(external_id, shape, f"{path}.externalId")
        if layout.key is not None:
            external_id = _with_key(external_id, items[layout.key], shape, record, path, layout.key)
        if out_id is not None and not OUT_ID.fullmatch(out_id):
            raise RecordFault(Fault("OUT_ID_UNKNOWN", f"{path}.id", shape.code, value=out_id))
        links: list[_Link] = []
        # Links of an object that is removed are left out, as those of a removed in_ row are.
        if state != _REMOVED:
            for index, link in layout.links:
                links += _by_ids(link, items[index], _value_path(record, path, index), shape)
            if record.unchanged_unique_bo_fields:
                self._add_links(
                    links, record.unchanged_unique_bo_fields, shape, f"{path}.unchangedUniqueBoFields", depth
                )
            if record.bo_fields:
                self._add_links(links, record.bo_fields, shape, f"{path}.boFields", depth)
        if depth > 1 and out_id is None and external_id is None and not _names(shape, layout, values):
            # It would be made again by each repetition.
            raise RecordFault(Fault("NO_ID", path, shape.code))
        tree = self.tree
        number = len(tree.objects)
        tree.objects.append(ObjectRow(shape, record, path, external_id, out_id, state, layout, values))
        if links:
            tree.links += [LinkRow(number, *link) for link in links]
        return number

    def _values(
        self, shape: ObjectShape, record: BoiInput, layout: Layout, items: list[FieldInput], path: str
    ) -> list[str | None]:
        values = [item.api_value for item in items]
        try:
            if layout.is_plain and not self.may_hold_nul:
                for index, reader in layout.checked:
                    text = values[index]
                    if text is not None:
                        values[index] = reader(text)
                return values
            given = [values[index] for index in layout.indexes]
            return [None if text is None else reader(text) for reader, text in zip(layout.readers, given, strict=True)]
        except ValueError:
            raise _bad_value(shape, record, layout, items, path) from None

    def _take_files(self, shape: ObjectShape, record: BoiInput, items: list[FieldInput], path: str) -> None:
        """The files that the object brings; a field without an id of its file gets one of its content."""
        for index, item in enumerate(items):
            if item.content is None:
                continue
            at = _item_path(record, path, index)
            if item.code not in shape.file_fields:
                raise RecordFault(
                    Fault("BAD_SHAPE", f"{at}.content", shape.code, item.code, reason="only file fields have content")
                )
            file = file_of(item, shape.code, f"{at}.content", self.rules.max_value_bytes)
            item.api_value = file.file_id
            self.tree.files = [*(self.tree.files or ()), file]

    def _note_unknown(self, shape: ObjectShape, record: BoiInput, layout: Layout, path: str) -> None:
        items = [*(record.unchanged_unique_fields or []), *(record.fields or [])]
        for index in layout.unknown:
            self._note(shape.unknown_field(items[index].code, f"{_item_path(record, path, index)}.code"))

    def _note(self, fault: Fault) -> None:
        """An unknown field rejects its record, unless the settings say that it is skipped."""
        if not self.rules.skips_unknown_fields:
            raise RecordFault(fault)
        self.tree.notes.append(replace(fault, severity="warning"))

    def _add_links(
        self, links: "list[_Link]", items: list[BoFieldInput], shape: ObjectShape, path: str, depth: int
    ) -> None:
        known = shape.links
        for number, item in enumerate(items):
            at = f"{path}[{number}]"
            link = known.get(item.field_code)
            if link is None:
                self._note(shape.unknown_field(item.field_code, f"{at}.fieldCode"))
            elif item.boi_input is None:
                links.append(_by_value(link, item, at, shape))
            else:
                links.append(self._nested(link, item, at, depth, shape))

    def _nested(self, link: LinkShape, item: BoFieldInput, path: str, depth: int, shape: ObjectShape) -> "_Link":
        if item.to_field_code is not None or item.api_value is not None:
            raise _bad_item("it has boiInput, and toFieldCode or apiValue too", link, path, shape)
        at = f"{path}.boiInput"
        if isinstance(item.boi_input, BoiInput):
            inner = item.boi_input
        else:
            # What a text holds was not seen in the message: escapes of its JSON are escaped once more there.
            self.may_hold_nul = self.may_hold_files = True
            inner = nested(item.boi_input or "", at)
        if inner.bo_code not in link.members or item.to_bo_code not in (None, inner.bo_code):
            self.company.object(inner.bo_code, at)
            raise _wrong_target(link, inner.bo_code, f"{at}.boCode", shape)
        target = self.read(inner, at, depth + 1)
        is_gone = self.tree.objects[target].is_removed
        return (link, path, inner.bo_code, bool(item.unlink) or is_gone, target)


# A LinkRow without its owner, whose number is known last.
_Link = (
    tuple[LinkShape, str, str, bool]
    | tuple[LinkShape, str, str, bool, int]
    | tuple[LinkShape, str, str, bool, None, str | None, str, str | None]
)


def _by_value(link: LinkShape, item: BoFieldInput, path: str, shape: ObjectShape) -> _Link:
    to_field, text = item.to_field_code, item.api_value
    name = link.target(item.to_bo_code, to_field) if to_field else None
    if name is None:
        return _without_name(link, item, path, shape)
    if not text:
        raise _empty(link, path, shape)
    unlink = bool(item.unlink)
    if name.reader is None:
        if name.is_id:
            _check_id(text, shape, link, f"{path}.apiValue")
            return (link, path, name.member, unlink, None, text, "", None)
        _check_external_id(text, shape, f"{path}.apiValue")
        return (link, path, name.member, unlink, None, None, "", text)
    try:
        value = name.reader(text)
    except ValueError as error:
        at = f"{path}.apiValue"
        raise RecordFault(Fault("BAD_VALUE", at, shape.code, link.code, text, reason=str(error))) from None
    if not value:
        raise _empty(link, path, shape)
    return (link, path, name.member, unlink, None, None, name.column, value)


def _without_name(link: LinkShape, item: BoFieldInput, path: str, shape: ObjectShape) -> _Link:
    """A link whose target is named in no way that there is: only the end of a full set needs none."""
    to_bo, to_field = item.to_bo_code, item.to_field_code
    if to_bo is not None and to_bo not in link.members:
        raise _wrong_target(link, to_bo, f"{path}.toBoCode", shape)
    if to_field:
        named = f"{to_field} of {link.member(to_bo) or ', '.join(link.members)}"
        raise RecordFault(Fault("NOT_UNIQUE", f"{path}.toFieldCode", shape.code, link.code, named))
    if to_field is None and item.api_value is None and item.unlink and link.is_set:
        return (link, path, link.member(to_bo), True)
    raise _bad_item("it needs toFieldCode and apiValue, or boiInput", link, path, shape)


def _by_ids(link: LinkShape, item: FieldInput, path: str, shape: ObjectShape) -> Iterator[_Link]:
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
    for each in ids:
        target_id = each.rpartition("-")[2] if link.field.type is FieldType.CO else each
        _check_id(target_id, shape, link, path)
        yield (link, path, link.member(None), False, None, target_id, "", None)


def _bad_value(shape: ObjectShape, record: BoiInput, layout: Layout, items: list[FieldInput], path: str) -> RecordFault:
    index, code, reason = next(
        (index, code, reason)
        for index, code, reader in zip(layout.indexes, layout.codes, layout.readers, strict=True)
        if (reason := _why_refused(reader, items[index].api_value))
    )
    at, text = _value_path(record, path, index), items[index].api_value
    return RecordFault(Fault("BAD_VALUE", at, shape.code, code, text, reason=reason, external_id=record.external_id))


def _why_refused(reader: Reader, text: str | None) -> str:
    try:
        if text is not None:
            reader(text)
    except ValueError as error:
        return str(error)
    return ""


def _with_key(
    external_id: str | None, item: FieldInput, shape: ObjectShape, record: BoiInput, path: str, index: int
) -> str | None:
    """The value of the key field is the external id."""
    key = item.api_value or None
    if key is None:
        return external_id
    _check_external_id(key, shape, _value_path(record, path, index))
    if external_id is not None and key != external_id:
        raise RecordFault(
            Fault("KEY_DIFFERS", f"{path}.externalId", shape.code, item.code, value=key, external_id=external_id)
        )
    return key


def _value_lists(record: BoiInput) -> tuple[tuple[str, list[FieldInput]], ...]:
    return (("fields", record.fields or []), ("unchangedUniqueFields", record.unchanged_unique_fields or []))


def _item_path(record: BoiInput, path: str, index: int) -> str:
    before = len(record.unchanged_unique_fields or ())
    return f"{path}.unchangedUniqueFields[{index}]" if index < before else f"{path}.fields[{index - before}]"


def _names(shape: ObjectShape, layout: Layout, values: list[str | None]) -> bool:
    """Whether it gives a value of a unique field."""
    return any(value and code in shape.unique_readers for code, value in zip(layout.codes, values, strict=True))


def _value_path(record: BoiInput, path: str, index: int) -> str:
    return f"{_item_path(record, path, index)}.apiValue"


def _empty(link: LinkShape, path: str, shape: ObjectShape) -> RecordFault:
    return RecordFault(Fault("LINK_END_EMPTY", f"{path}.apiValue", shape.code, link.code))


def _bad_item(reason: str, link: LinkShape, path: str, shape: ObjectShape) -> RecordFault:
    return RecordFault(Fault("BAD_SHAPE", path, shape.code, link.code, reason=reason))


def _wrong_target(link: LinkShape, code: str, path: str, shape: ObjectShape) -> RecordFault:
    reason = ", ".join(link.members)
    return RecordFault(Fault("WRONG_TARGET", path, shape.code, link.code, value=code, reason=reason))


def _check_id(text: str, shape: ObjectShape, link: LinkShape, path: str) -> None:
    if not OUT_ID.fullmatch(text):
        raise RecordFault(Fault("LINK_END_INVALID", path, shape.code, link.code, text))


def _check_external_id(text: str, shape: ObjectShape, path: str) -> None:
    if len(text) > MAX_EXTERNAL_ID or "\x00" in text:
        reason = f"an external id is no text of at most {MAX_EXTERNAL_ID} characters"
        raise RecordFault(Fault("BAD_ID", path, shape.code, value=text, reason=reason))
