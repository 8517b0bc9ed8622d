"""Long sweeps: `make test` takes what stands for each kind, and a part of `make nightly` the rest."""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import pytest


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
    """Marks the cases of functions with parameters that are not chosen."""
    functions: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        functions[item.nodeid.partition("[")[0]].append(item)
    for function, cases in functions.items():
        for number in set(range(len(cases))) - chosen_cases(function, len(cases)):
            cases[number].add_marker("nightly")
