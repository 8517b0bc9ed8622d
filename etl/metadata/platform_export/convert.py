"""A business object as the platform writes it -> the plain data of a document, and notes of what stays behind.

Sources: answers of the platform's `load-bo-structure`, and its structure exports.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from etl.metadata.field_types import CHOICE_TYPES, DATE_TYPES, PLATFORM_CATEGORIES, Category, FieldType, Native
from etl.metadata.texts import MAX_LABEL, cleaned, joined
from etl.quoting import shown

Plain = dict[str, Any]
_CARRYING: Final = (Category.BO, Category.DICTIONARY, Category.CO)
_FLAGS: Final = (
    "needLoadFromInTables",
    "needUploadToOutTable",
    "useAsKeyInMigration",
    "isUnique",
    "isRequired",
)
_LANGUAGES: Final = ("rus", "kaz", "qaz", "eng")


@dataclass
class Found:
    """Documents by code, still unchecked; what was left out of them; and what carries no data anyway."""

    documents: dict[str, Plain] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def from_export(objects: Iterable[Mapping[str, Any]]) -> Found:
    """The business objects among an export's objects; of the others only the number is reported."""
    found = Found()
    structures: list[Mapping[str, Any]] = []
    others: dict[str, int] = {}
    for one in objects:
        kind = str(one.get("@class", "")).rpartition(".")[2]
        if kind == "BoStructDto":
            structures.append(one)
        else:
            others[kind] = others.get(kind, 0) + 1
    codes = {str(one["oldId"]): str(one.get("code")) for one in structures if one.get("oldId")}
    for one in structures:
        _add(one, _values(one.get("dynamicFields")), found, codes)
    found.others += [f"{number} × {shown(kind)}: not of business objects" for kind, number in sorted(others.items())]
    return found


def from_answer(answer: Mapping[str, Any]) -> Found:
    """The one business object of a `load-bo-structure` answer.

    Of a field only `id`, `code` and `label` are public there: a field that does not say its `type` is left out.
    """
    found = Found()
    names = {"rus": "name", "kaz": "nameKaz", "qaz": "nameQaz", "eng": "nameEng"}
    name = {language: answer[key] for language, key in names.items() if answer.get(key)}
    structure = {"code": answer.get("boCode"), "category": answer.get("boType"), "name": name}
    _add(structure, _values(answer.get("fields")), found, {})
    return found


def _values(entries: Any) -> list[Mapping[str, Any]]:
    return [one for one in entries.values() if isinstance(one, Mapping)] if isinstance(entries, Mapping) else []


def _add(one: Mapping[str, Any], fields: list[Mapping[str, Any]], found: Found, codes: Mapping[str, str]) -> None:
    code = str(one.get("code") or "")
    word = str(one.get("category") or "")
    category = PLATFORM_CATEGORIES.get(word, word)
    if category not in _CARRYING:
        found.others.append(f"{shown(code)}: an object of category {shown(word)} carries no data")
        return
    if code in found.documents:
        found.left_out.append(f"{shown(code)}: the code stands twice; the first one counts")
        return
    plain: Plain = {"code": code, "category": str(category)}
    if label := _label(one.get("name")):
        plain["name"] = label
    if isinstance(one.get("orderIndex"), int):
        plain["orderIndex"] = one["orderIndex"]
    members = [str(member.get("code")) for member in one.get("bos") or () if isinstance(member, Mapping)]
    if members and category == Category.CO:
        plain["bos"] = members
    plain["fields"] = [_field(entry, code, found, codes) for entry in fields if _has_type(entry, code, found)]
    if natives := _natives(one.get("nativeFields"), code, found):
        plain["nativeFields"] = natives
    found.documents[code] = plain


def _has_type(entry: Mapping[str, Any], owner: str, found: Found) -> bool:
    name = f"{owner}.{entry.get('code')}"
    if entry.get("type") not in list(FieldType):
        what = shown(entry["type"]) if entry.get("type") else "missing"
        found.left_out.append(f"{shown(name)}: its type is {what}")
        return False
    return True


def _field(entry: Mapping[str, Any], owner: str, found: Found, codes: Mapping[str, str]) -> Plain:
    kind = FieldType(entry["type"])
    plain: Plain = {"code": str(entry.get("code")), "type": str(kind)}
    if label := _label(entry.get("label")):
        plain["label"] = label
    plain |= {flag: True for flag in _FLAGS if entry.get(flag) is True}
    minutes = entry.get("inMigrationTimezoneMinutes")
    if minutes and kind in DATE_TYPES:
        plain["inMigrationTimezoneMinutes"] = minutes
    if kind in CHOICE_TYPES:
        plain |= _choices(entry.get("fieldOptionsStruct"))
    elif kind in (FieldType.BO, FieldType.CO):
        plain |= _target(entry, kind, codes)
    sources = [one for one in entry.get("boFieldCodes") or () if isinstance(one, Mapping)]
    if sources:
        plain["boFieldCodes"] = [{key: str(one.get(key)) for key in ("boCode", "fieldCode")} for one in sources]
    if kind is FieldType.QUESTIONNAIRE and entry.get("questionnaires"):
        found.left_out.append(f"{shown(owner + '.' + plain['code'])}: the questions; the field itself is carried")
    return plain


def _choices(options: Any) -> Plain:
    if not isinstance(options, Mapping):
        return {}
    if options.get("optionSource") == "FROM_BO":
        dictionary = options.get("dictionaryBoInfo")
        return {"dictionary": str(dictionary.get("code"))} if isinstance(dictionary, Mapping) else {}
    entries = _values(options.get("options"))
    ordered = sorted(entries, key=lambda one: _order(one.get("fieldOption")))
    return {"options": [_option(one) for one in ordered if isinstance(one.get("fieldOption"), Mapping)]}


def _order(option: Any) -> tuple[int, str]:
    index = option.get("orderIndex") if isinstance(option, Mapping) else None
    return (index if isinstance(index, int) else 0, str(option.get("code")) if isinstance(option, Mapping) else "")


def _option(entry: Mapping[str, Any]) -> Plain:
    option = entry["fieldOption"]
    plain: Plain = {"code": str(option.get("code"))}
    if entry.get("newOptionId"):
        plain["id"] = str(entry["newOptionId"])
    if label := _label(option.get("label")):
        plain["label"] = label
    return plain


def _target(entry: Mapping[str, Any], kind: FieldType, codes: Mapping[str, str]) -> Plain:
    reference = entry.get("boRefStruct")
    info = reference.get("boInfo") if isinstance(reference, Mapping) else None
    code = info.get("code") if isinstance(info, Mapping) else codes.get(str(entry.get("oldRefBoId")))
    plain: Plain = {str(kind).lower(): str(code)} if code else {}
    if entry.get("viewType"):
        plain["viewType"] = str(entry["viewType"])
    return plain


def _natives(entries: Any, owner: str, found: Found) -> list[Plain]:
    carried = []
    for code, entry in entries.items() if isinstance(entries, Mapping) else ():
        if not isinstance(entry, Mapping) or entry.get("needUploadToOutTable") is not True:
            continue
        if code in list(Native):
            carried.append({"code": code, "needUploadToOutTable": True})
        else:
            found.left_out.append(f"{shown(owner + '.' + code)}: an unknown native field")
    return carried


def _label(label: Any) -> Any:
    if isinstance(label, str):
        return _text(label)
    if not isinstance(label, Mapping):
        return None
    return {language: _text(str(label[language])) for language in _LANGUAGES if label.get(language)}


def _text(text: str) -> str:
    return cleaned(joined(text))[:MAX_LABEL]
