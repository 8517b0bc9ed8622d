"""What `make test` leaves out of a sweep has the mark that a part of `make nightly` runs."""

import pytest

from scripts.nightly import PARTS
from tests.sweeps import mostly_nightly


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
