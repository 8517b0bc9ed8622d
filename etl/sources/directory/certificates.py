"""TLS of a controller by Python's own client: why its certificate is refused, and when it ends.

The library of LDAP says of both no more than that the server cannot be reached.
"""

import socket
import ssl
from datetime import UTC, datetime
from typing import Final

from etl.settings import DirectorySettings, Encryption

# LDAPMessage 1, ExtendedRequest with the name of StartTLS (RFC 4511).
_START_TLS: Final = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + b"1.3.6.1.4.1.1466.20037"
_SUCCESS: Final = b"\x0a\x01\x00"


def end_of_certificate(settings: DirectorySettings, host: str) -> datetime:
    """When the certificate of a controller ends. Raises OSError, of which ssl.SSLError is one, if it is not trusted."""
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    with socket.create_connection((bare(host), settings.port), settings.connect_seconds) as line:
        line.settimeout(settings.connect_seconds)
        if settings.encryption is Encryption.START_TLS:
            _start_tls(line)
        with context.wrap_socket(line, server_hostname=bare(host)) as secured:
            end = str((secured.getpeercert() or {})["notAfter"])
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)


def why_not_trusted(settings: DirectorySettings, host: str) -> str:
    """The reason of a refused certificate, or of a broken beginning of TLS; empty if TLS begins. Raises OSError if the
    controller cannot be reached, or is silent."""
    try:
        end_of_certificate(settings, host)
    except ssl.SSLCertVerificationError as error:
        return f"the certificate is refused: {error.verify_message}"
    except TimeoutError:
        raise
    except ssl.SSLError as error:
        return f"TLS does not begin: {error.reason or error}"
    return ""


def bare(host: str) -> str:
    """Without the brackets of an IPv6 address."""
    return host.strip("[]")


def _start_tls(line: socket.socket) -> None:
    line.sendall(_START_TLS)
    answer = line.recv(4096)
    if _SUCCESS not in answer:
        raise OSError("the controller refuses StartTLS")
