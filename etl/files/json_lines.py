"""A file of JSON lines as blocks of rows: one object a line, whose keys are columns; what is missing is null."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from etl.files.block import Block, Malformed
from etl.files.csv_source import CsvReader
from etl.files.header import ColumnLayout
from etl.files.target import InTable, suggestion
from etl.quoting import fold, shown

SUFFIXES: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_MAX_LINE_BYTES: Final = 256 * 1024 * 1024
_SHOWN_BYTES: Final = 1000
_TOO_LONG: Final = f"the line has over {_MAX_LINE_BYTES:,} bytes"


class _Refused(Exception):
    """A line that is no row."""


class JsonLinesSource:
    """A file of JSON lines. Numbers keep all their digits; lists and objects are texts of JSON."""

    def __init__(self, path: Path, table: InTable) -> None:
        self.name = str(path)
        self._reader = CsvReader(path, "utf-8")
        self.size = self._reader.size
        self.layout = ColumnLayout(len(table.columns), tuple(range(len(table.columns))), table.columns)
        self._table = table
        self._positions = {fold(column.name): number for number, column in enumerate(table.columns)}

    def blocks(self) -> Iterator[Block]:
        """The rows, in the file's order. Empty lines are none."""
        line = 1
        for lines, done in self._lines():
            block = self._block(lines, line, done)
            line += len(lines)
            yield block

    def _lines(self) -> Iterator[tuple[list[bytes], int]]:
        held = b""
        done = 0
        for chunk, done in self._reader.chunks():
            *whole, held = (held + chunk).split(b"\n")
            if len(held) > _MAX_LINE_BYTES:
                whole, held = [*whole, held], b""
            if whole:
                yield whole, done
        if held:
            yield [held], done

    def _block(self, lines: list[bytes], first: int, done: int) -> Block:
        cells: list[list[str | None]] = [[] for _ in self.layout.columns]
        numbers: list[int] = []
        malformed: list[Malformed] = []
        for number, text in enumerate(lines, first):
            if not text.strip():
                continue
            try:
                row = self._row(text)
            except _Refused as refusal:
                malformed.append(Malformed(number, text[:_SHOWN_BYTES].decode(errors="backslashreplace"), str(refusal)))
                continue
            numbers.append(number)
            for column, value in zip(cells, row, strict=True):
                column.append(value)
        columns = tuple(pa.array(one, pa.string()) for one in cells)
        return Block(columns, np.array(numbers, np.int64), done, tuple(malformed))

    def _row(self, text: bytes) -> list[str | None]:
        if len(text) > _MAX_LINE_BYTES:
            raise _Refused(_TOO_LONG)
        try:
            # Numbers as they are written: a float would lose digits.
            found = json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
        except UnicodeDecodeError as error:
            raise _Refused("is not in UTF-8") from error
        except (ValueError, RecursionError) as error:
            raise _Refused(f"is not JSON: {str(error) or 'it is nested too deep'}") from error
        if not isinstance(found, dict):
            raise _Refused("is no JSON object: write one object a line")
        row: list[str | None] = [None] * len(self.layout.columns)
        for key, value in found.items():
            row[self._position(key)] = _text(value)
        return row

    def _position(self, key: str) -> int:
        position = self._positions.get(fold(key))
        if position is None:
            known = [column.name for column in self.layout.columns]
            near = suggestion(key, known)
            raise _Refused(f"{shown(key)} is not a column of {self._table.name}{near}; columns: {', '.join(known)}")
        return position


def _refuse_constant(word: str) -> Any:
    raise _Refused(f"is not JSON: {word} is no number")


def _text(value: Any) -> str | None:
    """Numbers come as texts already. A lone surrogate would be no UTF-8."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _Refused("holds half of a surrogate pair, which is no letter") from error
    return text
