"""Values -> JSON for people and programs: the one place that decides how an id is written.

Browsers and jq read numbers as floats: above 2^53 they lose digits, and a run's number is above it. So ids are texts,
whatever their size, that a field has the same type in every answer.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

MAX_NUMBER: Final = 2**53
"""The highest number up to which every integer is exact in a float."""

# Fields that are ids, wherever they stand; `error` and `unit` are a text elsewhere, which stays one.
_IDS = frozenset({"id", "run", "as_run", "undone_by", "undoes", "unit", "number", "error", "n", "next_n"})
# Fields whose keys are names that partners chose, each with a number of things.
_COUNTS = frozenset({"files", "receipt", "records", "rejected", "tables", "unsent", "written"})


def json_text(value: object, *, indent: int | None = None) -> str:
    """JSON that cannot control a terminal either: control characters that `json` leaves are escaped."""
    text = json.dumps(_plain(value), ensure_ascii=False, default=str, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def _plain(value: object, field: str = "") -> object:
    """The value with ids as texts; numbers that a reader would round are texts too."""
    match value:
        case bool():
            return value
        case int():
            return str(value) if field in _IDS or field.endswith("_id") or abs(value) > MAX_NUMBER else value
        case Mapping():
            return {key: _plain(one, _name(field, key)) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one, field if isinstance(one, int) else "") for one in value]
    return value


def _name(parent: str, key: Any) -> str:
    return "" if parent in _COUNTS else str(key)
