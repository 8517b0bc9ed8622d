"""The tutorial can be followed, and each answer is the one that it shows."""

from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from tests.acceptance.docs.followed import Follower, compare
from tests.documentation import CHECKOUT


def test_the_tutorial_can_be_followed(open_folder: Path) -> None:
    follower = Follower.starting(open_folder)
    # The server stays between the commands, as it would with `etl run --loop`.
    with EmbeddedServer(open_folder / "first-import"):
        assert follower.follow(CHECKOUT / "docs/tutorial.md") == 10


def test_another_answer_is_noticed() -> None:
    compare("a\nRun 1883270798318239744 took 0.4 s\n", "…\nRun 1883270798318239999 took 1.0 s\n")
    with pytest.raises(AssertionError):
        compare("a\nb\nRun 1883270798318239744 took 0.4 s, 1 rejected\n", "…\nRun 1883270798318239744 took 0.4 s\n")
