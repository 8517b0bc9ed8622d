"""Answers of commands as a browser or jq would read them: numbers are floats, ids have to be texts."""

import json
from typing import Any

LOWEST_ID = 2_000_000_000
"""Ids of rows, errors, units and dead letters are above it in these tests, and no number of things is."""


def read_answer(text: str) -> Any:
    """The value of one answer; a number that is an id, or that a float would round, is a failure."""
    return json.loads(text, parse_int=_number)


def _number(digits: str) -> int:
    assert abs(int(digits)) < LOWEST_ID, f"{digits} is an id and no text, or too large for a float"
    return int(digits)
