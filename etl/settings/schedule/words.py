"""The words of a schedule: a pattern cut into tokens with their positions, and what each word means (English, Russian).

The platform's words and prefixes; case does not matter, and a number may touch its unit (10sec).
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<time>\d+:\d+(?::\d+)?)|(?P<number>\d+)|(?P<range>\.\.)|(?P<sign>[+*()])|(?P<word>[^\W\d_]+)|(?P<other>\S)"
)

# A word means the first of these whose prefix it starts with, or which it equals (`=`).
_WEEKDAYS = (
    ("mon", "пон", "=пн"),
    ("tue", "вто", "=вт"),
    ("wed", "сре", "=ср"),
    ("thu", "чет", "=чт"),
    ("fri", "пят", "=пт"),
    ("sat", "суб", "=сб"),
    ("sun", "вос", "=вс"),
)
_MONTHS = (
    ("jan", "янв"),
    ("feb", "фев"),
    ("mar", "мар"),
    ("apr", "апр"),
    ("may", "май", "мая", "мае"),
    ("jun", "июн"),
    ("jul", "июл"),
    ("aug", "авг"),
    ("sep", "сен"),
    ("oct", "окт"),
    ("nov", "ноя"),
    ("dec", "дек"),
)
_UNITS = {1: ("=s", "sec", "=с", "сек"), 60: ("=m", "min", "=м", "мин"), 3600: ("=h", "hour", "=ч", "час")}
_WORDS = {
    "parallel": ("=parallel", "парал"),
    "off": ("=off",),
    "repeat": ("=repeat", "пов"),
    "every": ("=every", "каж"),
    "from": ("=from", "=с", "=c", "=от"),
    "to": ("=to", "=по", "=до"),
    "at": ("=at", "=в"),
    "after": ("=after",),
    "pause": ("=pause", "пауз"),
    "in": ("=in",),
    "beginning": ("=начиная",),
    "year": ("year", "год"),
}


@dataclass(frozen=True)
class Word:
    """One word of a pattern; `start` counts from 0 within the pattern."""

    kind: str  # time, number, range, sign, word, other
    text: str
    start: int

    def means(self, name: str) -> bool:
        """Whether it is one of the forms of a word of the grammar, such as `every`."""
        return self.kind == "word" and _matches(self.text, _WORDS[name])

    @property
    def weekday(self) -> int | None:
        """0 for Monday … 6 for Sunday."""
        return self._position(_WEEKDAYS)

    @property
    def month(self) -> int | None:
        """1 … 12."""
        position = self._position(_MONTHS)
        return None if position is None else position + 1

    @property
    def unit(self) -> int | None:
        """Seconds of a unit of time."""
        if self.kind != "word":
            return None
        return next((seconds for seconds, forms in _UNITS.items() if _matches(self.text, forms)), None)

    def _position(self, table: tuple[tuple[str, ...], ...]) -> int | None:
        if self.kind != "word":
            return None
        return next((position for position, forms in enumerate(table) if _matches(self.text, forms)), None)


def tokens(pattern: str) -> list[Word]:
    """The words of a pattern in order; anything else is a token of kind `other`."""
    found = _TOKEN.finditer(pattern)
    return [Word(str(match.lastgroup), match.group(), match.start()) for match in found]


def _matches(word: str, forms: tuple[str, ...]) -> bool:
    lower = word.lower()
    return any(lower == form[1:] if form.startswith("=") else lower.startswith(form) for form in forms)
