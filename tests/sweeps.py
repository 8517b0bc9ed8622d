"""Long sweeps: `make test` takes what stands for each kind, and a part of `make nightly` the rest."""

import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import pytest

_APART = re.compile(r"\b(databases apart|three servers)\b")


def mostly_nightly(members: Iterable[Any], *, always: Collection[Any]) -> list[Any]:
    """Parameters of a test: all members in their order; those that are not among `always` have the mark `nightly`."""
    every = list(members)
    assert every, "a sweep without members"
    strangers = [one for one in always if one not in every]
    assert not strangers, f"no members of the sweep: {strangers}"
    return [one if one in always else pytest.param(one, marks=pytest.mark.nightly) for one in every]


def chosen_cases(function: str, number: int) -> set[int]:
    """Which of a function's cases, counted from 0, `make test` takes: half the square root of their number, one at
    least, evenly spread. The first one depends on the function's name, so that functions with the same parameters
    (layouts, states) are not all taken with the same values."""
    first = zlib.crc32(function.encode()) % number
    wanted = max(1, round(number**0.5 / 2))
    return {(first + number * one // wanted) % number for one in range(wanted)}


def leave_cases_to_nightly(items: Iterable[pytest.Item]) -> None:
    """Marks the cases of functions with parameters that are not chosen. Of the layouts of the databases one in four
    functions has one with several: their runs take two or three times as long."""
    functions: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        functions[item.nodeid.partition("[")[0]].append(item)
    for function, cases in functions.items():
        near = [one for one in cases if not _APART.search(one.nodeid)]
        candidates = near if near and zlib.crc32(function.encode()) % 4 else cases
        chosen = chosen_cases(function, len(candidates))
        taken = {id(one) for number, one in enumerate(candidates) if number in chosen}
        for one in cases:
            if id(one) not in taken:
                one.add_marker("nightly")
