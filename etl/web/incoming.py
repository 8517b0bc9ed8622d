"""A request as the console sees it: plain values, already checked by the layers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from pydantic import SecretStr

NO_SECRET: Final = SecretStr("")
# What stays as it is in an address that is written already.
_OF_ADDRESSES: Final = "/?#[]@!$&'()*+,;=:%-._~"
UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Incoming:
    """One request. `path` has no prefix; `prefix` is what a proxy or the option --root-path puts before it; `origin` is
    scheme, host and port as the browser has them; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: SecretStr = NO_SECRET
    address: str = ""
    origin: str = ""
    prefix: str = ""
    request_id: str = ""
    is_local: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether the browser speaks TLS."""
        return self.origin.startswith("https://")

    @property
    def address_below(self) -> str:
        """Path and query as an address writes them, without the prefix."""
        query = urlencode(self.query)
        return f"{quote(self.path)}?{query}" if query else quote(self.path)

    @property
    def is_api(self) -> bool:
        """Whether a program asks: it gets JSON."""
        return self.path.startswith("/api/")


@dataclass(frozen=True)
class Outgoing:
    """An answer. `viewer` is who got it, for the access line; `path`: a file that is sent instead of `body`."""

    status: int
    body: bytes = field(repr=False)
    media_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    viewer: str = ""
    path: Path | None = None


def redirect(location: str, *headers: tuple[str, str], status: int = 303) -> Outgoing:
    """To another page, which is then asked for by GET."""
    return Outgoing(status, b"", headers=(("Location", quote(location, safe=_OF_ADDRESSES)), *headers))
