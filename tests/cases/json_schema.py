"""The part of JSON Schema that ours uses, as a judge that owes the models nothing; unknown keywords are errors."""

import re
from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "null": type(None),
}
_REMARKS = {"title", "description", "default", "$schema", "$defs"}


class Judge:
    def __init__(self, schema: dict[str, Any]) -> None:
        self.root = schema

    def faults(self, value: Any, schema: dict[str, Any] | None = None, at: str = "") -> Iterator[str]:
        """Where and how a value breaks the schema."""
        for keyword, rule in (self.root if schema is None else schema).items():
            if keyword not in _REMARKS:
                yield from self._keyword(keyword, rule, value, schema or self.root, at)

    def _keyword(self, keyword: str, rule: Any, value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
        match keyword:
            case "$ref":
                yield from self.faults(value, self.root["$defs"][rule.removeprefix("#/$defs/")], at)
            case "anyOf":
                if not any(not list(self.faults(value, one, at)) for one in rule):
                    yield f"{at}: none of the ways fits {value!r}"
            case "type":
                is_right = isinstance(value, _TYPES[rule]) and not (rule == "integer" and isinstance(value, bool))
                if not is_right:
                    yield f"{at}: {value!r} is no {rule}"
            case "enum":
                if value not in rule:
                    yield f"{at}: {value!r} is not in the list"
            case "required":
                yield from (f"{at}: lacks {key}" for key in rule if isinstance(value, dict) and key not in value)
            case "properties":
                for key in sorted(set(rule) & set(value if isinstance(value, dict) else ())):
                    yield from self.faults(value[key], rule[key], f"{at}/{key}")
            case "additionalProperties":
                assert rule is False
                unknown = set(value if isinstance(value, dict) else ()) - set(schema["properties"])
                yield from (f"{at}: unknown key {key}" for key in sorted(unknown))
            case "items":
                for index, one in enumerate(value if isinstance(value, list) else ()):
                    yield from self.faults(one, rule, f"{at}/{index}")
            case _:
                yield from _scalar_fault(keyword, rule, value, at)


def _scalar_fault(keyword: str, rule: Any, value: Any, at: str) -> Iterator[str]:
    match keyword:
        case "pattern":
            is_broken = isinstance(value, str) and not re.search(rule, value)
        case "minLength":
            is_broken = isinstance(value, str) and len(value) < rule
        case "maxLength":
            is_broken = isinstance(value, str) and len(value) > rule
        case "minimum":
            is_broken = isinstance(value, int) and value < rule
        case "maximum":
            is_broken = isinstance(value, int) and value > rule
        case _:
            raise NotImplementedError(keyword)
    if is_broken:
        yield f"{at}: {value!r} breaks {keyword} {rule}"
