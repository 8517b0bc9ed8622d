"""Which texts a document may hold: what every database, file and screen behind it can keep and show."""

import re
from typing import Final

MAX_LABEL: Final = 1000
"""Characters of a label or name; the comment of an Excel cell, for one, has room for some thirty of them."""

# Written as \ud83d\ude00, as JSON does it: YAML takes each half for a character of its own.
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HALF: Final = re.compile("[\ud800-\udfff]")
# U+FDD0 to U+FDEF, and the last two of each plane.
_NO_CHARACTER: Final = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_KINDS: Final = (
    (_HALF, "half a character (a lone surrogate)"),
    (_CONTROL, "a control character"),
    (_NO_CHARACTER, "not a character"),
)


def joined(text: str) -> str:
    """The text with pairs of halves made the characters that they stand for."""
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text)


def fault_of(text: str) -> str:
    """What is wrong with a joined text, in words; empty when nothing is."""
    for pattern, what in _KINDS:
        if found := pattern.search(text):
            return f"U+{ord(found[0]):04X} is {what}, which no text may hold: take it out"
    return ""


def cleaned(text: str) -> str:
    """The joined text without what `fault_of` finds fault with."""
    for pattern, _ in _KINDS:
        text = pattern.sub("", text)
    return text
