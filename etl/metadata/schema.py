"""The JSON Schema of a document, generated from the models, so that editors complete keys and explain them."""

from typing import Any

from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import NATIVE_MEANINGS

# The form of structure exports: code -> {…}; the models turn it into the list before they look at it.
_BY_CODE = {
    "type": "object",
    "properties": {
        native: {"$ref": "#/$defs/NativeFlags", "description": text} for native, text in NATIVE_MEANINGS.items()
    },
    "additionalProperties": False,
}
_FLAGS = {
    "description": "Whether readers see the native field.",
    "type": "object",
    "properties": {
        "needUploadToOutTable": {
            "type": "boolean",
            "description": "Whether readers see it, as a column after the fields.",
        }
    },
    "additionalProperties": False,
}


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one business object's document."""
    schema = _without_titles(BusinessObject.model_json_schema(by_alias=True))
    properties = schema["properties"]
    natives = properties["nativeFields"]
    about = {"description": natives.pop("description")}
    properties["nativeFields"] = about | {"anyOf": [natives, _BY_CODE]}
    schema["$defs"]["NativeFlags"] = _FLAGS
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _without_titles(schema: Any) -> Any:
    """The schema without the titles that pydantic makes of names: editors show them above the description."""
    if isinstance(schema, list):
        return [_without_titles(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_titles(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)
    }
