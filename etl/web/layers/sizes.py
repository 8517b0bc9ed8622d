"""How large a request may be: its head (431) and its body (413); and how long a body may pause (408)."""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etl.web.layers.plain import refuse

# The rest of a refused body is not read: the connection ends.
_CLOSE: Final = {"Connection": "close"}
HEAD_BYTES: Final = 16 * 1024
BODY_SECONDS: Final = 30.0
"""Between two blocks of a body."""


class BodyTooLarge(Exception):
    """More came than may come."""


class BodyTooSlow(Exception):
    """Nothing came for too long."""


class SizesLayer:
    """Refuses what is larger; a body by the length that the head states, and by counting what comes."""

    def __init__(self, app: ASGIApp, most_bytes: Callable[[str, str], int]) -> None:
        """`most_bytes`: (method, path) -> the largest body there."""
        self._app, self._most_bytes = app, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is small enough."""
        if _head_bytes(scope) > HEAD_BYTES:
            await refuse(431, "The head of the request is larger than 16 KiB.", scope, receive, send, _CLOSE)
            return
        stated = next((value for key, value in scope["headers"] if key == b"content-length"), b"0")
        most = self._most_bytes(scope["method"], scope["path"])
        if not stated.isdigit() or int(stated[:20]) > most:
            await _refuse_body(most, scope, receive, send)
            return
        await self._count(most, scope, receive, send)

    async def _count(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        counted, is_whole, has_begun = 0, False, False

        async def counting() -> Message:
            nonlocal counted, is_whole
            if is_whole:  # what comes now is only the end of the connection, which a stream waits for
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), BODY_SECONDS)
            except TimeoutError as error:
                raise BodyTooSlow from error
            counted += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if counted > most:
                raise BodyTooLarge
            return message

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, counting, noting)
        except BodyTooLarge:
            if not has_begun:
                await _refuse_body(most, scope, receive, send)
        except BodyTooSlow:
            if not has_begun:
                await refuse(408, "The body of the request came too slowly.", scope, receive, send, _CLOSE)


async def _refuse_body(most: int, scope: Scope, receive: Receive, send: Send) -> None:
    await refuse(413, f"The body is larger than {most:,} bytes.", scope, receive, send, _CLOSE)


def _head_bytes(scope: Scope) -> int:
    lines = sum(len(key) + len(value) + 4 for key, value in scope["headers"])
    return lines + len(scope.get("raw_path", b"")) + len(scope["query_string"])
