"""What the objects of a company look like to records: how each field is read, which links it has, by code.

The reading of a record asks once for the layout of its fields: most records of an object give the same ones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from etl.merge import given_fields
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, LinkMode
from etl.metadata.field_types import Category, FieldType
from etl.quoting import fold
from etl.sources.kafka.faults import Fault, RecordFault
from etl.sources.kafka.link_fields import LinkField, LinkFields
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.values import read_text, reader_of

Reader = Callable[[str], str | None]

NULL: Final = r"\N"
"""No value, as COPY writes it."""

EXTERNAL_ID: Final = "externalId"
"""The code that names a target by its external id, unless the target has a unique field of that code."""
ID: Final = "id"
"""The same for the platform's id."""

# A partner that gives other fields each time must not fill the memory.
_MAX_LAYOUTS: Final = 1000
_MAX_CODES: Final = 2000
# A longer text is no code that was mistyped, and slow to compare.
_MAX_CODE: Final = 100


@dataclass(frozen=True)
class Layout:
    """The fields that a record gives. `indexes`: which of its items are values, one a field (the last counts); `codes`
    and `readers` are theirs, `given` the column _given as COPY writes it. `key`: the item that is the key field, if one
    is. `links`: items that are BO or CO fields, written as values. `unknown`: items of no known field. `is_plain`: each
    item is a value; then `checked` has those whose texts must be read.
    """

    indexes: tuple[int, ...]
    codes: tuple[str, ...]
    readers: tuple[Reader, ...]
    given: str
    key: int | None
    links: tuple[tuple[int, "LinkShape"], ...]
    unknown: tuple[int, ...]
    is_plain: bool
    checked: tuple[tuple[int, Reader], ...]


@dataclass(frozen=True)
class TargetName:
    """How a link names its target: the `member` ("": any of them), the column of its unique field, and how values are
    read. `column` "": by its external id, or by the platform's id with `is_id`. `before`: what COPY writes before the
    value."""

    member: str
    column: str = ""
    reader: Reader | None = None
    is_id: bool = False
    before: str = ""


def _of_any(readers: Sequence[Reader]) -> Reader:
    """Reads values of fields of several members: the text as it is given, for each to compare as its own values, unless
    it is a value of none of them."""

    def read(text: str) -> str | None:
        found, reasons = False, []
        for reader in readers:
            try:
                found = bool(reader(text)) or found
            except ValueError as reason:
                reasons.append(reason)
        if len(reasons) == len(readers):
            raise reasons[0]
        return text if found else None

    return read


class LinkShape:
    def __init__(self, field: Field, members: Mapping[str, "ObjectShape"], stages: LinkField) -> None:
        self.field = field
        self.stages = stages
        self.code = field.code
        self.members = members
        self.is_set = field.link_mode is LinkMode.REPLACE
        # What COPY writes behind the mark of an ended link.
        self.after = f"\t{'t' if self.is_set else 'f'}\tf\t"
        self._only = next(iter(members)) if len(members) == 1 else ""
        self._names: dict[tuple[str | None, str], TargetName] = {}
        self._link_columns: dict[str, str] = {}

    def target(self, bo_code: str | None, field_code: str) -> TargetName | None:
        """How an item names its target; None where `bo_code` is no member, or the field no unique one."""
        key = (bo_code, field_code)
        found = self._names.get(key)
        if found is None:
            found = self._target(bo_code or self._only, field_code)
            if found is not None:
                found = replace(found, before=f"{self.link_columns(found.member)}\t{NULL}\t{found.column}\t")
                self._names[key] = found
        return found

    def link_columns(self, member: str) -> str:
        """The columns that say where a link to a member goes: the number of the field, and a staged table."""
        found = self._link_columns.get(member)
        if found is None:
            found = self._link_columns[member] = f"{self.stages.number}\t{self.stages.link_table(member)}"
        return found

    def member(self, bo_code: str | None) -> str:
        """The member that an item says, "" if that may be any."""
        return bo_code or self._only

    def _target(self, member: str, field_code: str) -> TargetName | None:
        if member and member not in self.members:
            return None
        chosen = [self.members[member]] if member else self.members.values()
        readers = list(filter(None, (one.unique_readers.get(field_code) for one in chosen)))
        if readers:
            return TargetName(member, fold(field_code), readers[0] if len(readers) == 1 else _of_any(readers))
        if field_code in (EXTERNAL_ID, ID):
            return TargetName(member, is_id=field_code == ID)
        return None


