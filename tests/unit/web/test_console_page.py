"""docs/console.md names every state of Now, and shows pictures that are there; docs/web-faults.md names tests."""

import re

from etl.monitoring import State
from tests.documentation import CHECKOUT

TEXT = (CHECKOUT / "docs/console.md").read_text(encoding="utf-8")


def test_every_state_is_in_the_table() -> None:
    assert sorted(re.findall(r"(?m)^\| `([a-z_]+)` \|", TEXT)) == sorted(State)


def test_the_pictures_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", TEXT)
    assert pictures
    assert all((CHECKOUT / "docs" / one).stat().st_size < 150_000 for one in pictures)


def test_each_fault_has_a_test_that_is_there() -> None:
    text = (CHECKOUT / "docs/web-faults.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ") and " | `" in line]
    # Those that were known before the first page was made have numbers.
    assert [int(found) for found in re.findall(r"(?m)^\| (\d+) ", text)] == list(range(1, 51))
    assert len(rows) > 80
    for row in rows:
        named = re.findall(r"`([\w/]+)::(\w+)`", row[-1])
        assert named, row[0]
        for path, test in named:
            source = (CHECKOUT / "tests" / f"{path}.py").read_text(encoding="utf-8")
            assert re.search(rf"(?m)^def {test}\(", source), f"{path}::{test}"
