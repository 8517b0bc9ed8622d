"""The JSON Schema of a document, generated from the models, so that editors complete keys and types."""

from typing import Any

from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import Native

# The form of structure exports: code -> {…}; the models turn it into the list before they look at it.
_BY_CODE = {
    "type": "object",
    "properties": {native: {"$ref": "#/$defs/NativeFlags"} for native in Native},
    "additionalProperties": False,
}
_FLAGS = {
    "type": "object",
    "properties": {"needUploadToOutTable": {"type": "boolean"}},
    "additionalProperties": False,
}


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one business object's document."""
    schema = BusinessObject.model_json_schema(by_alias=True)
    properties = schema["properties"]
    properties["nativeFields"] = {"anyOf": [properties["nativeFields"], _BY_CODE]}
    schema["$defs"]["NativeFlags"] = _FLAGS
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
