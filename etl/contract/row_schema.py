"""JSON Schema (draft 2020-12) of a row of each in_ table: what a partner's own program may check before it writes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from etl.contract.samples import Samples, Value, in_tables, known_links, loads_codes, table_of
from etl.contract.terms import Terms
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field, Label
from etl.metadata.field_types import CHOICE_TYPES, FieldType

Schema = dict[str, Any]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
# PostgreSQL's own words for an instant, as its JSON functions print it.
_INSTANT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
)
_INSTANT_OR_NULL: Final[Schema] = {"type": ["string", "null"], "pattern": _INSTANT}
_NUMBER_LIMIT: Final = 10**20
_ID: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 100}
# An end of nothing but blanks leads nowhere.
_END: Final[Schema] = {**_ID, "pattern": r"\S"}
_REMOVED: Final[Schema] = {"type": ["boolean", "null"], "default": False}
_PERIOD: Final[Schema] = {
    "type": "object",
    "required": ["startDate", "endDate"],
    "properties": {"startDate": _INSTANT_OR_NULL, "endDate": _INSTANT_OR_NULL},
}
SHAPES: Final[dict[FieldType, Schema]] = {
    FieldType.PERIOD: _PERIOD,
    FieldType.PERIOD_TIME: _PERIOD,
    FieldType.GEO_POINT: {
        "type": "object",
        "required": ["lat", "lon"],
        "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
    },
    FieldType.CHECKLIST: {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["label", "checked"],
            "properties": {"label": {"type": ["string", "object"]}, "checked": {"type": "boolean"}},
        },
    },
    FieldType.QUESTIONNAIRE: {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["rowId", "columnId"],
            "properties": {"rowId": {"type": "string"}, "columnId": {"type": "string"}},
        },
    },
    FieldType.PROGRESS_BAR: {"type": ["object", "array"]},
}


def row_schemas(company: Company, terms: Terms) -> dict[str, Schema]:
    """Name of an in_ table -> JSON Schema of its rows, with an example that a run takes."""
    samples = Samples(company)
    found = {table_of(bo): _row(company, bo, samples, terms) for bo in in_tables(company)}
    known = known_links(company)
    for link in company.in_link_tables():
        examples = [samples.link(link, 1, 1)] if link in known else []
        found[link.name] = _link_row(link, examples, terms)
    found[names.FILE_STORAGE] = _file_row(samples, terms)
    return found


def _row(company: Company, bo: BusinessObject, samples: Samples, terms: Terms) -> Schema:
    fixed: Schema = {
        "in_id": _ID,
        "out_id": {"type": ["string", "null"], "maxLength": 32},
        "removed": _REMOVED,
    }
    fields = {field.code: with_labels(field.label, _value(company, field)) for field in bo.loaded_fields}
    example = {column: _plain(value) for column, value in samples.row(bo, 1).items()}
    return _object(terms, table_of(bo), bo.name, fixed | fields, ["in_id"], [example])


def _link_row(link: LinkTable, examples: list[dict[str, Any]], terms: Terms) -> Schema:
    ends = {link.owner_column: _END, link.target_column: _END}
    return _object(terms, link.name, link.field.label, ends | {"removed": _REMOVED}, list(ends), examples)


def _file_row(samples: Samples, terms: Terms) -> Schema:
    columns: Schema = {
        "file_id": {"type": "string", "minLength": 1, "maxLength": 32},
        "file_name": {"type": ["string", "null"], "maxLength": 300},
        "mime_type": {"type": ["string", "null"], "maxLength": 100},
        "content": {"type": "string", "pattern": r"^\\x([0-9a-f]{2})*$", "description": "bytea as PostgreSQL shows it"},
    }
    example = {column: _plain(value) for column, value in samples.file(1).items()}
    return _object(terms, names.FILE_STORAGE, Label(), columns, ["file_id", "content"], [example])


def _object(
    terms: Terms, table: str, label: Label, columns: Schema, required: list[str], examples: list[dict[str, Any]]
) -> Schema:
    head = with_labels(label, {"$schema": DRAFT, "$id": f"urn:etl:{terms.in_schema}:{table}", "type": "object"})
    body = {"properties": columns, "required": required, "additionalProperties": False}
    return head | body | ({"examples": examples} if examples else {})


def with_labels(label: Label, schema: Schema) -> Schema:
    """With the labels of both languages, where there are any."""
    title = " / ".join(dict.fromkeys(text for text in (label.eng, label.rus) if text))
    return schema | ({"title": title or str(label)} if str(label) else {})


def _value(company: Company, field: Field) -> Schema:
    if field.type in CHOICE_TYPES:
        return _choice(company, field)
    if field.is_date:
        return {"type": ["string", "null"], "format": "date-time"}
    match field.type:
        case FieldType.INPUT_NUMBER:
            return {
                "type": ["number", "null"],
                "exclusiveMinimum": -_NUMBER_LIMIT,
                "exclusiveMaximum": _NUMBER_LIMIT,
            }
        case FieldType.CHECKBOX:
            return {"type": ["boolean", "null"]}
        case FieldType.FILE_UPLOAD:
            return {"type": ["string", "null"], "maxLength": 32}
        case _ if field.type in SHAPES:
            shape = {"contentMediaType": "application/json", "contentSchema": SHAPES[field.type]}
            return {"type": ["string", "null"], **shape}
        case _:
            return {"type": ["string", "null"]}


def _choice(company: Company, field: Field) -> Schema:
    if field.dictionary is not None:
        whose = "in_" + field.dictionary if loads_codes(company.object(field.dictionary)) else field.dictionary
        return {"type": ["string", "null"], "maxLength": 32, "description": f"a code of {whose}"}
    return {"enum": [*dict.fromkeys(option_words(field)), None]}


def option_words(field: Field) -> Iterator[str]:
    """What names the options of a choice: their codes and ids."""
    for option in field.options:
        yield option.code
        if option.id:
            yield option.id


def _plain(value: Value) -> str | bool | float | None:
    """A sample as JSON has it."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool) else float(value)
