"""The URL of a tree in ZooKeeper, taken apart."""

import re
from dataclasses import dataclass

from etl.errors import ConfigurationError

_DEFAULT_PORT = 2181
_SERVER = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?")
_FORM = "write zookeeper://host:2181/mybpm, several servers as host1:2181,host2:2181"


@dataclass(frozen=True)
class Address:
    """`servers` as kazoo takes them (`h1:2181,h2:2181`), `chroot` as `/mybpm` or empty for the root itself."""

    servers: str
    chroot: str

    @property
    def url(self) -> str:
        """The URL in its plain form, every port written."""
        return f"zookeeper://{self.servers}{self.chroot or '/'}"

    @classmethod
    def from_url(cls, url: str) -> "Address":
        """ConfigurationError when the URL has another form."""
        servers, _, path = url.removeprefix("zookeeper://").partition("/")
        if "@" in servers:
            # The text before @ may be a password, so nothing of the URL is repeated.
            raise ConfigurationError(f"a ZooKeeper URL takes no user or password: {_FORM}")
        parts = path.rstrip("/").split("/") if path.rstrip("/") else []
        if any(part in ("", ".", "..") or not part.isprintable() for part in parts):
            raise ConfigurationError(f"{url!r}: the path after the servers is not that of a node: {_FORM}")
        return cls(",".join(_server(text, url) for text in servers.split(",")), "".join(f"/{part}" for part in parts))


def _server(text: str, url: str) -> str:
    found = _SERVER.fullmatch(text.strip())
    port = int(found["port"] or _DEFAULT_PORT) if found else 0
    if not found or not 1 <= port <= 65535:
        raise ConfigurationError(f"{url!r}: {text!r} is no server: {_FORM}")
    return f"{found['host']}:{port}"
