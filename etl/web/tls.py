"""The server's certificate, taken again from its files when they change: connections that are open keep theirs."""

import logging
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from etl.errors import ConfigurationError

_log = logging.getLogger("etl.web")


@dataclass
class Certificate:
    """Certificate and key as PEM files. `context` is what the server uses all the time."""

    certificate: Path
    key: Path
    context: ssl.SSLContext = field(init=False, repr=False)
    _seen: tuple[tuple[int, int, int], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        """Raises ConfigurationError for files that are no certificate with its key."""
        self._seen = self._stamps()
        self.context = self._loaded()

    def refresh(self) -> bool:
        """Takes new files; returns whether it has. Faulty ones are reported, and the former certificate stays."""
        try:
            stamps = self._stamps()
            if stamps == self._seen:
                return False
            self._seen = stamps
            self._loaded()  # both fit: a pair that does not must not get into the context
            self.context.load_cert_chain(self.certificate, self.key)
        except (ConfigurationError, OSError) as error:
            _log.warning("the former certificate stays: %s", error)
            return False
        _log.info("the certificate was taken again from %s", self.certificate)
        return True

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"{self.certificate} and {self.key} are no certificate and its key: {error}"
            ) from error
        return context

    def _stamps(self) -> tuple[tuple[int, int, int], ...]:
        """What changes when a file is written or replaced."""
        try:
            found = [path.stat() for path in (self.certificate, self.key)]
        except OSError as error:
            raise ConfigurationError(
                f"{error.filename}: {error.strerror}: correct tlsCertificate and tlsKey"
            ) from error
        return tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in found)
