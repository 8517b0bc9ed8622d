"""JSON text -> one mapping; no key twice, and nothing so deep that Python gives up."""

import json
from typing import Any

from etl.errors import ConfigurationError, Problem
from etl.quoting import shown


class _TwiceError(ValueError):
    pass


def parse_json(text: str, location: str) -> dict[str, Any]:
    """The object of a text. Raises ConfigurationError that names `location`."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        reason = error if isinstance(error, ValueError) else "it is nested too deep"
        raise ConfigurationError(Problem(f"is not readable JSON: {reason}", location)) from None
    if not isinstance(found, dict):
        raise ConfigurationError(Problem("holds no JSON object", location))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"the key {shown(twice)} stands twice")
    return found
