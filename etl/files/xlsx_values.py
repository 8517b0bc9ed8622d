"""A cell of Excel -> the text that its column reads, or why it has none. Pure; no I/O.

Excel keeps numbers as doubles and days as numbers: 1 is 1900-01-01, 60 a 29 February that 1900 did not have.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from etl.files.target import CellType
from etl.files.xlsx_book import FlawedText, NumberFormat
from etl.files.xlsx_sheet import Cell

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?", re.ASCII)
_WHOLE: Final = re.compile(r"-?[0-9]{1,30}", re.ASCII)
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T00:00(?::00(?:\.0+)?)?", re.ASCII)
_DAY_MS: Final = 86_400_000
_LAST_DAY: Final = 2_958_465  # 9999-12-31, counted from 1899-12-30
_DAYS_TO_1904: Final = 1_462
_NO_DAY: Final = 60
_MOST_MOMENTS: Final = 10_000
_BLANKS: Final = " \t\r\n"
_NO_NUMBER: Final = "is not a number as Excel writes them"
_NO_DAY_AT_ALL: Final = "is a time without a day: write both"
_ERROR: Final = "is an error of Excel: correct the cell or empty it"


class Values:
    """Reads the cells of one workbook. `texts` are those that cells name by number."""

    def __init__(self, texts: Sequence[str], formats: Sequence[NumberFormat], *, is_1904: bool) -> None:
        self._texts, self._is_1904 = texts, is_1904
        self._formats = {str(number): shown for number, shown in enumerate(formats)}
        self._formats.setdefault("0", NumberFormat.NUMBER)
        self._formats[""] = self._formats["0"]
        self._moments: dict[tuple[str, str, CellType], tuple[str, str]] = {}

    def text(self, cell: Cell, kind: CellType) -> tuple[str | None, str]:
        """(the cell as text, why it has none)."""
        written, style, value, formula = cell
        if not value and (value is None or written not in ("str", "inlineStr")):
            if formula is None:
                return None, ""
            return f"={formula}", "is a formula without a result: open the file in Excel and save it, or paste values"
        match written:
            case "s":
                return self._shared(value)
            case "n":
                return self._number(value, style, kind)
            case "str" | "inlineStr":
                return _checked(value)
            case "b":
                word = {"1": "true", "0": "false"}.get(value, value)
                return word, "" if word in ("true", "false") else "is neither true nor false"
            case "e":
                return value, _ERROR
            case "d":
                day = _MIDNIGHT.fullmatch(value)
                return (day[1] if day and kind is CellType.TEXT else value), ""
            case _:
                return value, f"is of a kind that Excel does not know ({written[:20]})"

    def _shared(self, number: str) -> tuple[str, str]:
        if number.isdecimal() and len(number) < 10 and int(number) < len(self._texts):
            text = self._texts[int(number)]
            return (text, "") if type(text) is str else _checked(text)
        return number, "names a text that the workbook does not have"

    def _number(self, text: str, style: str, kind: CellType) -> tuple[str, str]:
        shown = self._formats.get(style)
        if shown is NumberFormat.NUMBER:
            if text.isdecimal() and text.isascii() and len(text) < 16:
                return str(int(text)), ""
            text = text.strip(_BLANKS)
            return _plain(text) if _NUMBER.fullmatch(text) else (text, _NO_NUMBER)
        key = (text, style, kind)
        if key not in self._moments:
            if len(self._moments) > _MOST_MOMENTS:
                self._moments.clear()
            text = text.strip(_BLANKS)
            if shown is None:
                self._moments[key] = text, "names a format that the workbook does not have"
            elif not _NUMBER.fullmatch(text):
                self._moments[key] = text, _NO_NUMBER
            else:
                self._moments[key] = self._moment(float(text), shown, kind)
        return self._moments[key]

    def _moment(self, number: float, shown: NumberFormat, kind: CellType) -> tuple[str, str]:
        written = repr(number)
        if not abs(number) < 10 * _LAST_DAY:
            return written, "is outside the days that Excel has"
        milliseconds = round(number * _DAY_MS)
        is_clock = shown is NumberFormat.CLOCK and 0 <= milliseconds < _DAY_MS
        if shown is NumberFormat.DURATION or is_clock:
            return _clock(milliseconds), "" if kind is CellType.TEXT else _NO_DAY_AT_ALL
        if milliseconds < 0:
            return written, "is a day before the first one that Excel has"
        days, rest = divmod(milliseconds, _DAY_MS)
        if self._is_1904:
            days += _DAYS_TO_1904
        elif not days:
            return _clock(rest), _NO_DAY_AT_ALL
        elif days == _NO_DAY:
            return written, "is 29 February 1900 in Excel, a day that the calendar does not have"
        elif days < _NO_DAY:
            days += 1
        if days > _LAST_DAY:
            return written, "is a day after the year 9999"
        moment = datetime(1899, 12, 30) + timedelta(days=days, milliseconds=rest)
        return (moment.date().isoformat() if kind is CellType.TEXT and not rest else moment.isoformat(" ")), ""


def _checked(text: str) -> tuple[str, str]:
    return text, text.reason if isinstance(text, FlawedText) else ""


def _plain(text: str) -> tuple[str, str]:
    """Whole numbers without a point and with all their digits, others with as few as tell the double."""
    if _WHOLE.fullmatch(text):
        return str(int(text)), ""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return text, "is not finite: leave the cell empty"
    return (str(int(number)) if number.is_integer() else repr(number)), ""


def _clock(milliseconds: int) -> str:
    sign, rest = ("-" if milliseconds < 0 else ""), abs(milliseconds)
    seconds, fraction = divmod(rest, 1000)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:03}" if fraction else text
