"""What `make coverage` makes of coverage.py's report."""

from typing import Any

import pytest

from scripts.covered import branches_taken, is_whole, worst


def report(**branches: tuple[int, int]) -> dict[str, Any]:
    """File -> branches taken, of how many."""
    files = {
        f"etl/{name}.py": {"summary": {"num_branches": total, "missing_branches": total - taken}}
        for name, (taken, total) in branches.items()
    }
    taken, total = (sum(pair[at] for pair in branches.values()) for at in (0, 1))
    return {"files": files, "totals": {"covered_branches": taken, "num_branches": total}}


def test_it_is_branches_that_count() -> None:
    assert branches_taken(report(a=(90, 100), b=(100, 100))) == 95.0


def test_the_files_with_most_untaken_branches_are_named() -> None:
    assert worst(report(whole=(4, 4), bad=(1, 10), better=(98, 100))) == [
        "   9 of   10 branches are not taken: etl/bad.py",
        "   2 of  100 branches are not taken: etl/better.py",
    ]


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        ([], True),
        (["-q"], True),
        (["--durations=5", "-x"], True),
        (["tests/unit"], False),
        (["-k", "names"], False),
        (["-m", ""], False),
        (["-x", "tests/unit/test_docs.py"], False),
    ],
)
def test_the_bound_is_asked_of_a_whole_run(arguments: list[str], whole: bool) -> None:
    assert is_whole(arguments) == whole
