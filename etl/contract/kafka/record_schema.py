"""JSON Schema (draft 2020-12) of the records of each object: what a partner's own program may check before it sends.

The schemas name each other by their `$id`, where one object may be nested in another.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from etl.contract.kafka.examples import Example, RecordSamples
from etl.contract.row_schema import DRAFT, SHAPES, Schema, named, option_words
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.metadata.instance_state import InstanceState

_TEXT: Final[Schema] = {"type": ["string", "null"]}
_NUMBER: Final = r"^([+-]?([0-9]{1,20}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?)?$"
_DAY, _TIME, _ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?", "Z|[+-][0-9]{2}"
_MOMENT: Final = rf'^"?({_DAY}([T ]{_TIME}({_ZONE}(:?[0-9]{{2}})?)?)?)?"?$'
_EXTERNAL_ID: Final[Schema] = {"type": ["string", "null"], "maxLength": 100}
_ID: Final[Schema] = {"type": ["string", "null"], "pattern": "^[A-Za-z0-9@~]{16}$"}
_CHANGED_AT: Final[Schema] = {"type": "integer", "description": "epoch milliseconds; not read"}
_FILE: Final[Schema] = {
    "content": {"type": "string", "contentEncoding": "base64"},
    "fileName": {"type": ["string", "null"], "maxLength": 300},
    "mimeType": {"type": ["string", "null"], "maxLength": 100},
}


def record_schemas(samples: RecordSamples, examples: Sequence[Example]) -> dict[str, Schema]:
    """Code of an object -> schema of its records, with the examples that are about it."""
    return {bo.code: _Object(samples, bo).schema(examples) for bo in samples.objects}


def schema_id(company: str, code: str) -> str:
    """The `$id` of an object's schema."""
    return f"urn:etl:{company}:record:{code}"


class _Object:
    def __init__(self, samples: RecordSamples, bo: BusinessObject) -> None:
        self._company, self._bo = samples.company, bo
        self._nestable = {one.code: one for one in samples.objects}

    def schema(self, examples: Sequence[Example]) -> Schema:
        code = self._bo.code
        head = {"$schema": DRAFT, "$id": schema_id(self._company.code, code), "type": "object"}
        fields = {"type": ["array", "null"], "items": {"$ref": "#/$defs/field"}}
        links = {"type": ["array", "null"], "items": {"$ref": "#/$defs/link"}}
        properties: Schema = {
            "recordId": {"type": ["string", "null"], "maxLength": 255},
            "externalId": _EXTERNAL_ID,
            "id": _ID,
            "boCode": {"const": code},
            "fields": fields,
            "boFields": links,
            "unchangedUniqueFields": fields,
            "unchangedUniqueBoFields": links,
            "state": {"enum": [*map(str, InstanceState), None]},
        }
        body = {"properties": properties, "required": ["boCode"], "additionalProperties": False}
        shown = {"examples": [one.record for one in examples if one.record["boCode"] == code]}
        return named(self._bo.name, head) | body | {"$defs": {"field": self._field(), "link": self._link()}} | shown

    def _field(self) -> Schema:
        values = {one.code: named(one.label, self._value(one)) for one in self._bo.loaded_fields}
        if key := self._bo.key_field:
            values[key.code] = named(key.label, _EXTERNAL_ID | {"description": "the external id"})
        if not values:
            return {"not": {}}
        files = [one.code for one in self._bo.loaded_fields if one.type is FieldType.FILE_UPLOAD]
        rules = [_when("code", code, {"properties": {"apiValue": value}}) for code, value in values.items()]
        if files:
            rules.append({"if": {"required": ["content"]}, "then": {"properties": {"code": {"enum": files}}}})
        properties = {"code": {"enum": list(values)}, "apiValue": _TEXT, "updatedAt": _CHANGED_AT}
        return _object(properties | (_FILE if files else {}), ["code"], rules)

    def _value(self, field: Field) -> Schema:
        if field.type in CHOICE_TYPES:
            return self._choice(field)
        if field.is_date:
            return _TEXT | {"pattern": _MOMENT}
        match field.type:
            case FieldType.INPUT_NUMBER:
                return _TEXT | {"pattern": _NUMBER}
            case FieldType.CHECKBOX:
                return {"enum": ["true", "false", "", None]}
            case FieldType.FILE_UPLOAD:
                return _TEXT | {"maxLength": 32, "description": "the id of a file that came before or comes with it"}
            case _ if field.type in SHAPES:
                return _TEXT | {"contentMediaType": "application/json", "contentSchema": SHAPES[field.type]}
            case _:
                return _TEXT

    def _choice(self, field: Field) -> Schema:
        if field.dictionary is not None:
            return _TEXT | {"maxLength": 32, "description": f"a code or an id of {field.dictionary}"}
        return {"enum": [*dict.fromkeys(option_words(field)), "", None]}

    def _link(self) -> Schema:
        """An item of boFields, in the standard form or with a nested object."""
        links = self._bo.loaded_links
        if not links:
            return {"not": {}}
        properties: Schema = {
            "fieldCode": {"enum": [one.code for one in links]},
            "toBoCode": _TEXT,
            "toFieldCode": _TEXT,
            "apiValue": _TEXT,
            "boiInput": {},
            "unlink": {"type": ["boolean", "null"], "description": "true ends the link"},
            "updatedAt": _CHANGED_AT,
        }
        rules = [_when("fieldCode", one.code, {"anyOf": list(self._forms(one))}) for one in links]
        return _object(properties, ["fieldCode"], rules)

    def _forms(self, field: Field) -> Iterator[Schema]:
        targets = self._company.targets(field)
        codes = dict.fromkeys([*(one.code for to in targets for one in to.unique_fields), "externalId", "id"])
        to_bo: Schema = {"toBoCode": {"enum": [*(to.code for to in targets), None]}}
        by_value = {"toFieldCode": {"enum": list(codes)}, "apiValue": {"type": "string", "minLength": 1}}
        without: Schema = {"boiInput": False}
        yield {"properties": to_bo | by_value | without, "required": ["toFieldCode", "apiValue"]}
        nested = [self._nested(to) for to in targets if to.code in self._nestable]
        if nested:
            text = {"type": "string", "contentMediaType": "application/json", "description": "the same as a text"}
            inner: Schema = {"boiInput": {"anyOf": [*nested, text]}, "toFieldCode": False, "apiValue": False}
            yield {"properties": to_bo | inner, "required": ["boiInput"]}
        if field.link_mode == "replace":
            empty: Schema = {"unlink": {"const": True}, "toFieldCode": False, "apiValue": False}
            yield {"properties": to_bo | empty | without, "required": ["unlink"]}

    def _nested(self, target: BusinessObject) -> Schema:
        """A nested object must say who it is, or each repetition would make it again."""
        given = {"type": "string", "minLength": 1}
        who: list[Schema] = [{"required": [key], "properties": {key: given}} for key in ("externalId", "id")]
        if codes := [one.code for one in target.unique_fields]:
            item = {"required": ["code", "apiValue"], "properties": {"code": {"enum": codes}, "apiValue": given}}
            who.append({"required": ["fields"], "properties": {"fields": {"type": "array", "contains": item}}})
        return {"$ref": schema_id(self._company.code, target.code), "anyOf": who}


def _object(properties: Schema, required: list[str], rules: list[Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "allOf": rules,
    }


def _when(key: str, code: str, then: Schema) -> dict[str, Any]:
    """Of items with this code."""
    return {"if": {"properties": {key: {"const": code}}, "required": [key]}, "then": then}
