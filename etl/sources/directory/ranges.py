"""Attributes of which the directory has sent a part: `memberOf;range=0-1499` (MS-ADTS, range retrieval)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from etl.errors import EnvironmentFault

_RANGE: Final = re.compile(r"(?i)(?P<name>[^;]+);range=(?P<first>\d+)-(?P<last>\d+|\*)")

Fetch = Callable[[str], Mapping[str, Sequence[bytes]]]


def whole(attributes: Mapping[str, Sequence[bytes]], fetch: Fetch) -> dict[str, tuple[bytes, ...]]:
    """All attributes in small letters, those that came in part read to their end. `fetch` asks the same entry for
    one attribute. Raises EnvironmentFault if an answer does not continue the one before."""
    found: dict[str, tuple[bytes, ...]] = {}
    for name, values in attributes.items():
        if part := _RANGE.fullmatch(name):
            found[part["name"].lower()] = _continued(part, tuple(values), fetch)
        else:
            found.setdefault(name.lower(), tuple(values))
    return found


def _continued(part: re.Match[str], values: tuple[bytes, ...], fetch: Fetch) -> tuple[bytes, ...]:
    name, after = part["name"], -1
    while part["last"] != "*":
        after = int(part["last"])
        answer = {key: more for key, more in fetch(f"{name};range={after + 1}-*").items() if _RANGE.fullmatch(key)}
        [(key, more)] = answer.items() or [("", ())]
        following = _RANGE.fullmatch(key)
        if following is None or int(following["first"]) != after + 1:
            raise EnvironmentFault(f"the directory does not continue {name} behind value {after}: read it again")
        part, values = following, (*values, *more)
    return values
