"""When certificates of ours end: read from their files, for `etl check` and before the console takes its own."""

import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from etl.config import Tree
from etl.errors import ConfigurationError
from etl.monitoring.finding import Finding, error, ok, warning
from etl.settings.kafka_keys import KAFKA
from etl.settings.kafka_model import KafkaConnection
from etl.settings.web import web_settings
from etl.settings.web_keys import WEB

_SOON: Final = timedelta(days=30)
_OPTION: Final = "ssl.certificate.location"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
# Tags of DER: an explicit version, and the two forms of a time.
_VERSION, _UTC_TIME = 0xA0, 0x17


def expiry_of(path: Path) -> datetime:
    """The end of the first certificate of a PEM file, which is the server's own. Raises ConfigurationError."""
    try:
        text = path.read_text(encoding="ascii")
        begin = text.index(_BEGIN)
        der = ssl.PEM_cert_to_DER_cert(text[begin : text.index(_END, begin) + len(_END)])
        return _not_after(der)
    except OSError as fault:
        raise ConfigurationError(f"{path}: the certificate cannot be read: {fault.strerror}") from fault
    except (ValueError, IndexError) as fault:
        raise ConfigurationError(f"{path}: this is no certificate in PEM form") from fault


def check_certificate(tree: Tree, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the console's certificate is good for another month; nothing where it has none."""
    try:
        settings = web_settings(tree.contents, origin=tree.origin, environ=environ, open_texts=tree.open_texts)
    except ConfigurationError:
        return  # that is a finding of its own
    if not settings.tls_certificate:
        return
    yield _good_for_a_month("certificate", settings.tls_certificate, f"correct tlsCertificate in {WEB}")


def check_kafka_certificate(connection: KafkaConnection) -> Iterator[Finding]:
    """The same for the certificate by which etl signs in at the brokers."""
    path = connection.options.get(_OPTION)
    if isinstance(path, str) and path:
        yield _good_for_a_month("certificate for Kafka", path, f"correct option.{_OPTION} in {KAFKA}")


def _good_for_a_month(what: str, path: str, cure: str) -> Finding:
    try:
        until = expiry_of(Path(path))
    except ConfigurationError as fault:
        return error(what, str(fault), cure)
    left = until - datetime.now(UTC)
    if left <= timedelta():
        return error(what, f"{path} ended at {until:%F %T} UTC", "renew it")
    if left <= _SOON:
        return warning(what, f"{path} ends in {left.days} days", "renew it in time")
    return ok(what, f"good until {until:%F}")


def _not_after(der: bytes) -> datetime:
    """Certificate → tbsCertificate → validity → notAfter (RFC 5280)."""
    body = _content(_content(der))
    if body[0] == _VERSION:
        body = _after(body)
    for _ in ("serialNumber", "signature", "issuer"):
        body = _after(body)
    end = _after(_content(body))
    text = _content(end).decode("ascii")
    if end[0] == _UTC_TIME:
        text = ("19" if int(text[:2]) >= 50 else "20") + text  # RFC 5280, 4.1.2.5.1
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _content(data: bytes) -> bytes:
    """What the first element holds."""
    begin, length = _extent(data)
    return data[begin : begin + length]


def _after(data: bytes) -> bytes:
    """What stands behind the first element."""
    begin, length = _extent(data)
    return data[begin + length :]


def _extent(data: bytes) -> tuple[int, int]:
    if data[1] < 0x80:
        return 2, data[1]
    count = data[1] & 0x7F
    return 2 + count, int.from_bytes(data[2 : 2 + count], "big")
