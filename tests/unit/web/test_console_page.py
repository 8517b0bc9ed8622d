"""docs/console.md names every state of Now, and shows pictures that are there."""

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
