"""Encryption of our own: the certificate is taken again from its files, and its end is seen in time."""

import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.errors import ConfigurationError
from etl.monitoring.certificates import expiry_of
from etl.web import server
from tests.fix_company import Site, until
from tests.fix_database import LOOPBACK
from tests.fix_web import ServeWeb

CONFIG = "configs/WebConfig.txt"


def certify(folder: Path, name: str, days: int) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subject = ["-subj", f"/CN={name}", "-days", str(days)]
    subprocess.run([*made, *files, *subject], check=True, capture_output=True)


def serial(port: int) -> str:
    return ssl.get_server_certificate((LOOPBACK, port))


def test_a_new_certificate_is_taken_without_a_restart(site: Site, serve_web: ServeWeb, tmp_path: Path) -> None:
    certify(tmp_path, "first", 10)
    site.write(CONFIG, f"tlsCertificate={tmp_path}/cert.pem\ntlsKey={tmp_path}/key.pem")
    web = serve_web(site)
    assert serial(web.port) == (tmp_path / "cert.pem").read_text()
    (tmp_path / "cert.pem").write_text("no certificate")
    certify(tmp_path, "second", 400)
    until(lambda: serial(web.port) == (tmp_path / "cert.pem").read_text(), "the new certificate is served")


def test_a_slow_handshake_ends(
    site: Site, serve_web: ServeWeb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    certify(tmp_path, "first", 10)
    site.write(CONFIG, f"tlsCertificate={tmp_path}/cert.pem\ntlsKey={tmp_path}/key.pem")
    assert serve_web(site).raw(b"\x16\x03\x01") == b""


@pytest.mark.parametrize(("days", "said"), [(10, "warning"), (90, "ok")])
def test_the_check_says_when_it_ends(site: Site, tmp_path: Path, days: int, said: str) -> None:
    certify(tmp_path, "one", days)
    site.write(CONFIG, f"tlsCertificate={tmp_path}/cert.pem")
    [line] = [line for line in site.etl("check").out.splitlines() if "certificate" in line]
    assert said in line


def test_the_end_of_a_certificate(tmp_path: Path) -> None:
    certify(tmp_path, "one", 30)
    left = expiry_of(tmp_path / "cert.pem") - datetime.now(UTC)
    assert 29 <= left.days <= 30
    certify(tmp_path, "later than 2050", 365 * 40)
    assert expiry_of(tmp_path / "cert.pem").year >= 2060
    (tmp_path / "cert.pem").write_text("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")
    for name in ("cert.pem", "no-such.pem"):
        with pytest.raises(ConfigurationError, match=name):
            expiry_of(tmp_path / name)
