"""What Hypothesis generates: metadata valid by construction, and a partner's values, good and bad, from small pools."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from etl.metadata.field import Field
from etl.metadata.field_types import KEY_TYPES, LINK_TYPES, FieldType, Native

Document = dict[str, Any]

# Person is a system object. `Order` and `user` are keywords; a field coded as its object gives a link table two equal
# column names.
_OBJECTS = ("Client", "Order", "Kind", "Town", "Person")
_FIELDS = ("Title", "user", "Mixed", "f1", "Extra", "Order", "Client")
IN_IDS = ("a", "b", "c", "A", "d:e", "o'k", "ю %s")
STRANGER_IDS = ("zz", "")
FILE_IDS = ("f1", "f2", "f3")
CONTENTS = (b"one", b"two", b"x" * 65, None)
_TEXTS = ("x", "y", "X", "", "é", "e\u0301", "it's :n %s \\", "л" * 40, "w" * 2001)
_UNIQUE_TEXTS = ("x", "y", "z", "x", "y", "z", "X", "", "w" * 2001)
_UNIQUE_EMAILS = ("x@x", "y@x", "z@x", "X@x", "x@X", "Я@x", "я@x", "", None)
_LANGUAGES = (
    *_TEXTS[:3],
    "",
    '{"RUS": "x", "ENG": null}',
    ' {"ENG":null,"RUS":"x"}',
    ' {"rus": "x"}',
    "{bad",
    "[1]",
    '{"KAZ": 1}',
)
_BAD_JSONS = ("", "{bad", "NaN", "null", '"x"', "{}", "[1]")
_JSONS = {
    FieldType.PERIOD: ('{"startDate": "2024-01-01T00:00:00Z", "endDate": null}', '{"startDate": null}'),
    FieldType.PERIOD_TIME: ('{"endDate": "2024-01-01T05:00+05", "startDate": null}', '{"startDate": 1, "endDate": 2}'),
    FieldType.CHECKLIST: (
        '[{"label": "x", "checked": true}]',
        '[{"checked":true,"label":"\\u0078"}]',
        "[]",
        '[{"label": "x"}]',
    ),
    FieldType.QUESTIONNAIRE: ('[{"rowId": "a", "columnId": "b"}]', "[]", '{"rowId": "a"}'),
    FieldType.PROGRESS_BAR: ('{"s": "red"}', '[{"stepCode": "s", "color": "red"}]', '{"s": 1}'),
    FieldType.GEO_POINT: ('{"lat": 1, "lon": 2.5}', '{"lon":2.50,"lat":1.0}', '{"lat": "1", "lon": 2}'),
}
_NUMBERS = ("0", "1", "1.5", "-2", "NaN", "12345678901234567890.1234", "1.50")
_TIMES = tuple(
    datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes) for minutes in (0, 30, -30, 23 * 60, 60 * 24 * 40)
)
_OPTIONS = ({"code": "red", "id": "0123456789ABCDEF"}, {"code": "Red"}, {"code": "it's", "id": "r"})
_CHOICES = ("red", "Red", "0123456789ABCDEF", "r", "it's", "RED")
_DICTIONARY_CODES = ("x", "y", "X", "é", "Z" * 40, "")
_DATES = (FieldType.DATE, FieldType.FULL_DATE, FieldType.TIME, FieldType.YEAR, FieldType.YEAR_AND_MONTH)
# Structures are no sensible unique values.
_UNIQUE_TYPES = (*KEY_TYPES, FieldType.INPUT_NUMBER, FieldType.TEXTAREA, FieldType.DROPDOWN_SINGLE, FieldType.DATE)
_BASE = datetime(2024, 5, 1, tzinfo=UTC)
_mostly = st.sampled_from([True, True, True, True, False])
_seldom = st.sampled_from([False, False, False, True])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Document]:
    """A company: one to four objects, some of them dictionaries, and perhaps a composite of them."""
    codes = draw(st.permutations(_OBJECTS))[: draw(st.sampled_from([1, 2, 3, 4]))]
    dictionaries = [code for code in codes if code != "Person" and draw(_seldom)]
    composites = {}
    if draw(st.booleans()):
        members = draw(st.permutations(codes))[: draw(st.sampled_from([2, 3]))]
        composites["Anyone"] = {"code": "Anyone", "category": "CO", "bos": members}
    made = {}
    for order, code in enumerate(codes):
        fields = draw(_fields(code, codes, dictionaries, list(composites)))
        category = "DICTIONARY" if code in dictionaries else "BO"
        made[code] = {"code": code, "category": category, "orderIndex": order, "fields": fields}
        natives = draw(st.lists(st.sampled_from(list(Native)), max_size=2, unique=True))
        made[code]["nativeFields"] = [{"code": native, "needUploadToOutTable": draw(_mostly)} for native in natives]
    return made | composites


@st.composite
def _fields(
    draw: st.DrawFn, owner: str, objects: list[str], dictionaries: list[str], composites: list[str]
) -> list[Document]:
    codes = draw(st.permutations(_FIELDS))[
        : draw(st.sampled_from([5, 4, 3, 2, 1, 0] if owner != objects[0] else [3, 4, 5]))
    ]
    others = [code for code in dictionaries if code != owner]
    fields = [draw(_field(code, objects, others, composites)) for code in codes]
    if owner == "Person":  # the platform's own object has fields of its own, and loads one of them
        fields += [{"code": "surname", "type": "INPUT_TEXT"}, {"code": "email", "type": "INPUT_EMAIL"}]
        draw(st.sampled_from(fields[-2:]))["needLoadFromInTables"] = True
    if owner == objects[0]:
        fields[0] |= {"needLoadFromInTables": True}  # so that there is something to do
    keys = [field for field in fields if field["type"] in KEY_TYPES]
    if owner in dictionaries:
        code = {"code": "code", "type": "INPUT_TEXT", "needLoadFromInTables": True, "isUnique": draw(st.booleans())}
        fields.append(code | {"needUploadToOutTable": draw(_mostly)})
        keys.append(fields[-1])
    has_key = draw(_seldom)
    if keys and has_key:
        draw(st.sampled_from(keys))["useAsKeyInMigration"] = True
    return fields


@st.composite
def _field(draw: st.DrawFn, code: str, objects: list[str], dictionaries: list[str], composites: list[str]) -> Document:
    types = [kind for kind in FieldType if kind is not FieldType.CO or composites]
    links = [kind for kind in types if kind in LINK_TYPES]
    kind = draw(st.sampled_from(types) | st.sampled_from(_UNIQUE_TYPES) | st.sampled_from(links))
    field = {"code": code, "type": kind, "needLoadFromInTables": draw(_mostly), "needUploadToOutTable": draw(_mostly)}
    if kind in LINK_TYPES:
        field["viewType"] = draw(st.sampled_from(["SINGLE", "TABLE"]))
        field["linkMode"] = draw(st.sampled_from(["add", "replace"]))
        field |= {"bo": draw(st.sampled_from(objects))} if kind is FieldType.BO else {"co": composites[0]}
        return field
    field["onBadValue"] = draw(st.sampled_from(["reject_row", "skip_value"]))
    if kind in (FieldType.DROPDOWN_SINGLE, FieldType.RADIO_BUTTON_GROUP):
        chosen = draw(st.sampled_from([None, *dictionaries]))
        field |= {"dictionary": chosen} if chosen else {"options": list(_OPTIONS)}
    if kind in _DATES:
        field["inMigrationTimezoneMinutes"] = draw(st.sampled_from([None, 0, 300, -600]))
    if kind in _UNIQUE_TYPES:
        field["isUnique"] = draw(st.booleans())
    return {key: value for key, value in field.items() if value is not None}


def as_text(document: Document) -> str:
    """A document as YAML: JSON is YAML."""
    return json.dumps(document, ensure_ascii=False)


def values(field: Field, dictionary_rows: list[str]) -> st.SearchStrategy[Any]:
    """Values for a column; `dictionary_rows` are ids of instances that a dropdown may name."""
    pool: tuple[Any, ...] = _UNIQUE_TEXTS if field.is_unique else _TEXTS
    if field.is_unique and field.ignores_case:
        pool = _UNIQUE_EMAILS
    if field.type is FieldType.INPUT_NUMBER:
        pool = tuple(Decimal(text) for text in _NUMBERS)
    elif field.type is FieldType.CHECKBOX:
        pool = (True, False)
    elif field.type in _DATES:
        pool = _TIMES
    elif field.type is FieldType.FILE_UPLOAD:
        pool = (*FILE_IDS, "unknown")
    elif field.dictionary:
        pool = (*_DICTIONARY_CODES[:4], *dictionary_rows)
    elif field.options:
        pool = _CHOICES
    elif field.code == "code":
        pool = _DICTIONARY_CODES
    elif field.type in (FieldType.INPUT_TEXT_LANG, FieldType.TEXTAREA_LANG):
        pool = _LANGUAGES
    elif field.type in _JSONS:
        pool = _JSONS[field.type] + _BAD_JSONS
    return st.sampled_from((*pool, None))


def moment(hours: int, number: int) -> datetime:
    """A time in the past, never given twice: the newest of two links is always one of them."""
    return _BASE + timedelta(hours=hours, milliseconds=number)
