"""What `make test` leaves out of a sweep has the mark that a part of `make nightly` runs."""

import pytest

from scripts.nightly import PARTS
from tests.sweeps import chosen_cases, mostly_nightly


def test_all_members_are_there_in_their_order_and_the_others_are_nightly() -> None:
    found = mostly_nightly(["a", "b", "c"], always=["b"])
    assert [one if isinstance(one, str) else (one.values, [mark.name for mark in one.marks]) for one in found] == [
        (("a",), ["nightly"]),
        "b",
        (("c",), ["nightly"]),
    ]


def test_a_member_that_is_none_is_refused() -> None:
    with pytest.raises(AssertionError, match="no members of the sweep"):
        mostly_nightly(["a"], always=["z"])


def test_a_part_runs_all_that_is_nightly() -> None:
    [part] = [one for one in PARTS if one.name == "whole"]
    [command] = part.commands
    words = " ".join(command.arguments)
    assert " tests -m nightly --ignore=" in words
    ignored = words.rpartition("--ignore=")[2]
    assert any(ignored in one.arguments for other in PARTS if other is not part for one in other.commands)


def test_some_cases_of_each_function_are_chosen() -> None:
    for number in range(1, 100):
        chosen = chosen_cases("test_it", number)
        assert len(chosen) == max(1, round(number**0.5 / 2))
        assert chosen <= set(range(number))


def test_they_are_spread() -> None:
    first, *others = sorted(chosen_cases("test_it", 256))
    assert [after - before for before, after in zip([first, *others], others, strict=False)] == [32] * 7


def test_functions_with_the_same_cases_are_taken_with_several_of_them() -> None:
    assert {min(chosen_cases(f"test_{name}", 2)) for name in "abcdef"} == {0, 1}
