"""What the JSON of each structured field must look like."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from etl.metadata.field_types import FieldType

_LANGUAGES = {"RUS", "KAZ", "QAZ", "ENG"}
_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)"


def shape_fault(kind: FieldType, raw: str) -> str:
    """The code of what is wrong with a text, "" when nothing is. A text in languages may also be a plain one."""
    fits = _SHAPES.get(kind)
    if fits is None or (fits is _is_in_languages and not re.match(r"\s*\{", raw)):
        return ""
    try:
        parsed = json.loads(raw, parse_constant=_refuse)
    except ValueError:
        return "JSON_INVALID"
    return "" if fits(parsed) else "JSON_SHAPE"


def _refuse(word: str) -> None:
    raise ValueError(word)


def _is_period(parsed: Any) -> bool:
    return (
        isinstance(parsed, dict)
        and {"startDate", "endDate"} <= parsed.keys()
        and all(_is_instant(parsed[end]) for end in ("startDate", "endDate"))
    )


def _is_instant(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, str) or not re.fullmatch(_INSTANT, value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_place(parsed: Any) -> bool:
    return isinstance(parsed, dict) and all(_is_number(parsed.get(key)) for key in ("lat", "lon"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_checklist(parsed: Any) -> bool:
    return isinstance(parsed, list) and all(
        isinstance(line, dict) and isinstance(line.get("checked"), bool) and isinstance(line.get("label"), str | dict)
        for line in parsed
    )


def _is_questionnaire(parsed: Any) -> bool:
    return isinstance(parsed, list) and all(_has_texts(answer, "rowId", "columnId") for answer in parsed)


def _is_progress(parsed: Any) -> bool:
    if isinstance(parsed, dict):
        return all(isinstance(color, str) for color in parsed.values())
    return isinstance(parsed, list) and all(_has_texts(step, "stepCode", "color") for step in parsed)


def _has_texts(value: Any, *keys: str) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in keys)


def _is_in_languages(parsed: Any) -> bool:
    return (
        isinstance(parsed, dict)
        and parsed.keys() <= _LANGUAGES
        and all(isinstance(words, str | None) for words in parsed.values())
    )


_SHAPES: dict[FieldType, Callable[[Any], bool]] = {
    FieldType.PERIOD: _is_period,
    FieldType.PERIOD_TIME: _is_period,
    FieldType.GEO_POINT: _is_place,
    FieldType.CHECKLIST: _is_checklist,
    FieldType.QUESTIONNAIRE: _is_questionnaire,
    FieldType.PROGRESS_BAR: _is_progress,
    FieldType.INPUT_TEXT_LANG: _is_in_languages,
    FieldType.TEXTAREA_LANG: _is_in_languages,
}
