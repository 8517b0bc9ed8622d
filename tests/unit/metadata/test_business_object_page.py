"""docs/business-object.md: its examples are sound and complete, its tables and its DDL are those of the code."""

from typing import Any

import jsonschema
import pytest
import yaml

from etl.metadata.business_object import BusinessObject
from etl.metadata.field import BoFieldCode, DocumentValue, Field, Option
from etl.metadata.field_types import Category, FieldType
from etl.metadata.schema import json_schema
from scripts.reference.business_object import PAGE, business_object, company, documents

TEXT = PAGE.read_text(encoding="utf-8")
DOCUMENTS = documents(TEXT)


def test_it_is_current() -> None:
    """`python -m scripts.reference` writes it again."""
    assert business_object(TEXT) == TEXT
    changed = TEXT.replace("Title text", "Heading text").replace("| `code` |", "| `name` |")
    assert changed != TEXT
    assert business_object(changed) == TEXT


@pytest.mark.parametrize("code", DOCUMENTS)
def test_the_schema_accepts_each_example(code: str) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(yaml.safe_load(DOCUMENTS[code]))


def keys(data: Any) -> set[str]:
    """All keys of a document."""
    if isinstance(data, list):
        return {key for one in data for key in keys(one)}
    return set(data) | {key for one in data.values() for key in keys(one)} if isinstance(data, dict) else set()


@pytest.mark.parametrize("model", [BusinessObject, Field, Option, BoFieldCode])
def test_each_key_has_an_example(model: type[DocumentValue]) -> None:
    used = {key for text in DOCUMENTS.values() for key in keys(yaml.safe_load(text))}
    assert {one.alias for one in model.model_fields.values()} <= used


def test_each_type_and_category_has_an_example() -> None:
    found = company(TEXT)
    assert [field.type for field in found.object("Everything").fields] == list(FieldType)
    assert {bo.category for bo in found.objects} == set(Category)
