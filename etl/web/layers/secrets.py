"""Takes passwords out of a request before anything else sees them: no later layer, log, trace or error can show one.

The platform's services have their password in the query (vendor's guide, services). The header Referer may repeat a
query.
"""

from typing import Final
from urllib.parse import unquote_plus

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from etl.web.layers.state import state_of

_PARAMETER: Final = "pass"
_PASSWORD_HEADER: Final = b"x-etl-password"
_AUTHORIZATION: Final = b"authorization"
_BEARER: Final = "bearer "


class SecretsLayer:
    """The outermost layer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on without its secrets."""
        take_secrets(scope)
        await self._app(scope, receive, send)


def take_secrets(scope: Scope) -> None:
    """Moves the secrets of a request into its state."""
    passwords: list[str] = []
    kept: list[bytes] = []
    for part in scope["query_string"].split(b"&"):
        name, _, value = part.partition(b"=")
        if unquote_plus(name.decode("latin-1")) == _PARAMETER:
            passwords.append(unquote_plus(value.decode("latin-1"), errors="replace"))
        elif part:
            kept.append(part)
    token = ""
    headers: list[tuple[bytes, bytes]] = []
    for key, value in scope["headers"]:
        text = value.decode("utf-8", "replace")
        if key == _PASSWORD_HEADER:
            passwords.append(text)
        elif key == _AUTHORIZATION:
            token = text[len(_BEARER) :].strip() if text.lower().startswith(_BEARER) else token
        elif key == b"referer":
            headers.append((key, value.partition(b"?")[0]))
        else:
            headers.append((key, value))
    scope["query_string"] = b"&".join(kept)
    scope["headers"] = headers
    state = state_of(scope)
    state.passwords = tuple(map(SecretStr, passwords))
    state.token = SecretStr(token)
