"""The id of a request, and the line that the log has of it: method, raw path, status, time; never a query."""

import json
import logging
import re
import secrets
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etl.web.layers.state import header, state_of

_log = logging.getLogger("etl.web.access")

# A client's own id is kept if it is short and plain: it gets into logs and into names of sessions.
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LONGEST_PATH = 500
# Load balancers ask every second.
_UNLOGGED = {"/health", "/ready"}


class AccessLineLayer:
    """Gives each request its id, and logs it when it has been answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        state = state_of(scope)
        asked = header(scope, b"x-request-id")
        state.request_id = asked if _PLAIN_ID.fullmatch(asked) else secrets.token_hex(8)
        # The path as it came: decoded, a line end in it would make a line of its own.
        state.raw_path = scope.get("raw_path", b"").decode("latin-1")[:_LONGEST_PATH]
        answered = {"status": 0, "bytes": 0}

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered["status"] = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", state.request_id.encode()))
            elif message["type"] == "http.response.body":
                answered["bytes"] += len(message.get("body", b""))
            await send(message)

        begun = time.monotonic()
        try:
            await self._app(scope, receive, noting)
        finally:
            if scope["path"] not in _UNLOGGED:
                _log.info("%s", json.dumps(_line(scope, answered, time.monotonic() - begun)))


def _line(scope: Scope, answered: dict[str, int], seconds: float) -> dict[str, Any]:
    state = state_of(scope)
    return {
        "method": scope["method"],
        "path": state.raw_path,
        **answered,
        "ms": round(seconds * 1000),
        "request_id": state.request_id,
        "viewer": state.viewer,
        "address": state.address or (scope.get("client") or ("unix",))[0],
    }
