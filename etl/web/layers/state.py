"""What the layers note of a request for each other: one value in the scope."""

from dataclasses import dataclass, field
from typing import Final

from pydantic import SecretStr
from starlette.types import Scope

from etl.web.incoming import NO_SECRET

_KEY: Final = "etl"


@dataclass
class RequestState:
    """`passwords`: of the query, `token`: of the header Authorization, `origin`: scheme and host of the browser."""

    passwords: tuple[SecretStr, ...] = ()
    token: SecretStr = NO_SECRET
    request_id: str = ""
    raw_path: str = ""
    address: str = ""
    origin: str = ""
    prefix: str = ""
    # The peer itself is a proxy that may name users.
    is_trusted: bool = False
    user_headers: dict[str, str] = field(default_factory=dict)
    viewer: str = ""


def state_of(scope: Scope) -> RequestState:
    """The request's."""
    found: RequestState = scope.setdefault(_KEY, RequestState())
    return found


def header(scope: Scope, name: bytes) -> str:
    """A header's value; of one that is given several times all, with commas."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)
