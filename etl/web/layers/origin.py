"""Where a request comes from: the address, scheme, host and prefix that the browser has, past proxies that are trusted.

Headers of proxies from elsewhere are refused, not ignored: who sends them expects something of them.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from etl.settings.web import WebSettings
from etl.web.layers.plain import refuse
from etl.web.layers.state import RequestState, header, state_of

UNIX: Final = "unix"
# What monitoring asks by address.
_ANY_HOST = {"/health", "/ready"}
_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix", b"forwarded")
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:[0-9]{1,5})?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True)
class _Refusal(Exception):
    status: int
    sentence: str


class OriginLayer:
    """Notes the origin of a request. `root_path`: the prefix of the console without a proxy that names it; `listened`:
    the host names of --listen."""

    def __init__(
        self, app: ASGIApp, settings: Callable[[], WebSettings], *, root_path: str, listened: tuple[str, ...]
    ) -> None:
        self._app, self._settings, self._root_path, self._listened = app, settings, root_path, listened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what comes from where it may come from."""
        try:
            self._note(scope, self._settings())
        except _Refusal as refusal:
            await refuse(refusal.status, refusal.sentence, scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _note(self, scope: Scope, settings: WebSettings) -> None:
        state = state_of(scope)
        peer = scope["client"][0] if scope.get("client") else UNIX
        state.is_trusted = settings.trusts(peer)
        users = {name for name in (settings.user_header, settings.groups_header) if settings.identity == "proxy"}
        if not state.is_trusted:
            self._refuse_headers(scope, users)
        state.user_headers = {name: header(scope, name.encode()) for name in users}
        state.address = _address(scope, peer, settings)
        host = header(scope, b"x-forwarded-host") or header(scope, b"host")
        scheme = header(scope, b"x-forwarded-proto") or scope["scheme"]
        if scheme not in ("http", "https"):
            raise _Refusal(400, "The header X-Forwarded-Proto must be http or https.")
        state.origin = f"{scheme}://{host}"
        if scope["path"] not in _ANY_HOST:
            self._check_host(host, settings)
        self._set_prefix(scope, state)

    def _refuse_headers(self, scope: Scope, users: set[str]) -> None:
        for name in (*_FORWARDED, *(user.encode() for user in users)):
            if any(key == name for key, _ in scope["headers"]):
                raise _Refusal(400, f"The header {name.decode()} may only come from trustedProxies of WebConfig.txt.")

    def _check_host(self, host: str, settings: WebSettings) -> None:
        found = _HOST.fullmatch(host)
        allowed = {*_LOOPBACK_NAMES, *self._listened, *settings.allowed_hosts}
        if not found or found["name"].lower() not in allowed:
            raise _Refusal(421, "This server does not answer for that host: allowedHosts of WebConfig.txt names hosts.")

    def _set_prefix(self, scope: Scope, state: RequestState) -> None:
        prefix = header(scope, b"x-forwarded-prefix").rstrip("/") or self._root_path
        if not _PREFIX.fullmatch(prefix):
            raise _Refusal(400, "The header X-Forwarded-Prefix must be a path.")
        state.prefix = scope["root_path"] = prefix
        if scope["path"] == prefix:
            scope["path"] = f"{prefix}/"


def _address(scope: Scope, peer: str, settings: WebSettings) -> str:
    """The last address that no trusted proxy has added: everything before it anyone may have written."""
    forwarded = [one.strip() for one in header(scope, b"x-forwarded-for").split(",") if one.strip()]
    address = peer
    for one in reversed(forwarded):
        if not settings.trusts(address):
            break
        try:
            address = str(ipaddress.ip_address(one.strip("[]")))
        except ValueError as error:
            raise _Refusal(400, "The header X-Forwarded-For must be a list of addresses.") from error
    return address
