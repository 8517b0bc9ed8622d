"""What pydantic found wrong, said as a person would say it, at its line."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from etl.errors import Problem
from etl.metadata.business_object import BusinessObject
from etl.metadata.document import Document, Path
from etl.metadata.field import BoFieldCode, Field, Label, NativeField, Option
from etl.metadata.field_types import NOT_TYPES
from etl.metadata.names import CODE_RULE, is_code
from etl.metadata.texts import MAX_LABEL, fault_of
from etl.quoting import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_MODELS: Final[dict[str, type[BaseModel]]] = {
    "fields": Field,
    "options": Option,
    "boFieldCodes": BoFieldCode,
    "nativeFields": NativeField,
    "label": Label,
    "name": Label,
}
_WANTED: Final = {
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "tuple_type": "a list",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
}


def problem(path: str, name: str, document: Document, error: "ErrorDetails") -> Problem:
    """The fault of a document at the path of a file, its object named by `name` where it cannot name itself."""
    where = tuple(error["loc"])
    return Problem(_message(error), path, document.line(where), _key(name, document.data, where))


def similar(word: str, known: Iterable[str]) -> str:
    """`: did you mean …?`, or nothing when no known word is near; capitals do not matter."""
    by_fold = {k.lower(): k for k in known}
    near = get_close_matches(word.lower(), by_fold, n=1, cutoff=0.5)
    return f": did you mean `{by_fold[near[0]]}`?" if near else ""


def _key(name: str, data: dict[str, Any], where: Path) -> str:
    """`Client.IIN`: the codes of object and field, as far as they are codes."""
    code = data.get("code")
    parts = [code if isinstance(code, str) and is_code(code) else name]
    if len(where) > 1 and where[0] in ("fields", "nativeFields") and isinstance(where[1], int):
        parts.append(_entry_name(data[str(where[0])], where[1]))
    return ".".join(parts)


def _entry_name(entries: Any, index: int) -> str:
    entry = list(entries.values())[index] if isinstance(entries, dict) else entries[index]
    code = entry.get("code") if isinstance(entry, dict) else None
    return code if isinstance(code, str) and is_code(code) else f"field number {index + 1}"


def _message(error: "ErrorDetails") -> str:
    kind, key, value = error["type"], str(error["loc"][-1]), error["input"]
    if kind == "extra_forbidden":
        return f"unknown key {shown(key)}{similar(key, _known_keys(error['loc']))}"
    if kind == "missing":
        return f"the key `{key}` is missing: add it"
    if kind == "enum":
        return _unknown_word(key, str(value), error)
    if key == "code" and kind.startswith("string_") and kind != "string_type" and "options" not in error["loc"]:
        return f"{shown(value)} is not a code: {CODE_RULE}"
    if kind in _WANTED:
        return f"{_subject(error['loc'])} must be {_WANTED[kind]}, not {_found(value)}"
    if kind == "unsound_text":
        return str(error["msg"])
    if kind.startswith("string_") and isinstance(value, str) and (fault := fault_of(value)):
        return fault
    if kind == "string_too_long" and key in Label.model_fields:
        return f"the text is {len(value):,} characters long: a label has at most {MAX_LABEL:,}"
    if kind.startswith("string_"):
        return f"`{key}` is {shown(value)}: it must be 1 to 32 printable characters, as an in_ table keeps no more"
    return f"`{key}` is {shown(value)}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _found(value: Any) -> str:
    """A refused value; a wrong kind of container is named, since its contents would fill the screen."""
    named = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value))
    return named or shown(value)


def _subject(where: tuple[int | str, ...]) -> str:
    last = where[-1]
    return f"`{last}`" if isinstance(last, str) else f"entry {last + 1} of `{where[-2]}`"


def _unknown_word(key: str, word: str, error: "ErrorDetails") -> str:
    meant = NOT_TYPES.get(word.upper()) if key == "type" else None
    expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "")
    known = [part.strip() for part in expected.replace(" or ", ", ").split(",")]
    hint = f": did you mean `{meant}`?" if meant else similar(word, known)
    return f"unknown {key} {shown(word)}{hint or ': it must be one of ' + ', '.join(known)}"


def _known_keys(where: tuple[int | str, ...]) -> list[str]:
    around = [part for part in where[:-1] if isinstance(part, str)]
    model = _MODELS[around[-1]] if around else BusinessObject
    return [f.alias or name for name, f in model.model_fields.items()]
