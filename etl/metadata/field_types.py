"""The platform's closed vocabularies: field types, object categories, native fields, and the SQL type of each.

Sources: the platform's own types and the vendor's guide.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class FieldType(StrEnum):
    """The 27 field types of the platform."""

    INPUT_TEXT = "INPUT_TEXT"
    TEXTAREA = "TEXTAREA"
    STATIC_TEXT = "STATIC_TEXT"
    INPUT_NUMBER = "INPUT_NUMBER"
    CHECKBOX = "CHECKBOX"
    DATE = "DATE"
    FULL_DATE = "FULL_DATE"
    TIME = "TIME"
    YEAR = "YEAR"
    YEAR_AND_MONTH = "YEAR_AND_MONTH"
    PERIOD = "PERIOD"
    PERIOD_TIME = "PERIOD_TIME"
    DROPDOWN_SINGLE = "DROPDOWN_SINGLE"
    RADIO_BUTTON_GROUP = "RADIO_BUTTON_GROUP"
    CHECKLIST = "CHECKLIST"
    QUESTIONNAIRE = "QUESTIONNAIRE"
    PROGRESS_BAR = "PROGRESS_BAR"
    TAB_GROUP = "TAB_GROUP"
    GEO_POINT = "GEO_POINT"
    LINK = "LINK"
    FILE_UPLOAD = "FILE_UPLOAD"
    INPUT_EMAIL = "INPUT_EMAIL"
    INPUT_PHONE = "INPUT_PHONE"
    INPUT_TEXT_LANG = "INPUT_TEXT_LANG"
    TEXTAREA_LANG = "TEXTAREA_LANG"
    BO = "BO"
    CO = "CO"


class Category(StrEnum):
    """What a business object is; only BO and DICTIONARY have rows of their own."""

    BO = "BO"
    CO = "CO"
    DICTIONARY = "DICTIONARY"
    PROCESS = "PROCESS"
    PANEL = "PANEL"


class Native(StrEnum):
    """The fields that the platform itself keeps on every instance; they can only be uploaded."""

    CREATED_AT = "CREATED_AT"
    LAST_MODIFIED_AT = "LAST_MODIFIED_AT"
    IN_MIGRATION_UPDATED_AT = "IN_MIGRATION_UPDATED_AT"
    CREATED_BY = "CREATED_BY"
    LAST_MODIFIED_BY = "LAST_MODIFIED_BY"
    OPEN_COUNT = "OPEN_COUNT"


TEXT: Final = "text"
NUMBER: Final = "numeric(24,4)"
TIMESTAMP: Final = "timestamp with time zone"
BOOLEAN: Final = "bool"
CHOICE: Final = "varchar(32)"
PERSON: Final = "varchar(100)"

DATE_TYPES: Final = frozenset(
    {FieldType.DATE, FieldType.FULL_DATE, FieldType.TIME, FieldType.YEAR, FieldType.YEAR_AND_MONTH}
)
CHOICE_TYPES: Final = frozenset({FieldType.DROPDOWN_SINGLE, FieldType.RADIO_BUTTON_GROUP})
KEY_TYPES: Final = frozenset({FieldType.INPUT_TEXT, FieldType.INPUT_EMAIL, FieldType.INPUT_PHONE})
LINK_TYPES: Final = frozenset({FieldType.BO, FieldType.CO})
# They show something on a form and hold no value.
VALUELESS_TYPES: Final = frozenset({FieldType.STATIC_TEXT, FieldType.TAB_GROUP})


def _sql_type(field_type: FieldType) -> str | None:
    if field_type in LINK_TYPES | VALUELESS_TYPES:
        return None
    if field_type in DATE_TYPES:
        return TIMESTAMP
    # A dropdown holds an option's or a dictionary row's code or id; a file field holds in_fileStorage.file_id.
    if field_type in CHOICE_TYPES or field_type is FieldType.FILE_UPLOAD:
        return CHOICE
    # All others are text, or a structure kept as the platform's JSON.
    return {FieldType.INPUT_NUMBER: NUMBER, FieldType.CHECKBOX: BOOLEAN}.get(field_type, TEXT)


SQL_TYPES: Final[Mapping[FieldType, str | None]] = MappingProxyType({t: _sql_type(t) for t in FieldType})
"""Column type of each field type; None: it gives no column."""

NATIVE_SQL_TYPES: Final[Mapping[Native, str]] = MappingProxyType(
    {
        Native.CREATED_AT: TIMESTAMP,
        Native.LAST_MODIFIED_AT: TIMESTAMP,
        Native.IN_MIGRATION_UPDATED_AT: TIMESTAMP,
        Native.CREATED_BY: PERSON,
        Native.LAST_MODIFIED_BY: PERSON,
        Native.OPEN_COUNT: NUMBER,
    }
)

NATIVE_MEANINGS: Final[Mapping[Native, str]] = MappingProxyType(
    {
        Native.CREATED_AT: "When the instance was made.",
        Native.LAST_MODIFIED_AT: "When the instance was changed last.",
        Native.IN_MIGRATION_UPDATED_AT: "When a row of the instance was merged last, changed or not.",
        Native.CREATED_BY: "Who made the instance.",
        Native.LAST_MODIFIED_BY: "Who changed the instance last.",
        Native.OPEN_COUNT: "How often the instance was opened on the platform; always 0 here.",
    }
)

PLATFORM_CATEGORIES: Final[Mapping[str, Category]] = MappingProxyType(
    {f"BO_{'COMPOSITE' if c is Category.CO else c.value}": c for c in Category if c is not Category.BO}
)
"""The second vocabulary of categories, that of the constructor and of structure exports."""

NOT_TYPES: Final[Mapping[str, FieldType]] = MappingProxyType(
    {
        "DATE_TIME": FieldType.FULL_DATE,
        "CHECKBOX_GROUP": FieldType.CHECKLIST,
        "BUSINESS_OBJECT": FieldType.BO,
        "USER_DROPDOWN_MULTI": FieldType.BO,
    }
)
"""Words that look like types in the platform's translations but are none, and what their writer meant."""
