"""Where the partner's database is, as a URL without a password."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from etl.database import Access
from etl.errors import ConfigurationError

_FORM = "write it as postgresql://role@host:5432/database, a password goes into an environment variable"


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    database: str
    username: str
    sslmode: str

    def access(self, password: str) -> Access:
        return Access(self.host, self.port, self.database, self.username, password, self.sslmode, source="--url")


def address_of(url: str) -> Address:
    """Reads `postgresql://role@host:port/database?sslmode=…&host=/socket/folder`.

    Raises ConfigurationError for anything else, and for a password: arguments are seen by every user of the machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        raise ConfigurationError(f"the URL of the partner's database is none: {_FORM}") from None
    if parts.password is not None:
        raise ConfigurationError(f"the URL of the partner's database holds a password: {_FORM}")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = int(options.pop("port", "") or port)
    sslmode = options.pop("sslmode", "")
    database = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgresql", "postgres") or not host or not database or options:
        raise ConfigurationError(f"the URL of the partner's database is none: {_FORM}")
    return Address(host, port, database, unquote(parts.username or ""), sslmode)
