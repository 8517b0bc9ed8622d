"""Long sweeps: `make test` takes what stands for each kind, and a part of `make nightly` the rest."""

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
