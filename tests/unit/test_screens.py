"""The pictures of README: what they show is what the pages say."""

import re

from scripts.screens import BEFORE, FOLDER, SEEN, chart, results
from tests.documentation import CHECKOUT, README, blocks


def test_the_chart_is_of_the_results_of_the_page() -> None:
    assert [tool for tool, _, _ in results()][:2] == ["etl", "etl, two workers"]
    assert (FOLDER / "peers.svg").read_text(encoding="utf-8") == chart(), "python -m scripts.screens"


def test_the_terminal_shows_commands_of_the_tutorial() -> None:
    typed = [line for block in blocks(CHECKOUT / "docs/tutorial.md") if block.language == "sh" for line in block.lines]
    assert {*BEFORE, *SEEN} <= set(typed)
    picture = (FOLDER / "run.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    assert [line for line in SEEN if line not in picture] == []
    assert "OPTION_UNKNOWN" in picture


def test_readme_shows_them_first() -> None:
    before, _, _ = README.read_text(encoding="utf-8").partition("\n## ")
    shown = re.findall(r"!\[[^]]+\]\((docs/pictures/[^)]+)\)", before)
    assert shown == [f"docs/pictures/{name}" for name in ("run.svg", "now.png", "peers.svg")]
