"""CSV by bytes: where records end, found at once for a whole block, or record by record where the file is odd.

A quote opens a cell only as its first character. Line numbers are those of an editor: a cell may hold line breaks.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from etl.files.block import Lines, Malformed

# From this many surplus cells of a row on, the rest is counted, not parsed.
_MOST_SURPLUS = 1000
_MOST_SHOWN_BYTES = 1024 * 1024
_QUOTE, _LF, _CR = b'"\n\r'


@dataclass(frozen=True)
class CsvFormat:
    """How a CSV file is written. `escape`: the character that makes a quote inside a quoted cell ordinary."""

    delimiter: str = ","
    null: str = ""
    escape: str = '"'

    @property
    def separator(self) -> bytes:
        """The delimiter in UTF-8: one byte."""
        return self.delimiter.encode()

    @cached_property
    def quoted(self) -> re.Pattern[bytes]:
        if self.escape == '"':
            return re.compile(rb'"([^"]*(?:""[^"]*)*)"')
        escape = re.escape(self.escape.encode())
        return re.compile(rb'"([^"%b]*(?:(?:""|%b.)[^"%b]*)*)"' % (escape, escape, escape), re.DOTALL)

    @cached_property
    def plain(self) -> re.Pattern[bytes]:
        return re.compile(rb"[^%b\r\n]*" % re.escape(self.separator))

    def unescaped(self, inner: bytes) -> bytes:
        if self.escape == '"':
            return inner.replace(b'""', b'"')
        # As COPY has it: before anything but a quote and itself the escape is a letter like others.
        escape = re.escape(self.escape.encode())
        return re.sub(rb'"(")|%b("|%b)' % (escape, escape), lambda found: found[1] or found[2], inner)


@dataclass(frozen=True)
class Cut:
    """The whole records at the head of a buffer: they end at `end` and take up `lines_used` lines."""

    end: int
    lines: Lines
    lines_used: int


def cut(buffer: bytes, first_line: int, separator: bytes) -> Cut | None:
    """Where the records of a buffer end; None: quotes or line ends are irregular, so `scan` is needed."""
    if b"\r" in buffer and buffer.count(b"\r") != buffer.count(b"\r\n"):
        return None
    codes = np.frombuffer(buffer, np.uint8)
    breaks = np.flatnonzero(codes == _LF)
    quotes = np.flatnonzero(codes == _QUOTE)
    is_end = np.ones(len(breaks), bool)
    if len(quotes):
        if not _stand_well(codes, quotes, separator):
            return None
        is_end = np.searchsorted(quotes, breaks) % 2 == 0
    ends = breaks[is_end]
    if not len(ends):
        return Cut(0, np.empty(0, np.int64), 0)
    numbers = np.flatnonzero(is_end)
    starts = np.concatenate(([0], ends[:-1] + 1))
    lines = first_line + np.concatenate(([0], numbers[:-1] + 1))
    length = ends - starts
    is_row = (length > 1) | ((length == 1) & (codes[starts] != _CR))  # an empty line is no record
    return Cut(int(ends[-1]) + 1, lines[is_row].astype(np.int64), int(numbers[-1]) + 1)


def _stand_well(codes: "np.ndarray[tuple[int], np.dtype[np.uint8]]", quotes: Lines, separator: bytes) -> bool:
    """Whether every first quote of a pair opens a cell and every second one closes it, or two of them stand for one."""
    opening, closing = quotes[::2], quotes[1::2]
    before = codes[np.maximum(opening - 1, 0)]
    opens = (opening == 0) | np.isin(before, [separator[0], _LF, _QUOTE])
    after = codes[np.minimum(closing + 1, len(codes) - 1)]
    closes = (closing == len(codes) - 1) | np.isin(after, [separator[0], _LF, _CR, _QUOTE])
    return bool(opens.all() and closes.all())


def record_end(buffer: bytes, *, is_quoted: bool) -> tuple[int, bool]:
    """(where the record ends that is under way, 0: not here; whether the buffer ends within quotes)."""
    codes = np.frombuffer(buffer, np.uint8)
    quotes = np.flatnonzero(codes == _QUOTE)
    breaks = np.flatnonzero(codes == _LF)
    ends = breaks[(np.searchsorted(quotes, breaks) + is_quoted) % 2 == 0]
    return (int(ends[0]) + 1 if len(ends) else 0), bool((len(quotes) + is_quoted) % 2)


@dataclass
class Scan:
    """What `scan` found: rows of cells, None for null; `end` and `lines_used` as in Cut."""

    rows: list[list[bytes | None]]
    lines: list[int]
    malformed: list[Malformed]
    end: int = 0
    lines_used: int = 0


def scan(
    buffer: bytes, first_line: int, csv: CsvFormat, cells: int | None, *, is_last: bool, limit: int | None = None
) -> Scan:
    """The whole records at the head of a buffer, one after the other, at most `limit`.

    A record with another number of cells than `cells`, or with a stray quote, is malformed; what follows its line is
    read on.
    """
    found = Scan([], [], [])
    while found.end < len(buffer) and (limit is None or len(found.rows) < limit):
        record = _record(buffer, found.end, csv, cells, is_last=is_last)
        if record is None:
            break
        end, row, reason = record
        text = buffer[found.end : end]
        line = first_line + found.lines_used
        if not reason and cells is not None and row and len(row) != cells:
            reason = f"the row has {len(row)} cells, the file {cells} columns"
        if reason:
            found.malformed.append(Malformed(line, _shown(text), reason))
        elif row:
            found.rows.append(row)
            found.lines.append(line)
        found.end = end
        found.lines_used += text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
    return found


def _shown(text: bytes) -> str:
    """The beginning of a malformed record, for the reject file."""
    shown = text[:_MOST_SHOWN_BYTES].decode(errors="backslashreplace").rstrip("\r\n")
    return f"{shown}…" if len(text) > _MOST_SHOWN_BYTES else shown


def _record(
    buffer: bytes, start: int, csv: CsvFormat, cells: int | None, *, is_last: bool
) -> tuple[int, list[bytes | None], str] | None:
    """(end, cells, reason) of the record at `start`; None: the buffer holds no more than its beginning."""
    offset, row, null = start, list[bytes | None](), csv.null.encode()
    most = None if cells is None else cells + _MOST_SURPLUS
    while True:
        if buffer[offset : offset + 1] == b'"':
            cell = csv.quoted.match(buffer, offset)
            if cell is None:
                if not is_last:
                    return None
                reason = "a quote is opened and not closed: close it, or double it"
                return _refused(buffer, offset, row, reason, is_last=is_last)
            row.append(csv.unescaped(cell[1]))
        else:
            cell = csv.plain.match(buffer, offset)
            assert cell is not None  # noqa: S101  (it matches an empty text)
            row.append(None if cell[0] == null else cell[0])
        offset = cell.end()
        match buffer[offset : offset + 1]:
            case b"":
                if not is_last:
                    return None
                return offset, row if offset > start else [], ""
            case b"\n":
                return offset + 1, row if offset > start else [], ""  # an empty line is no record
            case b"\r":
                if offset + 1 == len(buffer) and not is_last:
                    return None
                end = offset + (2 if buffer[offset + 1 : offset + 2] == b"\n" else 1)
                return end, row if offset > start else [], ""
            case following if following == csv.separator:
                offset += 1
                if len(row) == most and (rest := _plain_rest(buffer, offset)):
                    count = len(row) + 1 + buffer.count(csv.separator, offset, rest)
                    return rest, row, f"the row has {count} cells, the file {cells} columns"
            case _:
                reason = "text follows a closing quote: double the quotes inside a cell"
                return _refused(buffer, offset, row, reason, is_last=is_last)


def _plain_rest(buffer: bytes, offset: int) -> int:
    """Where the line of `offset` ends, if it is in the buffer and has no quote up to there; else 0."""
    end = buffer.find(b"\n", offset) + 1
    return end if buffer.find(b'"', offset, end) < 0 else 0


def _refused(
    buffer: bytes, offset: int, row: list[bytes | None], reason: str, *, is_last: bool
) -> tuple[int, list[bytes | None], str] | None:
    """Malformed up to the end of its line, which must be in the buffer."""
    end = buffer.find(b"\n", offset)
    if end < 0:
        return (len(buffer), row, reason) if is_last else None
    return end + 1, row, reason
