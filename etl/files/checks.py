"""Cells against the type of their column: a whole column at once if all cells are good, else cell by cell.

Receives a column of a file, returns the texts that COPY gets and, per bad cell, why it is bad.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.numbers import check_numbers
from etl.files.target import CellType, InColumn
from etl.files.times import check_times, moment_texts

_TRUE: Final = ("true", "t", "yes", "y", "on", "1")
_FALSE: Final = ("false", "f", "no", "n", "off", "0")
_WORDS: Final = pa.array([*_TRUE, *_FALSE])
_HEX: Final = r"^\\x([0-9a-fA-F]{2})*$"


@dataclass
class Checked:
    """`texts` as COPY gets them, null for null; `faults`: row -> reason; `rounded` numbers have over 4 decimals."""

    texts: pa.Array
    faults: dict[int, str] = field(default_factory=dict)
    rounded: int = 0


def fits(column: InColumn, kind: pa.DataType) -> bool:
    """Whether a typed file's column can fill the column at all."""
    kinds = pa.types
    if kinds.is_dictionary(kind):
        kind = kind.value_type
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind) or kinds.is_null(kind):
        return True
    number = kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind)
    time = kinds.is_date(kind) or kinds.is_timestamp(kind)
    match column.kind:
        case CellType.TEXT:
            return bool(number or time or kinds.is_boolean(kind))
        case CellType.NUMBER:
            return bool(number)
        case CellType.TIME:
            return bool(time)
        case CellType.BOOL:
            return bool(kinds.is_boolean(kind) or kinds.is_integer(kind))
        case CellType.BYTES:
            return bool(kinds.is_binary(kind) or kinds.is_large_binary(kind))


def check(column: InColumn, values: pa.Array, max_bytes: int) -> Checked:
    """The column's cells as texts, and what is wrong with them. Raises nothing: a bad cell is a fault."""
    values = _plain(values)
    if not column.keeps_empty and pa.types.is_string(values.type):
        values = _without_empty(values)
    checked = _CHECKS[column.kind](column, values)
    if values.nbytes > max_bytes:
        _refuse_large(checked, max_bytes)
    return checked


def _plain(values: pa.Array) -> pa.Array:
    """Converts Arrow's other kinds of text columns to plain ones."""
    kinds = pa.types
    if kinds.is_dictionary(values.type):
        values = values.dictionary_decode()
    if kinds.is_large_string(values.type) or kinds.is_string_view(values.type) or kinds.is_null(values.type):
        values = values.cast(pa.string())
    return values


def _without_empty(values: pa.Array) -> pa.Array:
    lengths = pc.binary_length(values)
    if pc.min(lengths).as_py() != 0:
        return values
    return pc.if_else(pc.equal(lengths, 0), pa.scalar(None, pa.string()), values)


def _text(column: InColumn, values: pa.Array) -> Checked:
    checked = Checked(values) if pa.types.is_string(values.type) else _written(values)
    texts = checked.texts
    if _holds_zero_byte(texts):
        _mark(checked, pc.match_substring(texts, "\0"), lambda _: "holds a zero byte, which PostgreSQL cannot keep")
    if column.max_length and (pc.max(pc.binary_length(texts)).as_py() or 0) > column.max_length:
        lengths = pc.utf8_length(texts)
        _mark(
            checked,
            pc.greater(lengths, column.max_length),
            lambda row: f"has {lengths[row].as_py()} characters, {column.name} holds {column.max_length}",
        )
    return checked


def _written(values: pa.Array) -> Checked:
    """Values of a typed file as texts: whole numbers without `.0` or exponent, times as ISO 8601."""
    if pa.types.is_floating(values.type):
        texts = [None if v is None else str(int(v)) if v.is_integer() else repr(v) for v in values.to_pylist()]
        return Checked(pa.array(texts, pa.string()))
    if pa.types.is_decimal(values.type) and values.type.scale < 0:
        return Checked(pa.array([None if v is None else f"{v:f}" for v in values.to_pylist()], pa.string()))
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        return Checked(*moment_texts(values))
    return Checked(values.cast(pa.string()))


def _number(column: InColumn, values: pa.Array) -> Checked:
    return Checked(*check_numbers(values))


def _time(column: InColumn, values: pa.Array) -> Checked:
    return Checked(*check_times(values, column.zone_minutes, column.short))


def _bool(column: InColumn, values: pa.Array) -> Checked:
    texts = values if pa.types.is_string(values.type) else values.cast(pa.string())
    words = pc.ascii_lower(pc.ascii_trim_whitespace(texts))
    checked = Checked(pc.fill_null(words, "false") if column.name == "removed" else words)
    bad = pc.and_kleene(pc.is_valid(words), pc.invert(pc.is_in(words, value_set=_WORDS)))
    _mark(checked, bad, lambda _: "is neither true nor false: write true, false, yes, no, 1 or 0")
    return checked


def _bytes(column: InColumn, values: pa.Array) -> Checked:
    if not pa.types.is_string(values.type):
        texts = [None if content is None else "\\x" + content.hex() for content in values.to_pylist()]
        return Checked(pa.array(texts, pa.large_string()))
    checked = Checked(values)
    bad = pc.invert(pc.match_substring_regex(values, _HEX))
    _mark(checked, bad, lambda _: "is not file content: write bytes as \\x and two hexadecimal digits each")
    return checked


_CHECKS: Final[dict[CellType, Callable[[InColumn, pa.Array], Checked]]] = {
    CellType.TEXT: _text,
    CellType.NUMBER: _number,
    CellType.TIME: _time,
    CellType.BOOL: _bool,
    CellType.BYTES: _bytes,
}


def _refuse_large(checked: Checked, max_bytes: int) -> None:
    lengths = pc.binary_length(checked.texts)
    _mark(
        checked, pc.greater(lengths, max_bytes), lambda row: f"has {lengths[row]} bytes, maxValueBytes is {max_bytes}"
    )


def _mark(checked: Checked, bad: pa.Array, reason: Callable[[int], str]) -> None:
    if pc.any(bad).as_py():
        for row in np.flatnonzero(pc.fill_null(bad, False).to_numpy(zero_copy_only=False)):
            checked.faults.setdefault(int(row), reason(int(row)))


def _holds_zero_byte(texts: pa.Array) -> bool:
    data = texts.buffers()[2]
    return data is not None and b"\0" in data.to_pybytes()
