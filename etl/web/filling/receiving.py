"""A body of parts (multipart/form-data) with one file: its fields into memory, the file into the spool, block by block.

What comes is bounded by count, never by what it says of itself.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import anyio.to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from etl.web.filling.spool import FULL, Spool, no_space
from etl.web.problems import RequestProblem, bad_request
from etl.web.texts.sentence import sentence_of

_FILE: Final = "file"
_MOST_FIELDS: Final = 20
_MOST_FIELD_BYTES: Final = 16 * 1024
_LONGEST_NAME: Final = 200
_BLOCK_BYTES: Final = 1 << 20
# How often the free space of the disk is asked for meanwhile.
_BYTES_BETWEEN_CHECKS: Final = 16 << 20
# A sender may begin slowly; from then on it has to keep to a speed, or it would hold its share for days.
GRACE_SECONDS: Final = 60.0
SLOWEST_BYTES_PER_SECOND: Final = 8 * 1024


@dataclass
class Received:
    """A file in the spool, not kept yet, and the fields beside it. `name`: its sender's, without folders."""

    token: str
    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    bytes: int = 0
    digest: str = ""


async def receive(kind: str, blocks: AsyncIterator[bytes], spool: Spool) -> Received:
    """Receives a body whose header Content-Type is `kind`. Raises RequestProblem, and leaves nothing then."""
    what, options = parse_options_header(kind)
    boundary = options.get(b"boundary", b"")
    if what != b"multipart/form-data" or not boundary:
        raise bad_request(sentence_of("sentence.no_form"))
    token, file = await anyio.to_thread.run_sync(spool.new_incoming)
    try:
        body = _Body(boundary, Received(token), file, spool)
        await _feed(body, blocks)
        body.received.digest = body.digest.hexdigest()
        if not body.has_file or not body.received.name:
            raise bad_request(sentence_of("sentence.no_file"))
        return body.received
    except BaseException as error:
        await anyio.to_thread.run_sync(spool.drop_incoming, token)
        if isinstance(error, OSError) and error.errno in FULL:
            raise no_space() from error
        raise
    finally:
        os.close(file)


async def _feed(body: "_Body", blocks: AsyncIterator[bytes]) -> None:
    begun, checked_at = time.monotonic(), 0
    try:
        async for block in blocks:
            if block:
                body.parser.write(block)
            if body.pending_bytes >= _BLOCK_BYTES:
                await anyio.to_thread.run_sync(body.write)
            if body.received.bytes - checked_at > _BYTES_BETWEEN_CHECKS:
                checked_at = body.received.bytes
                await anyio.to_thread.run_sync(partial(body.spool.refuse_full_disk, 0))
            seconds = time.monotonic() - begun
            if seconds > GRACE_SECONDS and body.counted < seconds * SLOWEST_BYTES_PER_SECOND:
                raise RequestProblem(408, "too_slow", sentence_of("sentence.file_too_slow"), {"Connection": "close"})
        body.parser.finalize()
    except (FormParserError, UnicodeError) as error:
        raise bad_request(sentence_of("sentence.form_unreadable", why=str(error))) from error
    if not body.is_complete:
        raise bad_request(sentence_of("sentence.file_cut_off"))
    await asyncio.shield(anyio.to_thread.run_sync(body.write))


class _Body:
    """The parts as the parser finds them."""

    def __init__(self, boundary: bytes, received: Received, file: int, spool: Spool) -> None:
        self.received, self.spool = received, spool
        self.digest = hashlib.sha256()
        self.has_file = self.is_complete = False
        self.pending_bytes = self.counted = 0
        self._file = file
        self._pending: list[bytes] = []
        self._header, self._value, self._disposition = b"", b"", b""
        self._name, self._is_file = "", False
        self._text = b""
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end,
                "on_end": self._whole,
            },
        )

    def write(self) -> None:
        """Writes what has come of the file; for a thread."""
        for block in self._pending:
            self.digest.update(block)
            written = 0
            while written < len(block):
                written += os.write(self._file, block[written:])
        self._pending, self.pending_bytes = [], 0

    def _begin(self) -> None:
        self._disposition, self._text, self._name, self._is_file = b"", b"", "", False

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode()
        self._is_file = b"filename" in options
        if not self._is_file:
            return
        if self._name != _FILE or self.has_file:
            raise bad_request(sentence_of("sentence.one_file"))
        self.has_file = True
        self.received.name = plain_name(options[b"filename"].decode("utf-8", "replace"))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.counted += end - start
        if self._is_file:
            self.received.bytes += end - start
            if self.received.bytes > self.spool.settings.most_bytes:
                raise self.spool.too_large()
            self._pending.append(data[start:end])
            self.pending_bytes += end - start
            return
        self._text += data[start:end]
        if len(self._text) > _MOST_FIELD_BYTES:
            raise bad_request(sentence_of("sentence.form_too_large"))

    def _end(self) -> None:
        if not self._is_file:
            self.received.fields[self._name] = self._text.decode()
            if len(self.received.fields) > _MOST_FIELDS:
                raise bad_request(sentence_of("sentence.form_too_large"))

    def _whole(self) -> None:
        self.is_complete = True


def plain_name(name: str) -> str:
    """What a sender calls a file, as a text to show: without folders and control characters, and not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-_LONGEST_NAME:]
