"""A good value for every field that a partner loads, made from the metadata alone: the same number, the same value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field
from etl.metadata.field_types import CHOICE_TYPES, FieldType

Value = str | bool | Decimal | datetime | bytes | None
Row = Mapping[str, Value]

_FIRST_DAY: Final = datetime(2024, 1, 31)  # each field puts its own zone to it
_DAYS: Final = 700
_JSON: Final[Mapping[FieldType, object]] = {
    FieldType.CHECKLIST: [{"label": "called", "checked": True}, {"label": "visited", "checked": False}],
    FieldType.QUESTIONNAIRE: [{"rowId": "r1", "columnId": "c2"}],
    FieldType.PROGRESS_BAR: {"step1": "GREEN"},
}
_PERIODS: Final = (FieldType.PERIOD, FieldType.PERIOD_TIME)
_LANGUAGES: Final = (FieldType.INPUT_TEXT_LANG, FieldType.TEXTAREA_LANG)


@dataclass(frozen=True)
class Samples:
    """Rows of a company's in_ tables; `prefix` begins every id, which marks it as a sample."""

    company: Company
    prefix: str = "example"

    def in_id(self, bo: BusinessObject, number: int) -> str:
        """The external id of an object's row; that of a key field, whose value it is, looks like one."""
        is_email = bo.key_field is not None and bo.key_field.type is FieldType.INPUT_EMAIL
        return f"{self.prefix}-{bo.code.lower()}-{number}" + ("@example.com" if is_email else "")

    def file_id(self, number: int) -> str:
        """The id of a file of in_fileStorage."""
        return f"{self.prefix}-file-{number}"[:32]

    def row(self, bo: BusinessObject, number: int) -> dict[str, Value]:
        """The columns that a partner fills, in the order of the table."""
        values = {field.code: self.value(field, number) for field in bo.loaded_fields}
        return {"in_id": self.in_id(bo, number), **values}

    def link(self, link: LinkTable, owner: int, target: int) -> dict[str, Value]:
        return {
            link.owner_column: self.in_id(link.bo, owner),
            link.target_column: self.in_id(link.member, target),
        }

    def file(self, number: int) -> dict[str, Value]:
        """A row of in_fileStorage."""
        text = f"{self.prefix} file {number}\n"
        return {
            "file_id": self.file_id(number),
            "file_name": f"{self.prefix}-{number}.txt",
            "mime_type": "text/plain",
            "content": text.encode(),
        }

    def value(self, field: Field, number: int) -> Value:
        """A value that a run accepts; None where none is known."""
        if field.is_date:
            return _instant(field, number)
        if field.type in CHOICE_TYPES:
            return self._choice(field, number)
        match field.type:
            case FieldType.INPUT_NUMBER:
                return Decimal(number * 1000) + Decimal("0.5")
            case FieldType.CHECKBOX:
                return number % 2 == 1
            case FieldType.FILE_UPLOAD:
                return self.file_id(number)
            case _:
                return self._text(field, number)

    def _text(self, field: Field, number: int) -> str:
        if field.type in _PERIODS:
            return _json(_period(field, number))
        if field.type in _LANGUAGES:
            return _json({"RUS": f"{field.code} {number} по-русски", "ENG": f"{field.code} {number} in English"})
        if field.type is FieldType.GEO_POINT:
            return _json({"lat": 43.238, "lon": 76.945})
        if field.type in _JSON:
            return _json(_JSON[field.type])
        texts = {
            FieldType.TEXTAREA: f"{field.code} {number}: a longer text",
            FieldType.LINK: f"https://example.com/{self.prefix}/{number}",
            FieldType.INPUT_EMAIL: f"{self.prefix}.{number}@example.com",
            FieldType.INPUT_PHONE: f"+7 700 {number:07d}",
        }
        return texts.get(field.type, f"{field.code} {number}")

    def _choice(self, field: Field, number: int) -> Value:
        if field.dictionary is None:
            return field.options[(number - 1) % len(field.options)].code if field.options else None
        # No row is known of a dictionary that another partner fills.
        dictionary = self.company.object(field.dictionary)
        return self.row(dictionary, number).get("code") if loads_codes(dictionary) else self._key_code(field, number)

    def _key_code(self, field: Field, number: int) -> Value:
        dictionary = self.company.object(field.dictionary or "")
        key = dictionary.key_field
        code = self.in_id(dictionary, number)
        return code if key is not None and key.code == "code" and len(code) <= 32 else None


def loads_codes(dictionary: BusinessObject) -> bool:
    """Whether the partner fills the codes of a dictionary's rows."""
    return any(field.code == "code" for field in dictionary.loaded_fields)


def loads_files(company: Company) -> bool:
    return any(field.type is FieldType.FILE_UPLOAD for bo in company.objects for field in bo.loaded_fields)


def in_tables(company: Company) -> list[BusinessObject]:
    """The objects that partners load, in metadata order."""
    return [bo for bo in company.objects if bo.has_in_table]


def known_links(company: Company) -> list[LinkTable]:
    """The link tables both of whose ends partners load."""
    return [link for link in company.in_link_tables() if link.member.has_in_table]


def table_of(bo: BusinessObject) -> str:
    return names.in_table(bo.code)


def _instant(field: Field, number: int) -> datetime:
    zone = timezone(timedelta(minutes=field.in_migration_timezone_minutes or 0))
    day = _FIRST_DAY.replace(tzinfo=zone) + timedelta(days=number % _DAYS)
    match field.type:
        case FieldType.FULL_DATE:
            return day + timedelta(hours=9, minutes=30)
        case FieldType.TIME:
            return day.replace(year=1970, month=1, day=1, hour=9, minute=number % 60)
        case FieldType.YEAR:
            return day.replace(month=1, day=1)
        case FieldType.YEAR_AND_MONTH:
            return day.replace(day=1)
        case _:
            return day


def _period(field: Field, number: int) -> object:
    start = _FIRST_DAY.replace(tzinfo=UTC) + timedelta(days=number % _DAYS)
    end = start + (timedelta(hours=2) if field.type is FieldType.PERIOD_TIME else timedelta(days=30))
    return {"startDate": f"{start:%Y-%m-%dT%H:%M:%SZ}", "endDate": f"{end:%Y-%m-%dT%H:%M:%SZ}"}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
