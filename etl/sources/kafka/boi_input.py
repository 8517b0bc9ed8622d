"""The wire format of a record: JSON of the vendor's `BoiInput`, decoded into typed values.

The decoder is strict and fast. What it refuses is read once more with the leniency that partners are used to: a number
or a boolean is taken as its text, `{}` as an empty list. What is wrong even then is a fault with its path.
"""

import secrets
from hashlib import blake2b
from struct import Struct as StructOfBytes
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from etl.sources.kafka.faults import Fault, RecordFault

_SUFFIX_BYTES: Final = 4
_BOM: Final = b"\xef\xbb\xbf"


class FieldInput(Struct, rename="camel", gc=False, omit_defaults=True):
    """A value: the field's code and its text, None to clear it. Of a file field also the file itself: `content` in
    Base64, its name and type."""

    code: str
    api_value: str | None = None
    content: str | None = None
    file_name: str | None = None
    mime_type: str | None = None


class BoFieldInput(Struct, rename="camel", gc=False, omit_defaults=True):
    """A link: to the instance that has `api_value` in its unique field, or to the nested object."""

    field_code: str
    to_bo_code: str | None = None
    to_field_code: str | None = None
    api_value: str | None = None
    boi_input: "BoiInput | str | None" = None
    unlink: bool | None = None


class BoiInput(Struct, rename="camel", gc=False, omit_defaults=True):
    """An object with its fields and links; nested objects are of the same shape."""

    bo_code: str
    record_id: str | None = None
    external_id: str | None = None
    id: str | None = None
    fields: list[FieldInput] | None = None
    bo_fields: list[BoFieldInput] | None = None
    unchanged_unique_fields: list[FieldInput] | None = None
    unchanged_unique_bo_fields: list[BoFieldInput] | None = None
    state: str | None = None


class PlainField(Struct, rename="camel", gc=False, omit_defaults=True):
    """A value without a file."""

    code: str
    api_value: str | None = None
    content: None = None
    file_name: None = None
    mime_type: None = None


class PlainLink(Struct, rename="camel", gc=False, omit_defaults=True):
    """A link without a nested object."""

    field_code: str
    to_bo_code: str | None = None
    to_field_code: str | None = None
    api_value: str | None = None
    boi_input: None = None
    unlink: bool | None = None


class PlainInput(Struct, rename="camel", gc=False, omit_defaults=True):
    """A BoiInput without files and nested objects, key by key in the same order: it has the same digest. What it does
    not take its decoder refuses, which costs nothing where records are plain."""

    bo_code: str
    record_id: str | None = None
    external_id: str | None = None
    id: str | None = None
    fields: list[PlainField] | None = None
    bo_fields: list[PlainLink] | None = None
    unchanged_unique_fields: list[PlainField] | None = None
    unchanged_unique_bo_fields: list[PlainLink] | None = None
    state: str | None = None


def digest_of(record: BoiInput | PlainInput, buffer: bytearray) -> int:
    """A number of 64 bits that two records of other content do not share, whatever their blanks and the order of
    their keys. An empty text says as little as none, and null as a key that is not there. `buffer` is overwritten."""
    if record.external_id == "" or record.id == "" or record.state == "":
        empty = {name: None for name in ("external_id", "id", "state") if getattr(record, name) == ""}
        record = msgspec.structs.replace(record, **empty)
    _encode_into(record, buffer)
    [number] = _AS_NUMBER(blake2b(buffer, digest_size=8).digest())
    return number  # type: ignore[no-any-return]


class _Number(str):
    """A number with a fraction or an exponent, as it is written."""


_DECODER: Final = msgspec.json.Decoder(BoiInput)
decode_plain: Final = msgspec.json.Decoder(PlainInput).decode
"""The record of a message's value; raises what msgspec raises, UNREADABLE, where it is none that is plain."""
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_ANY: Final = msgspec.json.Decoder(float_hook=_Number)
_encode: Final = msgspec.json.Encoder().encode
_encode_into: Final = msgspec.json.Encoder().encode_into
_AS_NUMBER: Final = StructOfBytes(">q").unpack
_LISTS: Final = frozenset({"fields", "boFields", "unchangedUniqueFields", "unchangedUniqueBoFields"})
_TEXTS: Final = frozenset(
    {"boCode", "recordId", "externalId", "id", "state", "code", "apiValue", "fieldCode", "toBoCode", "toFieldCode"}
)


class Decoded(NamedTuple):
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
        raise _bad_json(value, error) from None
    except RecursionError:
        raise _too_deep() from None


def nested(text: str, path: str) -> BoiInput:
    """The record that a text holds (vendor's guide, BoiInput). Raises RecordFault."""
    try:
        return decode(text.encode()).record
    except RecordFault as refused:
        raise RecordFault(refused.fault.within(path)) from None


def with_new_id(value: bytes | None) -> bytes | None:
    """The record with another recordId; all else is as it was written."""
    try:
        record = msgspec.json.decode(value or b"", type=dict[str, msgspec.Raw])
        old = msgspec.json.decode(record["recordId"])
    except (*UNREADABLE, KeyError):
        return value
    if not isinstance(old, str | int | float):
        return value
    record["recordId"] = msgspec.Raw(_encode(f"{str(old)[:200]}#{secrets.token_hex(_SUFFIX_BYTES)}"))
    return _encode(record)


def _bad_json(value: bytes, error: Exception) -> RecordFault:
    return RecordFault(Fault("BAD_JSON", reason=_why_no_json(value, error)))


def _too_deep() -> RecordFault:
    return RecordFault(Fault("TOO_DEEP"))


def _why_no_json(value: bytes, error: Exception) -> str:
    if value.startswith(_BOM):
        return "it begins with a byte order mark"
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return f"it is not UTF-8: byte {wrong.start} is 0x{value[wrong.start]:02x}"
    return str(error) if value.strip() else "it is empty"


def _decode_leniently(value: bytes) -> Decoded:
    converted: list[str] = []
    try:
        parsed = _ANY.decode(value)
        plain = _with_texts(parsed, "$", converted) if isinstance(parsed, dict) else parsed
        return Decoded(msgspec.convert(plain, BoiInput), tuple(converted))
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `")
        raise RecordFault(Fault("BAD_SHAPE", path.rstrip("`") or "$", reason=text)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad_json(value, error) from None
    except RecursionError:
        raise _too_deep() from None


def _with_texts(given: dict[str, Any], path: str, converted: list[str]) -> dict[str, Any]:
    """The object as the strict shape wants it, as far as leniency goes."""
    written = {}
    for key, one in given.items():
        at = f"{path}.{key}"
        if key in _LISTS:
            written[key] = _list(one, at, converted)
        elif key == "boiInput" and isinstance(one, dict):
            written[key] = _with_texts(one, at, converted)
        elif key in _TEXTS and isinstance(one, bool | int | float | _Number):
            converted.append(at)
            written[key] = ("false", "true")[one] if isinstance(one, bool) else str(one)
        else:
            written[key] = one
    return written


def _list(given: Any, path: str, converted: list[str]) -> Any:
    if given == {}:
        return None
    if not isinstance(given, list):
        return given
    return [
        _with_texts(one, f"{path}[{number}]", converted) if isinstance(one, dict) else one
        for number, one in enumerate(given)
    ]
