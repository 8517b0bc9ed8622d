"""Converts texts to values of the kind that a key declares."""

import re
from collections.abc import Callable
from typing import Final, Never

from pydantic import SecretStr

from etl.settings.keys import Key, ValueKind

Value = str | int | bool | SecretStr | None

# As in the platform, where every other word silently means false.
TRUE_WORDS = frozenset(["T", "TRUE", "ON", "1", "Y", "YES", "И", "ИСТИНА", "ДА", "Д", "是的"])
FALSE_WORDS = frozenset(["F", "FALSE", "OFF", "0", "N", "NO", "Л", "ЛОЖЬ", "НЕТ", "Н", "不是", "否"])

# Characters of a value that a message shows.
_SHOWN = 40
_NUMBER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)


class FaultyValueError(ValueError):
    """What is wrong with a value; the message contains no secret."""


def convert(key: Key, text: str) -> Value:
    """The value of `key`. Raises FaultyValueError if `text` is not a value."""
    # What the environment gives has not been trimmed, unlike a file's values: blanks may be part of a password, a user
    # or a database, but never of a number, a word or a text with a pattern.
    if key.kind is not ValueKind.TEXT or key.pattern:
        text = text.strip()
    if not text and key.empty:
        return _empty(key)
    return _KINDS[key.kind](key, text)


def _empty(key: Key) -> Value:
    if key.secret:
        return SecretStr("")
    return None if key.kind is ValueKind.NUMBER else ""


def _number(key: Key, text: str) -> int:
    span = f"a number from {key.smallest} to {key.largest}" + (f" ({key.unit})" if key.unit else "")
    number = int(text) if _NUMBER.fullmatch(text) else None
    if number is None or not key.smallest <= number <= key.largest:
        _refuse(text, span)
    return number


def _boolean(key: Key, text: str) -> bool:
    word = text.upper()
    if word not in TRUE_WORDS | FALSE_WORDS:
        _refuse(text, "true or false")
    return word in TRUE_WORDS


def _choice(key: Key, text: str) -> str:
    if text not in key.choices:
        _refuse(text, "one of " + ", ".join(key.choices))
    return text


def _text(key: Key, text: str) -> Value:
    if "\0" in text:
        raise FaultyValueError("holds a NUL character: delete it")
    if key.pattern and not re.fullmatch(key.pattern, text):
        raise FaultyValueError(key.rule)
    # A lone surrogate has no UTF-8 form; counted as one that has.
    size = len(text.encode("utf-8", "surrogatepass"))
    if key.largest_bytes and size > key.largest_bytes:
        raise FaultyValueError(f"has {size} bytes, and PostgreSQL takes names of at most {key.largest_bytes}")
    return SecretStr(text) if key.secret else text


_KINDS: Final[dict[ValueKind, Callable[[Key, str], Value]]] = {
    ValueKind.NUMBER: _number,
    ValueKind.BOOLEAN: _boolean,
    ValueKind.CHOICE: _choice,
    ValueKind.TEXT: _text,
}


def _refuse(text: str, wanted: str) -> Never:
    if not text:
        raise FaultyValueError(f"has no value: write {wanted}, or delete the line for the default")
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    raise FaultyValueError(f"{shown!r} is not {wanted}")
