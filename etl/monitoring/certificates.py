"""When certificates of ours, and of those that we trust, end: read from their files, for `etl check` and before the
console takes its own."""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from etl.config import ConfigAddress, Tree
from etl.errors import ConfigurationError
from etl.monitoring.finding import Finding, error, ok, warning
from etl.settings import PostgresSettings
from etl.settings.kafka_keys import KAFKA
from etl.settings.kafka_model import KafkaConnection
from etl.settings.web import web_settings
from etl.settings.web_keys import WEB

_SOON: Final = timedelta(days=30)
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
# Tags of DER: an explicit version, and the two forms of a time.
_VERSION, _UTC_TIME = 0xA0, 0x17
_OWN_OF_KAFKA: Final = "ssl.certificate.location"
_TRUSTED_BY_KAFKA: Final = "ssl.ca.location"
# libpq's variable, the file without it (below the home folder), and whether the certificates are those we trust.
_OF_POSTGRESQL: Final = (
    ("PGSSLCERT", ".postgresql/postgresql.crt", False),
    ("PGSSLROOTCERT", ".postgresql/root.crt", True),
)
_SYSTEM: Final = "system"  # libpq: the machine's own authorities


def expiry_of(path: Path) -> datetime:
    """The end of the first certificate of a PEM file, which is the server's own. Raises ConfigurationError."""
    return _ends_of(path)[0]


def check_certificate(tree: Tree, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the console's certificate is good for another month; nothing where it has none."""
    try:
        settings = web_settings(tree.contents, origin=tree.origin, environ=environ, open_texts=tree.open_texts)
    except ConfigurationError:
        return  # that is a finding of its own
    if settings.tls_certificate:
        yield _of_file("certificate", settings.tls_certificate, f"correct tlsCertificate in {WEB}")


def check_kafka_certificate(connection: KafkaConnection) -> Iterator[Finding]:
    """The same for the certificate by which etl signs in at the brokers, and for those by which it knows them."""
    own, trusted = (connection.options.get(one) for one in (_OWN_OF_KAFKA, _TRUSTED_BY_KAFKA))
    if isinstance(own, str) and own:
        yield _of_file("certificate for Kafka", own, f"correct option.{_OWN_OF_KAFKA} in {KAFKA}")
    if isinstance(trusted, str) and trusted:
        yield from _of_trusted("authorities for Kafka", trusted, f"correct option.{_TRUSTED_BY_KAFKA} in {KAFKA}")


def check_zookeeper_certificates(url: str) -> Iterator[Finding]:
    """The same for a configuration in ZooKeeper, whose URL names the files; before it is read by them."""
    if not url.startswith("zookeeper:"):
        return
    try:
        address = ConfigAddress.from_url(url)
    except ConfigurationError:
        return  # that is a finding of its own
    if address.cert:
        yield _of_file("certificate for ZooKeeper", address.cert, "correct cert in the URL of --config or ETL_CONFIG")
    if address.ca:
        cure = "correct ca in the URL of --config or ETL_CONFIG"
        yield from _of_trusted("authorities for ZooKeeper", address.ca, cure)


def check_postgresql_certificates(
    databases: Iterable[PostgresSettings], environ: Mapping[str, str], home: Path
) -> Iterator[Finding]:
    """The same for libpq's files, where a server is connected to by way of a network."""
    if not any(one.host and not one.host.startswith("/") and one.sslmode != "disable" for one in databases):
        return
    for variable, usual, is_trusted in _OF_POSTGRESQL:
        named = environ.get(variable, "")
        if named == _SYSTEM or not (named or (home / usual).exists()):
            continue
        path, cure = named or str(home / usual), f"correct {variable}" if named else "remove it"
        if is_trusted:
            yield from _of_trusted("authorities for PostgreSQL", path, cure)
        else:
            yield _of_file("certificate for PostgreSQL", path, cure)


def _of_trusted(what: str, path: str, cure: str) -> Iterator[Finding]:
    """A folder holds as many as the machine knows: it is not read."""
    if not Path(path).is_dir():
        yield _of_file(what, path, cure, is_trusted=True)


def _of_file(what: str, path: str, cure: str, *, is_trusted: bool = False) -> Finding:
    """Of those that we trust the last one counts, as old and new ones are there side by side; of our own the first."""
    try:
        ends = _ends_of(Path(path))
    except ConfigurationError as fault:
        return error(what, str(fault), cure)
    until = max(ends) if is_trusted else ends[0]
    named = f"the last of the {len(ends)} certificates in {path}" if is_trusted and len(ends) > 1 else path
    left = until - datetime.now(UTC)
    if left <= timedelta():
        return error(what, f"{named} ended at {until:%F %T} UTC", "renew it")
    if left <= _SOON:
        return warning(what, f"{named} ends in {left.days} days", "renew it in time")
    return ok(what, f"good until {until:%F}")


def _ends_of(path: Path) -> list[datetime]:
    """When each certificate of a PEM file ends; raises ConfigurationError where there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")  # names of authorities stand between certificates
        found = text.split(_BEGIN)[1:]
        ends = [_not_after(ssl.PEM_cert_to_DER_cert(_BEGIN + one[: one.index(_END)] + _END)) for one in found]
    except OSError as fault:
        raise ConfigurationError(f"{path}: the certificate cannot be read: {fault.strerror}") from fault
    except (ValueError, IndexError):
        ends = []
    if not ends:
        raise ConfigurationError(f"{path}: this is no certificate in PEM form")
    return ends


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
