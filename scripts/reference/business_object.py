"""The parts of docs/business-object.md that come from the code: tables between marks, and SQL below the examples."""

import re
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from etl.contract.inserts import value_text
from etl.contract.samples import Samples
from etl.contract.wording import wording
from etl.ddl.tables import tables
from etl.engine.in_ddl import script_of
from etl.merge.rows.value_checks import check
from etl.metadata import Company, names, parse_company
from etl.metadata.field import Field
from etl.metadata.field_types import (
    CHOICE_TYPES,
    DATE_TYPES,
    KEY_TYPES,
    LINK_TYPES,
    NATIVE_MEANINGS,
    NATIVE_SQL_TYPES,
    FieldType,
)
from etl.metadata.schema import json_schema
from etl.metadata.system_objects import SYSTEM_OBJECTS
from scripts.reference.markdown import cell, code, table

PAGE: Final = Path(__file__).resolve().parents[2] / "docs/business-object.md"

_MARKED: Final = re.compile(r"(<!-- begin (?P<name>[\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_BLOCK: Final = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"(?m)^code: (\w+)$")
_SECTION: Final = re.compile(r"(?m)^(?=## )")
_DIRECTION: Final = "-- etl generate-ddl --direction "
_SCHEMAS: Final = {"in_schema": "in_tables", "store_schema": "store_demo", "out_schema": "out_demo_1_1"}
_MEANINGS: Final = {
    **dict.fromkeys(CHOICE_TYPES, "the code of an option or of a row of the dictionary, in the right case"),
    FieldType.STATIC_TEXT: "shown on a form; no value",
    FieldType.TAB_GROUP: "shown on a form; no value",
    FieldType.BO: "links to instances of one object",
    FieldType.CO: "links to instances of the members of a composite",
}
"""Of the types for which the texts of `etl contract` do not suffice."""


def documents(text: str) -> dict[str, str]:
    """The example documents of a text: code -> YAML."""
    found = (match["text"] for match in _BLOCK.finditer(text) if match["language"] == "yaml")
    return {named[1]: one for one in found if (named := _CODE.search(one))}


def company(text: str) -> Company:
    """All examples of the page as one company."""
    return parse_company("demo", {f"{name}.yaml": one for name, one in documents(text).items()})


def business_object(text: str) -> str:
    """The page with all of its parts made again."""
    found = company(text)
    sections = [_with_sql(section, found) for section in _SECTION.split(text)]
    return _MARKED.sub(lambda mark: mark[1] + "\n".join(_part(mark["name"])) + "\n" + mark[3], "".join(sections))


def _with_sql(section: str, found: Company) -> str:
    """A section whose SQL is of its own documents."""
    codes = documents(section).keys()

    def made(block: re.Match[str]) -> str:
        first = block["text"].partition("\n")[0]
        if first.startswith(_DIRECTION):
            body = script_of(list(_statements(found, first.removeprefix(_DIRECTION), codes)))
            return f"```{block['language']}\n{first}\n{body}```"
        return block[0]

    return _BLOCK.sub(made, section)


def _statements(found: Company, direction: str, codes: Container[str]) -> Iterator[str]:
    owned = {name for bo in found.objects if bo.code in codes for name in _tables_of(found, bo.code)}
    for one in tables(found, direction, **_SCHEMAS):
        if one.name in owned:
            yield from (change.sql for change in one.changes)


def _tables_of(found: Company, bo: str) -> Iterator[str]:
    yield from (names.in_table(bo), names.store_table(bo), names.out_table(bo))
    for link in found.link_tables():
        if link.bo.code == bo:
            yield from (
                link.name,
                names.store_link_table(bo, link.field.code),
                names.out_link_table(bo, link.field.code),
            )


def _part(name: str) -> list[str]:
    if name == "types":
        return _types()
    if name == "natives":
        rows = [(code(one), code(NATIVE_SQL_TYPES[one]), text) for one, text in NATIVE_MEANINGS.items()]
        return table(("code", "column", "meaning"), rows)
    if name == "system objects":
        return _system_objects()
    schema = json_schema()
    if name == "object":
        return _keys(schema, schema)
    found = schema["$defs"][name[0].upper() + name[1:]]
    return _keys(found.get("anyOf", [found])[-1], schema)


def _keys(found: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    required = found.get("required", ())
    rows = []
    for name, one in found["properties"].items():
        default = one.get("default")
        shown = (
            "required" if name in required else "" if default in (None, "", []) or isinstance(default, dict) else None
        )
        rows.append(
            (code(name), _kind(one, schema), shown if shown is not None else code(_word(default)), one["description"])
        )
    return table(("key", "value", "default", "meaning"), [tuple(map(str, row)) for row in rows])


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(one: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a key takes, in a few words."""
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        target = schema["$defs"][name]
        if name == "FieldType":
            return "a [type](#field-types)"
        return " or ".join(map(code, target["enum"])) if "enum" in target else "a text, or a text for each language"
    if "enum" in one:
        return "a [category](#categories)"
    kinds = [part for part in one.get("anyOf", [one]) if part.get("type") != "null"]
    match kinds[0].get("type"):
        case "boolean":
            return "`true` or `false`"
        case "integer":
            return f"{kinds[0]['minimum']} to {kinds[0]['maximum']}" if "minimum" in kinds[0] else "a whole number"
        case "array":
            return "a list"
        case _:
            return "a text"


def _types() -> list[str]:
    texts = wording("en")
    rows = []
    for one in FieldType:
        field = _sample(one)
        meaning = _MEANINGS.get(one) or texts(f"v_{one}")
        marks = (
            one in KEY_TYPES,
            field.sql_type is not None,
            one in CHOICE_TYPES,
            one in DATE_TYPES,
            one in LINK_TYPES,
            bool(field.sql_type and check(field, "value", "choice" if one in CHOICE_TYPES else "", "store")[0]),
        )
        shown = code(field.sql_type) if field.sql_type else "tables of links" if one in LINK_TYPES else ""
        value = code(value_text(Samples(Company("demo", ())).value(field, 1))) if field.sql_type else ""
        rows.append((code(one), shown, cell(meaning), value, *("yes" if mark else "" for mark in marks)))
    heads = ("type", "column", "what partners write", "e.g.", "key", "unique", "choices", "zone", "link", "skip")
    return table(heads, rows)


def _sample(one: FieldType) -> Field:
    choices = {"options": ["OPEN", "CLOSED"]} if one in CHOICE_TYPES else {}
    return Field.model_validate({"code": "Value", "type": one, **choices})


def _system_objects() -> list[str]:
    rows = [
        (code(system.code), code(field.code), " or ".join(map(code, field.types)), _further(field.keys))
        for system in SYSTEM_OBJECTS.values()
        for field in system.fields
    ]
    return table(("object", "field", "type", "further keys"), rows)


def _further(keys: Mapping[str, Any]) -> str:
    return ", ".join(code(f"{key}: {_word(value)}") for key, value in keys.items())
