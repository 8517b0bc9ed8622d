"""The reference pages are those that the code gives: `python -m scripts.reference` writes them again."""

from scripts.reference import FOLDER, pages


def test_they_are_current() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")} == pages()
