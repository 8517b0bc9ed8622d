"""The languages of a contract: its texts, and the label that a thing has in each."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from etl.metadata.field import Label

LANGUAGES: Final = ("en", "ru")

_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Wording:
    language: str
    texts: dict[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its `{places}` filled; KeyError when text or value is missing."""
        return self.texts[key].format(**values)

    def label(self, label: Label) -> str:
        """The label in this language, else in another one, else nothing."""
        return (label.eng or str(label)) if self.language == "en" else str(label)


@cache
def wording(language: str) -> Wording:
    texts: dict[str, str] = {}
    for name in (f"{language}.yaml", f"kafka.{language}.yaml"):
        texts |= yaml.safe_load((_TEXTS / name).read_text(encoding="utf-8"))
    return Wording(language, {key: " ".join(text.split()) for key, text in texts.items()})
