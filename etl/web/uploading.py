"""A POST with a file: admitted before its body is read, received into the spool, then done as any other action."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, suppress

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request

from etl.web.console_actions import ConsoleActions, Started
from etl.web.filling.receiving import Received, receive
from etl.web.incoming import Incoming, Outgoing
from etl.web.problems import RequestProblem, bad_request
from etl.web.route import RECEIVED, Action
from etl.web.texts.sentence import sentence_of

MOST_AT_ONCE = 4
"""Files that are received at the same time: each holds a share of the disk."""
_READ_OUT_SECONDS = 5.0


class Uploading:
    """Receives files for actions. `read`: the request as the console sees it, with a form."""

    def __init__(self, actions: ConsoleActions, read: Callable[[Request, dict[str, str]], Incoming]) -> None:
        self._actions, self._read = actions, read
        self._spool = actions.console.uploads.spool
        self._receiving = 0

    async def answer(
        self, action: Action, request: Request, until_ended: Callable[[Incoming, Started], Awaitable[Outgoing]]
    ) -> Outgoing:
        """What the action has done with the file, or why it was not taken."""
        stated = request.headers.get("content-length", "0")
        refused = await anyio.to_thread.run_sync(
            self._actions.admit_file, action, self._read(request, {}), int(stated) if stated.isdigit() else 0
        )
        if refused:
            await _read_out(request)
            return refused
        try:
            received = await self._receive(request)
        except RequestProblem:
            await _read_out(request)
            raise
        with ExitStack() as stack:
            stack.enter_context(self._spool.holding_incoming(received.token))
            incoming = self._read(request, _form_of(received))
            found = await anyio.to_thread.run_sync(self._actions.begin, action, incoming)
            if not isinstance(found, Started):
                return found
            if found.future:  # held until the action has kept it
                dropped = stack.pop_all()
                found.future.add_done_callback(lambda _: dropped.close())
        return await until_ended(incoming, found)

    async def _receive(self, request: Request) -> Received:
        if self._receiving >= MOST_AT_ONCE:
            raise RequestProblem(503, "too_many", sentence_of("sentence.too_many_files"), {"Retry-After": "10"})
        self._receiving += 1
        try:
            kind = request.headers.get("content-type", "")
            return await receive(kind, _blocks(request), self._spool)
        except ClientDisconnect as gone:
            raise bad_request(sentence_of("sentence.file_cut_off")) from gone
        finally:
            self._receiving -= 1


async def _read_out(request: Request) -> None:
    """Takes what else comes for a while: a connection that is closed before loses the answer."""
    with suppress(Exception):
        async with asyncio.timeout(_READ_OUT_SECONDS):
            async for _ in request.stream():
                pass


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    async for block in request.stream():
        yield block


def _form_of(received: Received) -> dict[str, str]:
    """The fields, and what the server itself says of the file: nothing that a sender writes there counts."""
    found = {"file": received.name, "bytes": str(received.bytes), "digest": received.digest}
    return received.fields | found | {RECEIVED: received.token}
