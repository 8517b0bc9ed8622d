"""The URL of a tree in ZooKeeper, taken apart."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from etl.errors import ConfigurationError

_DEFAULT_PORT = 2181
_SERVER = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?")
_FORM = "write zookeeper://host:2181/mybpm, several servers as host1:2181,host2:2181"
_SIGNED_FORM = "write zookeeper://user@host:2181/mybpm, and the password into ETL_ZOOKEEPER_PASSWORD"
_AUTHS = ("digest", "sasl")
_OPTIONS = ("auth", "tls", "ca", "cert", "key")
_ON = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


@dataclass(frozen=True)
class ConfigAddress:
    """`servers` as kazoo takes them (`h1:2181,h2:2181`), `chroot` as `/mybpm` or empty for the root itself.

    `user` signs in by `auth` (digest or sasl), the password comes from the environment. With `tls` the servers'
    certificates are checked against `ca`, or the machine's own authorities; `cert` and `key` are ours. All are paths.
    """

    servers: str
    chroot: str
    user: str = ""
    auth: str = "digest"
    tls: bool = False
    ca: str = ""
    cert: str = ""
    key: str = ""

    @property
    def url(self) -> str:
        """The URL in its plain form, every port written; without the user and options, as it goes into logs."""
        return f"zookeeper://{self.servers}{self.chroot or '/'}"

    @classmethod
    def from_url(cls, url: str) -> "ConfigAddress":
        """ConfigurationError when the URL has another form."""
        rest, question, query = url.removeprefix("zookeeper://").partition("?")
        authority, _, path = rest.partition("/")
        signed, at, servers = authority.rpartition("@")
        if "@" in path or ":" in signed or (at and not signed):
            # The text before @ may be a password, so nothing of the URL is repeated.
            raise ConfigurationError(
                f"a ZooKeeper URL takes no password, and a user before its servers: {_SIGNED_FORM}"
            )
        parts = path.rstrip("/").split("/") if path.rstrip("/") else []
        if any(part in ("", ".", "..") or not part.isprintable() for part in parts):
            shown = f"zookeeper://{servers}/{path}"
            raise ConfigurationError(f"{shown!r}: the path after the servers is not that of a node: {_FORM}")
        named = ",".join(_server(text, f"zookeeper://{servers}/{path}") for text in servers.split(","))
        options = _options(query) if question else {}
        tls = _is_on(options)
        return cls(
            named,
            "".join(f"/{part}" for part in parts),
            user=unquote(signed),
            auth=options.get("auth", "digest"),
            tls=tls,
            **{name: options.get(name, "") for name in ("ca", "cert", "key")},
        )


def _options(query: str) -> dict[str, str]:
    """The options after the question mark; errors do not repeat values, which may contain a secret."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(set(options) - set(_OPTIONS))
    if unknown:
        known = ", ".join(_OPTIONS)
        raise ConfigurationError(f"a ZooKeeper URL has no option {', '.join(map(repr, unknown))}: known are {known}")
    if options.get("auth", "digest") not in _AUTHS:
        raise ConfigurationError(f"auth in a ZooKeeper URL is one of {', '.join(_AUTHS)}")
    return options


def _is_on(options: dict[str, str]) -> bool:
    files = [name for name in ("ca", "cert", "key") if options.get(name)]
    word = options.get("tls", "on" if files else "off").lower()
    if word not in _ON:
        raise ConfigurationError("tls in a ZooKeeper URL is on or off")
    if files and not _ON[word]:
        raise ConfigurationError(f"{files[0]} in a ZooKeeper URL needs tls=on")
    if bool(options.get("cert")) != bool(options.get("key")):
        raise ConfigurationError("cert and key in a ZooKeeper URL belong together: give both, or neither")
    return _ON[word]


def _server(text: str, url: str) -> str:
    found = _SERVER.fullmatch(text.strip())
    port = int(found["port"] or _DEFAULT_PORT) if found else 0
    if not found or not 1 <= port <= 65535:
        raise ConfigurationError(f"{url!r}: {text!r} is not a server: {_FORM}")
    return f"{found['host']}:{port}"
