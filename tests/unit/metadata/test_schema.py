"""The JSON Schema says the same as the models: every key a document may have, and none that it may not."""

from typing import Any

from etl.metadata.field_types import Category, FieldType
from etl.metadata.schema import json_schema

SCHEMA = json_schema()


def definition(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["$defs"][name]
    inner: dict[str, Any] = found.get("anyOf", [found])[-1]
    return inner


def test_keys_are_those_of_spec_2() -> None:
    assert set(SCHEMA["properties"]) == {"code", "category", "name", "orderIndex", "fields", "bos", "nativeFields"}
    assert set(definition("Field")["properties"]) == {
        "code", "type", "label", "needLoadFromInTables", "needUploadToOutTable", "useAsKeyInMigration", "isUnique",
        "isRequired", "inMigrationTimezoneMinutes", "options", "dictionary", "bo", "co", "viewType", "boFieldCodes",
        "onBadValue", "linkMode",
    }  # fmt: skip
    assert set(definition("Label")["properties"]) == {"rus", "kaz", "qaz", "eng"}


def test_unknown_keys_are_refused_everywhere() -> None:
    assert SCHEMA["additionalProperties"] is False
    for name in ("Field", "Option", "BoFieldCode", "NativeField", "Label"):
        assert definition(name)["additionalProperties"] is False, name


def test_what_a_document_must_have() -> None:
    assert SCHEMA["required"] == ["code"]
    assert definition("Field")["required"] == ["code", "type"]


def test_vocabularies() -> None:
    assert set(definition("FieldType")["enum"]) == set(FieldType)
    words = set(SCHEMA["properties"]["category"]["enum"])
    assert words == set(Category) | {"BO_COMPOSITE", "BO_DICTIONARY", "BO_PROCESS", "BO_PANEL"}


def test_codes() -> None:
    assert SCHEMA["properties"]["code"] == {
        "maxLength": 63,
        "pattern": "^[A-Za-z][A-Za-z0-9_]*$",
        "title": "Code",
        "type": "string",
    }
