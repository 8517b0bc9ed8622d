"""Numbers for numeric(24,4), written as PostgreSQL reads them: a decimal point, no separators, perhaps an exponent.

One value has one verdict, independent of other cells: PostgreSQL reads what matches `_PLAIN`; all others are
checked and rewritten here, so that Python and PostgreSQL cannot differ on what a number is.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_BOUND: Final = Decimal(10) ** 20
_STEP: Final = Decimal("0.0001")
_ROUNDING: Final = Context(prec=60, rounding=ROUND_HALF_UP)  # as numeric does it: half away from zero
# Always within the type, with any number of digits after the point.
_PLAIN: Final = r"^[+-]?(?:[0-9]{1,19}(?:\.[0-9]{0,100})?|\.[0-9]{1,100})$"
_OVER_4_DECIMALS: Final = r"\.[0-9]{4}[0-9]*[1-9]"
_TOO_LARGE: Final = "is too large: numbers have at most 20 digits before the point"
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?0*[0-9]{1,5})?", re.ASCII)
_COMMA: Final = re.compile(r"[+-]?[0-9\s.]*,[0-9]+", re.ASCII)
_NOT_FINITE: Final = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def check_numbers(values: pa.Array) -> tuple[pa.Array, dict[int, str], int]:
    """(texts for COPY, row -> reason, how many are rounded to 4 decimals)."""
    if pa.types.is_integer(values.type):
        return values.cast(pa.string()), {}, 0
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())
    texts = values if pa.types.is_string(values.type) else values.cast(pa.string())
    plain = pc.match_substring_regex(texts, _PLAIN)
    rounded = pc.sum(pc.and_(plain, pc.match_substring_regex(texts, _OVER_4_DECIMALS))).as_py() or 0
    doubtful = pc.fill_null(pc.invert(plain), False)
    if not pc.any(doubtful).as_py():
        return texts, {}, rounded
    rows = np.flatnonzero(doubtful.to_numpy(zero_copy_only=False))
    faults: dict[int, str] = {}
    written: list[str | None] = []
    for row, text in zip(rows, texts.take(pa.array(rows)).to_pylist(), strict=True):
        try:
            number, is_rounded = normal(text)
        except ValueError as error:
            faults[int(row)], number, is_rounded = str(error), None, False
        written.append(number)
        rounded += is_rounded
    return pc.replace_with_mask(texts, doubtful, pa.array(written, pa.string())), faults, rounded


def normal(text: str) -> tuple[str, bool]:
    """(the number as the column holds it, whether it lost digits). Raises ValueError with the reason why it is none."""
    text = text.strip()
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("is not finite: leave the cell empty")
    if _COMMA.fullmatch(text):
        raise ValueError("has a comma: write a decimal point, and no separators of thousands")
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    number = Decimal(text)
    # A number far beyond the bound would make a text of as many digits.
    if number and number.adjusted() > 19:
        raise ValueError(_TOO_LARGE)
    held = number.quantize(_STEP, context=_ROUNDING) if number and number.adjusted() > -6 else Decimal(0)
    if abs(held) >= _BOUND:
        raise ValueError(_TOO_LARGE)
    return f"{held:f}", held != number
