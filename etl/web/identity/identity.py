"""The three ways to know who asks."""

from typing import Protocol

from etl.web.identity.principal import EVERY_COMPANY, Principal
from etl.web.incoming import Incoming
from etl.web.roles import Role


class Identity(Protocol):
    """Says who asks. `mode` is the word of the configuration."""

    mode: str

    def principal(self, incoming: Incoming) -> Principal | None:
        """Who asks; None without a sign-in. Raises RequestProblem for what must be refused."""
        ...


class OpenIdentity:
    """Everyone who can connect is an operator: the sockets are loopback ones, or files with permissions."""

    mode = "none"

    def principal(self, incoming: Incoming) -> Principal:
        """The operator of this machine."""
        return Principal("local", {EVERY_COMPANY: Role.OPERATOR})
