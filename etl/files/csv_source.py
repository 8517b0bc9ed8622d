"""A CSV file as blocks of rows: by bytes where it is well-formed, else record by record."""

import codecs
import gzip
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv

from etl.errors import ConfigurationError, Problem
from etl.files.block import Block, Malformed
from etl.files.csv_text import CsvFormat, Cut, cut, record_end, scan
from etl.files.header import ColumnLayout
from etl.files.unreadable import Growth, unreadable

_CHUNK_BYTES = 4 * 1024 * 1024
# A record of more bytes is never held in memory; a row of this size could hardly be dumped from the store.
_MAX_RECORD_BYTES = 256 * 1024 * 1024
_SHOWN_BYTES = 1000
_MOST_HEADER_BYTES = 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_FOREIGN: Final = {
    b"PK\x03\x04": "an archive or a workbook (zip)",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ\0": "packed with xz",
    b"PAR1": "a Parquet file",
}
_NOT_UTF8 = "is not in the encoding of the file: name it with --encoding, e.g. cp1251"


class CsvReader:
    """The bytes of a file in UTF-8, chunk by chunk, and the first line's record."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
        self._encoding = encoding

    def chunks(self) -> Generator[tuple[bytes, int], None, None]:
        """(bytes in UTF-8, how much of the file has been read). Raises ConfigurationError when it is damaged."""
        decoder = codecs.getincrementaldecoder(self._encoding)(errors="surrogateescape")
        is_first = True
        for chunk, done in self._pieces():
            if is_first and self._is_utf8:
                self._refuse_utf16(chunk)
            if not self._is_utf8:
                chunk = self._recoded(decoder, chunk)
            yield chunk.removeprefix(codecs.BOM_UTF8) if is_first else chunk, done
            is_first = False
        if rest := self._recoded(decoder, b"", is_last=True):
            yield rest, self.size

    def _pieces(self) -> Iterator[tuple[bytes, int]]:
        """The file's bytes, unpacked if they are packed, as its first bytes tell, not its name."""
        with self.path.open("rb") as raw:
            magic = raw.read(6)
            raw.seek(0)
            for one, what in _FOREIGN.items():
                if magic.startswith(one):
                    raise unreadable(self.path, f"is {what}: unpack it first, or pack it with gzip")
            if not magic.startswith(_GZIP):
                if self.path.suffix.lower() == ".gz" and magic:
                    raise unreadable(self.path, "is not packed with gzip, as its name says")
                while chunk := raw.read(_CHUNK_BYTES):
                    yield chunk, raw.tell()
                return
            growth = Growth(self.path, self.size)
            try:
                with gzip.GzipFile(fileobj=raw) as file:
                    while chunk := file.read(_CHUNK_BYTES):
                        growth.add(len(chunk))
                        yield chunk, raw.tell()
            except (OSError, EOFError, zlib.error) as error:
                raise unreadable(self.path, f"it is cut off, or its bytes are damaged: {error}") from error

    def _recoded(self, decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_last: bool = False) -> bytes:
        # What is no letter of the encoding becomes a byte that is none in UTF-8 either, and so is found in its cell.
        try:
            return decoder.decode(chunk, is_last).encode("utf-8", "surrogateescape")
        except UnicodeError as error:
            message = f"is not in the encoding {self._encoding}: {error}; name another one with --encoding"
            raise ConfigurationError(Problem(message, str(self.path))) from error

    def _refuse_utf16(self, chunk: bytes) -> None:
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise ConfigurationError(Problem("is in UTF-16: say --encoding utf-16", str(self.path)))

    def head(self) -> tuple[bytes, bool]:
        """(beginning of the file up to the longest header, whether that is the whole file)."""
        pieces = self.chunks()
        head, _ = next(pieces, (b"", 0))
        is_whole = len(head) <= _MOST_HEADER_BYTES and next(pieces, None) is None
        pieces.close()
        return head[:_MOST_HEADER_BYTES], is_whole


