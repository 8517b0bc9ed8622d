"""The wire format of a record: JSON of the vendor's `BoiInput`, decoded into typed values.

The decoder is strict and fast. What it refuses is read once more with the leniency that partners are used to: a number or
a boolean is taken as its text, `null` or `{}` as an empty list. What is wrong even then is a fault with its path.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Struct

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class RecordFault(Exception):
    """Why a record is rejected. `path` as in JSONPath, `code` from the catalogue of errors."""

    code: str
    message: str
    path: str = "$"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class FieldInput(Struct, frozen=True):
    """A value: the field's code and its text, None to clear it."""

    code: str
    apiValue: str | None = None  # noqa: N815


class BoFieldInput(Struct, frozen=True):
    """A link: to the instance that has `apiValue` in its unique field, or to the nested object."""

    fieldCode: str  # noqa: N815
    toBoCode: str | None = None  # noqa: N815
    toFieldCode: str | None = None  # noqa: N815
    apiValue: str | None = None  # noqa: N815
    boiInput: "BoiInput | str | None" = None  # noqa: N815
    unlink: bool = False


class BoiInput(Struct, frozen=True):
    """An object with its fields and links; nested objects are of the same shape."""

    boCode: str  # noqa: N815
    recordId: str | None = None  # noqa: N815
    externalId: str | None = None  # noqa: N815
    id: str | None = None
    fields: list[FieldInput] | None = None
    boFields: list[BoFieldInput] | None = None  # noqa: N815
    unchangedUniqueFields: list[FieldInput] | None = None  # noqa: N815
    unchangedUniqueBoFields: list[BoFieldInput] | None = None  # noqa: N815
    state: str | None = None


_DECODER: Final = msgspec.json.Decoder(BoiInput)
_TEXTS: Final = frozenset({"boCode", "recordId", "externalId", "id", "state", "code", "apiValue"})
_TEXTS_OF_LINKS: Final = frozenset({"fieldCode", "toBoCode", "toFieldCode"})
_LISTS: Final = frozenset({"fields", "boFields", "unchangedUniqueFields", "unchangedUniqueBoFields"})


@dataclass(frozen=True)
class Decoded:
    """A decoded record. `converted` are the paths of values that were no texts and were taken as such."""

    record: BoiInput
    converted: tuple[str, ...] = ()


def decode(value: bytes) -> Decoded:
    """The record of a message's value. Raises RecordFault."""
    try:
        return Decoded(_DECODER.decode(value))
    except msgspec.ValidationError:
        return _decode_leniently(value)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordFault("BAD_JSON", _why_no_json(value, error)) from None
    except RecursionError:
        raise RecordFault("TOO_DEEP", "objects are nested too deep") from None


def _why_no_json(value: bytes, error: Exception) -> str:
    if value.startswith(_BOM):
        return "begins with a byte order mark: write plain UTF-8"
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return f"is not UTF-8: byte {wrong.start} is 0x{value[wrong.start]:02x}"
    if not value.strip():
        return "is empty"
    return f"is not JSON: {error}"


def _decode_leniently(value: bytes) -> Decoded:
    converted: list[str] = []
    try:
        parsed = json.loads(value, parse_float=str, parse_int=str)
    except RecursionError:
        raise RecordFault("TOO_DEEP", "objects are nested too deep") from None
    except ValueError as error:
        raise RecordFault("BAD_JSON", _why_no_json(value, error)) from None
    if not isinstance(parsed, dict):
        raise RecordFault("BAD_SHAPE", f"is {_kind(parsed)}, and must be an object")
    plain = _with_texts(json.loads(value), parsed, "$", converted)
    try:
        return Decoded(msgspec.convert(plain, BoiInput), tuple(converted))
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `")
        raise RecordFault("BAD_SHAPE", text, path.rstrip("`") or "$") from None


def _with_texts(typed: Any, texts: Any, path: str, converted: list[str]) -> Any:
    """The object `texts`, in which numbers are texts already, as the strict shape wants it; `typed` is the same with the
    types of JSON, so that a number can be told from a text."""
    written = {}
    for key, text in texts.items():
        one, at = typed[key], f"{path}.{key}"
        if key in _LISTS:
            written[key] = _list(one, text, at, converted)
        elif key in _TEXTS or key in _TEXTS_OF_LINKS:
            if isinstance(one, bool):
                text = "true" if one else "false"
            if isinstance(one, bool | int | float):
                converted.append(at)
            written[key] = text
        elif key == "boiInput" and isinstance(one, dict):
            written[key] = _with_texts(one, text, at, converted)
        else:
            written[key] = text
    return written


def _list(typed: Any, texts: Any, path: str, converted: list[str]) -> Any:
    if typed in (None, {}):
        return None
    if not isinstance(typed, list):
        return texts
    return [
        _with_texts(one, text, f"{path}[{number}]", converted) if isinstance(one, dict) else text
        for number, (one, text) in enumerate(zip(typed, texts, strict=True))
    ]


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return "a text" if isinstance(value, str) else "no object"
