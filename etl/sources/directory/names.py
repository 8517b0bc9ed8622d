"""Distinguished names, compared as the directory compares them (RFC 4514, and `;` between parts as in RFC 2253).

Controllers and administrators write one name in many ways: `CN=a\\,b`, `cn = A\\2Cb`, `CN="A,b"`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

Name = tuple[tuple[tuple[str, str], ...], ...]
"""From the entry upwards; each part is a sorted tuple of type and value, nearly always one."""

_ESCAPE: Final = re.compile(r"\\([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)
_SEPARATORS: Final = ",;"
_TYPE: Final = re.compile(r"(?i)(?:[a-z][a-z0-9-]*|(?:oid\.)?[0-9]+(?:\.[0-9]+)*)")


def parse(text: str) -> Name | None:
    """The name in a form in which equal ones are equal; None: this is no name."""
    parts: list[tuple[tuple[str, str], ...]] = []
    for part in _split(text, _SEPARATORS):
        pairs = [_pair(one) for one in _split(part, "+")]
        if None in pairs:
            return None
        parts.append(tuple(sorted(filter(None, pairs))))
    return tuple(parts)


# The accounts of a domain name the same few groups again and again.
@lru_cache(65_536)
def same_name(text: str) -> str:
    """A text that equal names have in common; of what is no name, its words without case."""
    parsed = parse(text)
    if parsed is None:
        return _folded(text)
    return ",".join("+".join(f"{kind}={_escaped(value)}" for kind, value in part) for part in parsed)


def _pair(text: str) -> tuple[str, str] | None:
    kind, equals, value = text.partition("=")
    if not equals or not _TYPE.fullmatch(kind.strip()):
        return None
    resolved = _resolved(value)
    return None if resolved is None else (kind.strip().lower().removeprefix("oid."), _folded(resolved))


def _resolved(value: str) -> str | None:
    """The value without quotes and escapes; None: an escape or a quote is not ended."""
    value = value.lstrip()
    if value.startswith('"'):
        inside = re.fullmatch(r'"((?:[^"\\]|\\.)*)"\s*', value, re.DOTALL)
        if not inside:
            return None
        value = inside[1]
    else:
        value = _without_end(value)
    raw, position = bytearray(), 0
    for escape in _ESCAPE.finditer(value):
        raw += value[position : escape.start()].encode()
        raw += bytes.fromhex(escape[1]) if escape[1] else escape[2].encode()
        position = escape.end()
    rest = value[position:]
    if "\\" in rest:
        return None
    try:
        return (bytes(raw) + rest.encode()).decode()
    except UnicodeDecodeError:
        return None


def _without_end(value: str) -> str:
    """Without the blanks at the end, but with one that is escaped."""
    trimmed = value.rstrip()
    is_escaped = (len(trimmed) - len(trimmed.rstrip("\\"))) % 2 == 1
    return trimmed + value[len(trimmed) : len(trimmed) + 1] if is_escaped else trimmed


def _escaped(value: str) -> str:
    return re.sub(r"[\\,+=]", lambda found: f"\\{ord(found[0]):02x}", value)


def _folded(text: str) -> str:
    """Without case, composed, inner blanks run together, none around: as the directory matches values."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())


def _split(text: str, separators: str) -> Iterator[str]:
    """The parts between separators that are neither escaped nor in quotes."""
    part, is_escaped, in_quotes = "", False, False
    for letter in text:
        if is_escaped:
            is_escaped = False
        elif letter == "\\":
            is_escaped = True
        elif letter == '"':
            in_quotes = not in_quotes
        elif letter in separators and not in_quotes:
            yield part
            part = ""
            continue
        part += letter
    yield part