class ObjectShape:
    def __init__(self, business_object: BusinessObject) -> None:
        self.bo = business_object
        self.code = business_object.code
        loaded = business_object.loaded_fields
        self.readers: dict[str, Reader] = {one.code: reader_of(one) for one in loaded}
        self.types = {one.code: str(one.sql_type) for one in loaded}
        self.links: dict[str, LinkShape] = {}
        self.file_fields = tuple(one.code for one in loaded if one.type is FieldType.FILE_UPLOAD)
        self.key = business_object.key_field.code if business_object.key_field else None
        # By these values links name its instances.
        self.unique_readers: dict[str, Reader] = {one.code: reader_of(one) for one in business_object.unique_fields}
        # What the time of a message is written into, where a record does not give it; "": nothing.
        time = business_object.time_field if business_object.source_time_from_message else None
        self.time_of_message = time.code if time else ""
        self._timed: dict[tuple[str, ...], tuple[tuple[str, ...], str]] = {}
        self._layouts: dict[tuple[str, ...], Layout] = {}
        # Those of the record before, which the next one usually has too.
        self._last: tuple[list[str], Layout] = ([], self._make(()))

    def layout(self, codes: list[str]) -> Layout:
        """The layout of a record that gives these fields, in its order."""
        last, found = self._last
        if codes != last:
            found = self._known(tuple(codes))
            self._last = (codes, found)
        return found

    def timed(self, codes: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        """The codes of a layout with that of the message's time behind them, and the column _given."""
        found = self._timed.get(codes)
        if found is None:
            all_codes = (*codes, self.time_of_message)
            if len(self._timed) >= _MAX_LAYOUTS:
                self._timed.clear()
            found = self._timed[codes] = (all_codes, self._given(all_codes))
        return found

    def _given(self, codes: Sequence[str]) -> str:
        return rf"\\x{given_fields(self.bo, codes).hex()}"

    def _known(self, codes: tuple[str, ...]) -> Layout:
        found = self._layouts.get(codes)
        if found is None:
            found = self._make(codes)
            # Codes that are none may be of any length and number.
            if not found.unknown and len(codes) <= _MAX_CODES:
                if len(self._layouts) >= _MAX_LAYOUTS:
                    self._layouts.clear()
                self._layouts[codes] = found
        return found

    def _make(self, codes: tuple[str, ...]) -> Layout:
        last = {code: index for index, code in enumerate(codes)}
        values = [code for code in last if code in self.readers]
        known = {*values, *self.links, self.key}
        indexes = tuple(last[code] for code in values)
        return Layout(
            indexes=indexes,
            codes=tuple(values),
            readers=tuple(self.readers[code] for code in values),
            given=self._given(values),
            key=last.get(self.key) if self.key else None,
            links=tuple((index, self.links[code]) for code, index in last.items() if code in self.links),
            unknown=tuple(index for index, code in enumerate(codes) if code not in known),
            is_plain=indexes == tuple(range(len(codes))),
            checked=tuple(
                (index, self.readers[code])
                for code, index in last.items()
                if self.readers.get(code, read_text) is not read_text
            ),
        )

    def unknown_field(self, code: str, path: str) -> Fault:
        """The fault of a code that is none of its fields."""
        near = nearest(code, [*self.readers, *self.links, *([self.key] if self.key else [])])
        return Fault("UNKNOWN_FIELD", path, self.code, field=code[:63], value=code, reason=near)


class CompanyShape:
    def __init__(self, company: Company, rules: RecordRules) -> None:
        self.rules = rules
        self.company = rules.company(company)
        self.shapes = {one.code: ObjectShape(one) for one in self.company.objects if one.carries_data}
        self.link_fields = LinkFields(self.company)
        for shape in self.shapes.values():
            for one in shape.bo.loaded_links:
                members = {member.code: self.shapes[member.code] for member in self.company.targets(one)}
                stages = self.link_fields.fields[shape.code, one.code]
                shape.links[one.code] = LinkShape(one, members, stages)
        self._order = {
            code: (one.bo.category is not Category.DICTIONARY, number)
            for number, (code, one) in enumerate(self.shapes.items())
        }
        self.knows_message_times = any(shape.time_of_message for shape in self.shapes.values())
        self.allowed = {one.code: self.shapes[one.code] for one in company.objects if rules.allows(one)}

    def order(self, shape: ObjectShape) -> tuple[bool, int]:
        """Dictionaries first: others name their rows."""
        return self._order[shape.code]

    def object(self, code: str, path: str) -> ObjectShape:
        """The object of a code. Raises RecordFault where records may not change it."""
        found = self.allowed.get(code)
        if found is None:
            at = f"{path}.boCode"
            if any(one.code == code for one in self.company.objects):
                raise RecordFault(Fault("NOT_ALLOWED", at, value=code))
            raise RecordFault(Fault("UNKNOWN_OBJECT", at, value=code, reason=nearest(code, self.allowed)))
        return found


def nearest(code: str, known: Iterable[str]) -> str:
    """The code that was probably meant, as the end of a sentence."""
    near = get_close_matches(code, list(known), 1) if len(code) <= _MAX_CODE else []
    return f" ({near[0]}?)" if near else ""
