"""The platform's own business objects that partners may fill: Person, Department, PersonGroup.

A company that names one in a document adds flags and fields to what stands here; one that only links to it gets it as
it stands here; one that does neither never meets it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.quoting import fold

PERSON: Final = "Person"
# Where the definitions seem to lie, for messages; behind `companies/…`, so that they come last in metadata order.
_FOLDER: Final = "system_objects"


@dataclass(frozen=True)
class SystemField:
    """A field that the platform gives. `types`: what its document may call it; the first one counts without one.

    `keys` are the further keys of the field, as a document writes them.
    """

    code: str
    types: tuple[FieldType, ...]
    keys: Mapping[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        """The field as a document would say it."""
        return {"code": self.code, "type": self.types[0], **self.keys}


@dataclass(frozen=True)
class SystemObject:
    """A business object that the platform gives; `label` is its name in the platform's screens."""

    code: str
    label: str
    fields: tuple[SystemField, ...]

    @property
    def path(self) -> str:
        """Stands for the file that it does not have."""
        return f"{_FOLDER}/{self.code}.yaml"

    @property
    def document(self) -> dict[str, Any]:
        """The object as a document would say it, without any flag: nothing is loaded or uploaded by itself."""
        return {"code": self.code, "name": self.label, "fields": [field.document for field in self.fields]}

    @property
    def columns(self) -> tuple[str, ...]:
        """The codes of the fields that hold a value: a row must bring at least one of them."""
        return tuple(field.code for field in self.fields if FieldType.BO not in field.types)

    def field(self, code: str) -> SystemField | None:
        """The field of a code, however its letters are written."""
        return next((field for field in self.fields if fold(field.code) == fold(code)), None)

    def completed(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """A company's document with what the platform gives: a written key counts, a missing one is filled in.

        The type of a field stays to be written, as in every document. Further fields come behind the written ones, so
        that a fault's index still points at its line.
        """
        fields = written.get("fields", [])
        if not isinstance(fields, list | tuple):
            return dict(written)
        present = {fold(str(field.get("code"))) for field in fields if isinstance(field, Mapping)}
        merged = [self._merged(field) if isinstance(field, Mapping) else field for field in fields]
        further = [field.document for field in self.fields if fold(field.code) not in present]
        return {"name": self.label, **written, "fields": [*merged, *further]}

    def _merged(self, written: Mapping[str, Any]) -> dict[str, Any]:
        known = self.field(str(written.get("code")))
        # Keys that fit another type would only hide that the type is wrong.
        fits = known is not None and written.get("type") in known.types
        return {**known.keys, **written} if known and fits else dict(written)


def _field(code: str, *types: FieldType, **keys: Any) -> SystemField:
    return SystemField(code, types or (FieldType.INPUT_TEXT,), MappingProxyType(keys))


def _link(code: str, bo: str, view_type: str) -> SystemField:
    return _field(code, FieldType.BO, bo=bo, viewType=view_type)


# The facts do not say whether these are texts or choices: values seen are ACTIVE and ACCESS_ALLOWED.
_WORD: Final = (FieldType.INPUT_TEXT, *sorted(CHOICE_TYPES))

_OBJECTS: Final = (
    SystemObject(
        PERSON,
        "Пользователи",
        (
            _field("surname"),
            _field("name"),
            _field("email", FieldType.INPUT_EMAIL, isUnique=True),
            _field("accessLevel", *_WORD),
            _field("position", *_WORD),
            _field("status", *_WORD),
            _field("adGuid"),
        ),
    ),
    SystemObject(
        "Department",
        "Департамент",
        (
            _field("name"),
            _link("header", PERSON, "SINGLE"),
            _link("person", PERSON, "TABLE"),
            _link("parent", "Department", "SINGLE"),
        ),
    ),
    SystemObject(
        "PersonGroup",
        "Рабочая группа",
        (_field("name"), _link("header", PERSON, "SINGLE"), _link("users", PERSON, "TABLE")),
    ),
)

SYSTEM_OBJECTS: Final[Mapping[str, SystemObject]] = MappingProxyType({one.code: one for one in _OBJECTS})
"""By code, written exactly so."""