class CsvSource:
    """A CSV file with a layout. `skipped` counts the bytes and lines of its header."""

    def __init__(self, reader: CsvReader, csv: CsvFormat, layout: ColumnLayout, skipped: tuple[int, int]) -> None:
        self.name = str(reader.path)
        self.size = reader.size
        self.layout = layout
        self._reader = reader
        self._csv = csv
        self._skipped = skipped
        names = [str(cell) for cell in range(layout.cells)]
        wanted = [str(position) for position in layout.positions]
        self._read = pa.csv.ReadOptions(column_names=names, block_size=_MAX_RECORD_BYTES)
        self._convert = pa.csv.ConvertOptions(
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[csv.null],
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
        )

    def blocks(self) -> Iterator[Block]:
        """The rows after the header. A record that a chunk cuts in two is read with the next one."""
        skipped, line = self._skipped
        held: list[bytes] = []
        size, done, wanted = 0, 0, 0
        chunks = self._reader.chunks()
        for chunk, done in chunks:
            held.append(chunk)
            size += len(chunk)
            if size <= skipped or size < wanted:
                continue  # of a record that is larger than a chunk, more is read before it is tried again
            rest = b"".join(held)[skipped:]
            skipped = 0
            block, end, lines = self._block(rest, line, done, is_last=False)
            if block is not None:
                yield block
            rest, line = rest[end:], line + lines
            if len(rest) > _MAX_RECORD_BYTES:
                block, rest, lines = self._passed_over(rest, line, chunks)
                line += lines
                yield block
            held, size = [rest], len(rest)
            wanted = 0 if end else 2 * size
        if rest := b"".join(held)[skipped:]:
            block, _, _ = self._block(rest, line, done, is_last=True)
            if block is not None:
                yield block

    def _passed_over(self, begun: bytes, line: int, chunks: Iterator[tuple[bytes, int]]) -> tuple[Block, bytes, int]:
        """(its fault, the bytes after it, its lines) of a record that is too large for memory."""
        breaks, is_quoted, rest = begun.count(b"\n"), bool(begun.count(b'"') % 2), b""
        for rest, done in chunks:
            end, is_quoted = record_end(rest, is_quoted=is_quoted)
            breaks += rest.count(b"\n", 0, end if end else len(rest))
            if end:
                reason = f"the row has over {_MAX_RECORD_BYTES:,} bytes"
                fault = Malformed(line + 1, begun[:_SHOWN_BYTES].decode(errors="backslashreplace") + "…", reason)
                none = tuple(pa.array([], pa.string()) for _ in self.layout.positions)
                return Block(none, np.empty(0, np.int64), done, (fault,)), rest[end:], breaks
        raise ConfigurationError(Problem("a record begins here that has no end", self.name, line + 1))

    def _block(self, buffer: bytes, line: int, done: int, *, is_last: bool) -> tuple[Block | None, int, int]:
        """(block, bytes used, lines used) of the whole records at the head of the buffer, after `line` lines."""
        if is_last and not buffer.endswith(b"\n"):
            buffer += b"\n"
        # The second character of a line end may not have been read yet.
        found = cut(buffer.removesuffix(b"\r"), line + 1, self._csv.separator) if self._csv.escape == '"' else None
        if found is not None and not (is_last and found.end < len(buffer)):
            if not len(found.lines):
                return None, found.end, found.lines_used
            if (block := self._parsed(buffer, found, done)) is not None:
                return block, found.end, found.lines_used
        return self._scanned(buffer, line, done, is_last=is_last)

    def _parsed(self, buffer: bytes, found: Cut, done: int) -> Block | None:
        """None where a record has too many cells or too few, or a cell is not in UTF-8."""
        parse = pa.csv.ParseOptions(
            delimiter=self._csv.delimiter, newlines_in_values=len(found.lines) < found.lines_used
        )
        try:
            table = pa.csv.read_csv(
                pa.BufferReader(pa.py_buffer(memoryview(buffer)[: found.end])),
                read_options=self._read,
                parse_options=parse,
                convert_options=self._convert,
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != len(found.lines):
            return None
        return Block(tuple(column.combine_chunks() for column in table.columns), found.lines, done)

    def _scanned(self, buffer: bytes, line: int, done: int, *, is_last: bool) -> tuple[Block | None, int, int]:
        found = scan(buffer, line + 1, self._csv, self.layout.cells, is_last=is_last)
        faults: dict[tuple[int, int | None], str] = {}
        columns = []
        for number, position in enumerate(self.layout.positions):
            cells = [row[position] for row in found.rows]
            columns.append(_texts(cells, number, faults))
        block = Block(tuple(columns), np.array(found.lines, np.int64), done, tuple(found.malformed), faults)
        return (block if found.end else None), found.end, found.lines_used


def _texts(cells: list[bytes | None], column: int, faults: dict[tuple[int, int | None], str]) -> pa.Array:
    try:
        return pa.array(cells, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        texts = []
        for row, cell in enumerate(cells):
            try:
                texts.append(None if cell is None else cell.decode())
            except UnicodeDecodeError:
                faults[row, column] = _NOT_UTF8
                texts.append(None if cell is None else cell.decode(errors="backslashreplace"))
        return pa.array(texts, pa.string())
