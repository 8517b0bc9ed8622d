"""JSON Schema (draft 2020-12) of the records that an output writes, with an example."""

from typing import Any, Final

from etl.contract.kafka.examples import api_value
from etl.contract.row_schema import DRAFT, Schema, with_labels
from etl.contract.samples import Samples
from etl.metadata.business_object import BusinessObject
from etl.metadata.instance_state import InstanceState
from etl.outputs.kafka.shape import OutField, OutLink, OutObject
from etl.settings import OutMigrationKafka

_CHANGED_AT: Final = 1700000000000
_EXAMPLE_ID: Final = "yKjoIid~C@R1h2Nf"
_INSTANT: Final = r"^[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$"
_VALUES: Final[dict[str, Schema]] = {
    "number": {"type": ["string", "null"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    "boolean": {"enum": ["true", "false", None]},
    "time": {"type": ["string", "null"], "pattern": _INSTANT},
    "text": {"type": ["string", "null"]},
}
_FILE: Final[Schema] = {
    "content": {"type": "string", "contentEncoding": "base64"},
    "fileName": {"type": "string"},
    "mimeType": {"type": "string"},
}
_ID_KEYS: Final[Schema] = {"externalId": {"type": ["string", "null"]}, "id": {"type": "string"}}


def output_schema(samples: Samples, output: OutMigrationKafka, shape: OutObject) -> Schema:
    company, bo = samples.company.code, samples.company.object(shape.code)
    has_ids = output.record_id == "unique"
    fields: Schema = {"type": "array", "items": {"$ref": "#/$defs/field"}}
    links: Schema = {"type": "array", "items": {"$ref": "#/$defs/link"}}
    properties: Schema = {
        "recordId": {"type": "string"} if has_ids else {"type": "null"},
        **_ID_KEYS,
        "boCode": {"const": shape.code},
        "fields": fields,
        "boFields": links,
        "unchangedUniqueFields": fields,
        "unchangedUniqueBoFields": links,
        "state": {"enum": [*map(str, InstanceState)]},
    }
    required = [key for key in properties if not key.startswith("unchanged")]
    head = {"$schema": DRAFT, "$id": f"urn:etl:{company}:output:{output.name}:{shape.code}", "type": "object"}
    body = {"properties": properties, "required": required, "additionalProperties": False}
    items = {"field": _field(shape.fields, output), "link": _link(shape.links, output)}
    return with_labels(bo.name, head) | body | {"$defs": items, "examples": [output_example(samples, output, shape)]}


def output_example(samples: Samples, output: OutMigrationKafka, shape: OutObject) -> dict[str, Any]:
    bo = samples.company.object(shape.code)
    return {
        "recordId": f"{samples.company.code}/{output.name}-17-{_EXAMPLE_ID}" if output.record_id == "unique" else None,
        "externalId": samples.in_id(bo, 1),
        "id": _EXAMPLE_ID,
        "boCode": bo.code,
        "fields": [
            {"code": one.code, "apiValue": _example_value(samples, one, bo), "updatedAt": _CHANGED_AT}
            for one in shape.fields
        ],
        "boFields": [
            {
                "fieldCode": one.code,
                "toBoCode": one.targets[0].code if one.names_object else None,
                "toFieldCode": _names_of(one)[0],
                "apiValue": "1",
                "updatedAt": _CHANGED_AT,
            }
            for one in shape.links
        ],
        "state": "ACTUAL",
    }


def _example_value(samples: Samples, field: OutField, bo: BusinessObject) -> str | None:
    match field.kind:
        case "number":
            return "1000.5"
        case "boolean":
            return "true"
        case "time":
            return "2024-01-31T09:30:00Z"
    [found] = [one for one in bo.fields if one.code == field.code]
    return api_value(samples.value(found, 1))


def _field(fields: tuple[OutField, ...], output: OutMigrationKafka) -> Schema:
    values = [
        {"if": {"properties": {"code": {"const": one.code}}}, "then": {"properties": {"apiValue": _VALUES[one.kind]}}}
        for one in fields
    ]
    properties = {"code": {"enum": [one.code for one in fields]}, "apiValue": {}, "updatedAt": {"type": "integer"}}
    has_contents = output.files == "content" and any(one.is_file for one in fields)
    return _item(properties | (_FILE if has_contents else {}), list(properties), values) if fields else {"not": {}}


def _link(links: tuple[OutLink, ...], output: OutMigrationKafka) -> Schema:
    if not links:
        return {"not": {}}
    rules = []
    for one in links:
        to_bo = [target.code for target in one.targets] if one.names_object else [None]
        then: Schema = {"toBoCode": {"enum": to_bo}, "toFieldCode": {"enum": _names_of(one)}}
        rules.append({"if": {"properties": {"fieldCode": {"const": one.code}}}, "then": {"properties": then}})
    properties: Schema = {
        "fieldCode": {"enum": [one.code for one in links]},
        "toBoCode": {},
        "toFieldCode": {},
        "apiValue": {"type": "string"},
        "updatedAt": {"type": "integer"},
    }
    ended: Schema = {"unlink": {"const": True, "description": "the link has ended"}} if output.unlinks else {}
    return _item(properties | ended, list(properties), rules)


def _names_of(link: OutLink) -> list[str]:
    """By what a target is named."""
    unique = [one.code for target in link.targets for one in target.unique]
    return list(dict.fromkeys([*unique, "externalId", "id"]))


def _item(properties: Schema, required: list[str], rules: list[Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "allOf": rules,
    }
