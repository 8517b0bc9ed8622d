"""The languages of the console: sentences, plural forms, numbers, times and durations.

Receives a key and values. Returns plain text, never markup. The files have one set of keys, and a test says so. Kazakh
has not been read by a native speaker yet.
"""

import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from etl.quoting import printable

LANGUAGES: Final = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
"""Code -> what the language calls itself; the first one is for those who ask for none of them."""
UNREVIEWED: Final = frozenset({"kk"})
"""Languages that no native speaker has read yet; pages in them say so."""

# The one in C is ten times as fast, and `etl status` reads a language too.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FOLDER = Path(__file__).parent
_NARROW_SPACE = "\u202f"
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
# Shorter durations have a digit behind the point.
_EXACT_SECONDS = 10.0
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})

Text = str | Mapping[str, str]


@dataclass(frozen=True)
class Language:
    """One language. `texts`: key -> sentence, or plural form (one, few, other) -> sentence."""

    code: str
    texts: Mapping[str, Text]

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence of a key with its `{places}` filled: whole numbers grouped, control characters escaped. The
        number `n` chooses the plural form. KeyError when text or value is missing.
        """
        text = self.texts[key]
        if not isinstance(text, str):
            n = values["n"]
            text = text[self.form(n if isinstance(n, int) else 0)]
        return text.format(**{name: self._shown(value) for name, value in values.items()})

    def sentence(self, text: str) -> str:
        """A sentence of `sentence_of` in this language; other texts as they are, control characters escaped."""
        key = getattr(text, "key", "")
        return self(key, **getattr(text, "values", {})) if key else printable(text)

    def has(self, key: str) -> bool:
        """Whether there is such a text: for what other packages name, as kinds of tasks."""
        return key in self.texts

    def named(self, group: str, name: str) -> str:
        """The text of a name that another package gives, in a group of keys; the name itself if there is none."""
        return self(f"{group}.{name}") if self.has(f"{group}.{name}") else printable(name)

    def form(self, n: int) -> str:
        """The plural form of a whole number, as CLDR has it."""
        if self.code != "ru":
            return "one" if n == 1 else "other"
        if n % 10 == 1 and n % 100 != 11:
            return "one"
        return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "other"

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with its thousands grouped; "" for none."""
        if value is None:
            return ""
        text = f"{value:,.{digits}f}"
        return text if self.code == "en" else text.replace(",", _NARROW_SPACE).replace(".", ",")

    def duration(self, seconds: float | None) -> str:
        """A duration in its two largest units; "" for none."""
        if seconds is None:
            return ""
        if 0 < seconds < _EXACT_SECONDS:
            return self("unit.second", count=self.number(seconds, 1))
        left, parts = int(max(seconds, 0)), []
        for size, name in _UNITS:
            count, left = divmod(left, size)
            if count:
                parts.append((size, self(f"unit.{name}", count=str(count))))
        if not parts:
            return self("unit.second", count="0")
        largest = _UNITS.index(next(unit for unit in _UNITS if unit[0] == parts[0][0]))
        near = [text for size, text in parts if size in [unit[0] for unit in _UNITS[largest : largest + 2]]]
        return " ".join(near)

    def time(self, at: datetime | None, zone: tzinfo, *, with_seconds: bool = False) -> str:
        """Date and time in a zone; "" for none. The same in all languages."""
        if at is None:
            return ""
        return f"{at.astimezone(zone):{'%Y-%m-%d %H:%M:%S' if with_seconds else '%Y-%m-%d %H:%M'}}"

    def filled(self, key: str, values: Mapping[str, object], zone: tzinfo) -> str:
        """As a call; what ends with `seconds` is a duration, times are those of the zone, None is a dash."""
        return self(key, **{name: self._filling(name, value, zone) for name, value in values.items()})

    def _filling(self, name: str, value: object, zone: tzinfo) -> object:
        if value is None:
            return "–"
        if name.endswith("seconds") and isinstance(value, int | float):
            return self.duration(value)
        return self.time(value, zone) if isinstance(value, datetime) else value

    def _shown(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int):
            # Numbers that are texts already are grouped by this space, which is no character to be escaped.
            return isolated(_NARROW_SPACE.join(map(printable, str(value).split(_NARROW_SPACE))))
        return self.number(value)


def isolated(text: str) -> str:
    """A text whose letters go from right to left keeps to itself within a sentence."""
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return f"\u2068{text}\u2069"
    return text


def zone_named(name: str) -> tzinfo:
    """The zone of a name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@cache
def language(code: str) -> Language:
    """The texts of a language; of the first one for an unknown code."""
    known = code if code in LANGUAGES else next(iter(LANGUAGES))
    found = yaml.load((_FOLDER / f"{known}.yaml").read_text(encoding="utf-8"), _LOADER)  # noqa: S506
    return Language(known, dict(_flat(found)))


def placeholders(text: Text) -> set[str]:
    """The placeholders of a text, of all its forms together."""
    forms = [text] if isinstance(text, str) else list(text.values())
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


_FORMS = frozenset({"one", "few", "other"})


def _flat(tree: Mapping[str, object], prefix: str = "") -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    for name, value in tree.items():
        if isinstance(value, dict) and not _FORMS.issuperset(value):
            found += _flat(value, f"{prefix}{name}.")
        elif isinstance(value, dict):
            found.append((f"{prefix}{name}", {form: " ".join(str(text).split()) for form, text in value.items()}))
        else:
            found.append((f"{prefix}{name}", " ".join(str(value).split())))
    return found
