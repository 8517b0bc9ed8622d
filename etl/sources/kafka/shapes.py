"""What the objects of a company look like to records: how each field is read, which links it has, by code.

The reading of a record asks once for the layout of its fields: most records of an object give the same ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from etl.merge import given_fields
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import Category
from etl.sources.kafka.faults import Fault, RecordFault
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.values import reader_of

Reader = Callable[[str], str | None]

# A partner that gives other fields each time must not fill the memory.
_MAX_LAYOUTS: Final = 1000


@dataclass(frozen=True)
class Layout:
    """The fields that a record gives. `places`: which of its items are values, one a field (the last counts); `codes`
    and `readers` are theirs, `given` the value of the column _given. `key`: the item that is the key field, if one is.
    `links`: items that are BO or CO fields, written as values. `unknown`: items of no known field."""

    places: tuple[int, ...]
    codes: tuple[str, ...]
    readers: tuple[Reader, ...]
    given: str
    key: int | None
    links: tuple[tuple[int, Field], ...]
    unknown: tuple[int, ...]
    is_plain: bool


class ObjectShape:
    """An object that records may change."""

    def __init__(self, business_object: BusinessObject) -> None:
        self.bo = business_object
        self.code = business_object.code
        loaded = business_object.loaded_fields
        self.readers: dict[str, Reader] = {one.code: reader_of(one) for one in loaded}
        self.types = {one.code: str(one.sql_type) for one in loaded}
        self.links = {one.code: one for one in business_object.loaded_links}
        self.key = business_object.key_field.code if business_object.key_field else None
        # By these values links name its instances.
        self.unique_readers: dict[str, Reader] = {one.code: reader_of(one) for one in business_object.unique_fields}
        self._layouts: dict[tuple[str, ...], Layout] = {}

    def layout(self, codes: tuple[str, ...]) -> Layout:
        """The layout of a record that gives these fields, in its order."""
        found = self._layouts.get(codes)
        if found is None:
            if len(self._layouts) >= _MAX_LAYOUTS:
                self._layouts.clear()
            found = self._layouts[codes] = self._make(codes)
        return found

    def _make(self, codes: tuple[str, ...]) -> Layout:
        last = {code: place for place, code in enumerate(codes)}
        values = [code for code in last if code in self.readers]
        known = {*values, *self.links, self.key}
        places = tuple(last[code] for code in values)
        return Layout(
            places=places,
            codes=tuple(values),
            readers=tuple(self.readers[code] for code in values),
            given=rf"\x{given_fields(self.bo, values).hex()}",
            key=last.get(self.key) if self.key else None,
            links=tuple((place, self.links[code]) for code, place in last.items() if code in self.links),
            unknown=tuple(place for place, code in enumerate(codes) if code not in known),
            is_plain=places == tuple(range(len(codes))),
        )

    def unknown_field(self, code: str, path: str, severity: str = "error") -> Fault:
        """The fault of a code that is none of its fields."""
        near = nearest(code, [*self.readers, *self.links, *([self.key] if self.key else [])])
        return Fault("UNKNOWN_FIELD", path, self.code, field=code[:63], value=code, reason=near, severity=severity)


class CompanyShape:
    """The objects of a company, by code."""

    def __init__(self, company: Company, rules: RecordRules) -> None:
        self.rules = rules
        self.company = rules.company(company)
        self.shapes = {one.code: ObjectShape(one) for one in self.company.objects if one.carries_data}
        self._order = {
            code: (one.bo.category is not Category.DICTIONARY, number)
            for number, (code, one) in enumerate(self.shapes.items())
        }
        self._allowed = frozenset(one.code for one in company.objects if rules.allows(one))

    def order(self, shape: ObjectShape) -> tuple[bool, int]:
        """Dictionaries first: others name their rows."""
        return self._order[shape.code]

    def object(self, code: str, path: str) -> ObjectShape:
        """The object of a code. Raises RecordFault where records may not change it."""
        found = self.shapes.get(code)
        if found is None or code not in self._allowed:
            at = f"{path}.boCode"
            if found is not None or any(one.code == code for one in self.company.objects):
                raise RecordFault(Fault("NOT_ALLOWED", at, value=code))
            raise RecordFault(Fault("UNKNOWN_OBJECT", at, value=code, reason=nearest(code, self._allowed)))
        return found


def nearest(code: str, known: Iterable[str]) -> str:
    """The code that was probably meant, as the end of a sentence."""
    near = get_close_matches(code, list(known), 1)
    return f" ({near[0]}?)" if near else ""
