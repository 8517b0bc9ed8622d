"""The JSON Schema says the same as the models: every key a document may have, and none that it may not."""

import json
from collections.abc import Iterator
from typing import Any

from etl.metadata.field_types import Category, FieldType
from etl.metadata.schema import json_schema

SCHEMA = json_schema()


def definition(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["$defs"][name]
    inner: dict[str, Any] = found.get("anyOf", [found])[-1]
    return inner


def test_keys_are_those_of_spec_2() -> None:
    keys = {"code", "category", "name", "orderIndex", "fields", "bos", "nativeFields"}
    ours = {"sources", "sourceTime", "sourceTimeFromMessage", "sourceTimeAheadSeconds"}  # of this program alone
    assert set(SCHEMA["properties"]) == keys | ours
    assert set(definition("Field")["properties"]) == {
        "code", "type", "label", "needLoadFromInTables", "needUploadToOutTable", "useAsKeyInMigration", "isUnique",
        "isRequired", "inMigrationTimezoneMinutes", "options", "dictionary", "bo", "co", "viewType", "boFieldCodes",
        "onBadValue", "linkMode", "sources",
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
    shape = {key: value for key, value in SCHEMA["properties"]["code"].items() if key != "description"}
    assert shape == {"maxLength": 63, "pattern": "^[A-Za-z][A-Za-z0-9_]*$", "type": "string"}


def undescribed(schema: Any, path: str = "") -> Iterator[str]:
    """The paths of all keys without a description."""
    if isinstance(schema, list):
        for one in schema:
            yield from undescribed(one, path)
    if not isinstance(schema, dict):
        return
    for name, one in schema.get("properties", {}).items():
        if not str(one.get("description", "")).endswith("."):
            yield f"{path}/{name}"
    for name, one in schema.items():
        yield from undescribed(one, f"{path}/{name}")


def test_every_key_is_explained() -> None:
    assert list(undescribed(SCHEMA)) == []
    assert list(undescribed({"items": [{"properties": {"code": {"type": "string"}}}]})) == ["/items/code"]


def test_every_definition_is_explained_and_none_has_a_made_up_title() -> None:
    assert [
        name for name, one in SCHEMA["$defs"].items() if "description" not in (one | one.get("anyOf", [one])[-1])
    ] == []
    assert '"title"' not in json.dumps(SCHEMA)
