"""Numbers for numeric(24,4), written as PostgreSQL reads them: a decimal point, no separators, perhaps an exponent."""

import re
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_TYPE: Final = pa.decimal128(24, 4)
_BOUND: Final = Decimal(10) ** 20
_STEP: Final = Decimal("0.0001")
# Surely within the type, whatever comes behind the point.
_SMALL: Final = r"^[+-]?(?:[0-9]{1,19}(?:\.[0-9]*)?|\.[0-9]+)$"
_OVER_4_DECIMALS: Final = r"\.[0-9]{4}[0-9]*[1-9]"
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?", re.ASCII)
_COMMA: Final = re.compile(r"[+-]?[0-9\s.]*,[0-9]+", re.ASCII)
_NOT_FINITE: Final = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def check_numbers(values: pa.Array) -> tuple[pa.Array, dict[int, str], int]:
    """(texts for COPY, row -> reason, how many are rounded to 4 decimals)."""
    if pa.types.is_integer(values.type):
        return values.cast(pa.string()), {}, 0
    texts = values if pa.types.is_string(values.type) else values.cast(pa.string())
    try:
        pc.cast(texts, _TYPE)
    except pa.ArrowInvalid:
        return _check_each(texts)
    return texts, {}, 0


def _check_each(texts: pa.Array) -> tuple[pa.Array, dict[int, str], int]:
    doubtful = pc.fill_null(pc.invert(pc.match_substring_regex(texts, _SMALL)), False)
    faults: dict[int, str] = {}
    rows = np.flatnonzero(doubtful.to_numpy(zero_copy_only=False))
    for row, text in zip(rows, texts.take(pa.array(rows)).to_pylist(), strict=True):
        if reason := objection(text):
            faults[int(row)] = reason
    rounded = pc.sum(pc.match_substring_regex(texts, _OVER_4_DECIMALS)).as_py() or 0
    return texts, faults, rounded


def objection(text: str) -> str:
    """Why a text is no number for the column; empty: it is one."""
    text = text.strip()
    if _NOT_FINITE.fullmatch(text):
        return "is not finite: leave the cell empty"
    if _COMMA.fullmatch(text):
        return "has a comma: write a decimal point, and no separators of thousands"
    if not _NUMBER.fullmatch(text):
        return "is no number"
    # Rounded as the column does it; a number far beyond it would make a text of as many digits.
    number = Decimal(text)
    if number and (number.adjusted() > 19 or abs(number) + _STEP / 2 >= _BOUND):
        return "is too large: numbers have at most 20 digits before the point"
    return ""
