"""What can be wrong with a domain controller: each is an error that says what to do, and never a part of the people."""

import logging
import os
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.errors import ConfigurationError, EnvironmentFault, TransientFault
from etl.settings import DirectorySettings
from etl.sources.directory import Account, open_directory
from tests.fix_database import LOOPBACK
from tests.fix_directory import BASE, Domain
from tests.integration.directory.lines import line_to

OTHER = "127.0.0.2"


def read(settings: DirectorySettings) -> list[Account]:
    with open_directory(settings) as opened:
        opened.prove_base()
        return opened.accounts()


def refusal(settings: DirectorySettings) -> str:
    """Why nothing can be read, for reasons that do not pass by themselves."""
    with pytest.raises(EnvironmentFault) as caught:
        read(settings)
    assert not isinstance(caught.value, TransientFault)
    assert caught.value.exit_code == 4
    return str(caught.value)


@pytest.mark.parametrize("base", ["DC=nowhere,DC=test", "OU=gone,DC=corp,DC=test", "not a name"])
def test_a_wrong_base(domain: Domain, base: str) -> None:
    where = f"{domain.address}:636"
    assert (
        refusal(domain.settings(adBase=base)) == f"{where} has no {base!r}: correct adBase in /c/configs/AdConfig.txt"
    )


def test_a_filter_that_is_none(domain: Domain) -> None:
    with pytest.raises(ConfigurationError, match="adUserFilter: is no LDAP filter"):
        read(domain.settings(adUserFilter="(&(sn=*)"))


def test_a_connection_that_is_lost_between_pages(domain: Domain) -> None:
    """The read begins again; three times, no more."""
    with line_to((domain.address, 389)) as line:
        settings = domain.settings(adHost=LOOPBACK, adPort=str(line.port), useSSL="false", adPageSize="50")
        with open_directory(settings) as opened:
            whole = opened.accounts()
        line.cut_behind_bytes, line.cuts, line.calls = 60_000, 2, 0
        with open_directory(settings) as opened:
            assert opened.accounts() == whole
        assert (line.calls, line.cuts) == (3, 0)
        line.cuts, line.calls = 100, 0
        with open_directory(settings) as opened, pytest.raises(TransientFault, match="accounts cannot be read"):
            opened.accounts()
        assert line.calls == 3


def test_a_silent_controller(domain: Domain, caplog: pytest.LogCaptureFixture) -> None:
    """The next one is asked; without one it is a fault that passes."""
    with (
        line_to((domain.address, 389), address=LOOPBACK) as good,
        line_to(None, address=OTHER, port=good.port) as silent,
    ):
        hosts = f"{OTHER}, {LOOPBACK}"
        options = {"adPort": str(good.port), "useSSL": "false", "adConnectSeconds": "4"}
        with caplog.at_level(logging.WARNING), open_directory(domain.settings(adHost=hosts, **options)) as opened:
            assert opened.host == LOOPBACK
        assert silent.calls == 1
        assert [record.name for record in caplog.records] == ["AdMigration"]
        with pytest.raises(TransientFault, match=rf"cannot be reached \({OTHER}"):
            read(domain.settings(adHost=OTHER, **options | {"adConnectSeconds": "1"}))


@pytest.mark.nightly
def test_a_controller_that_falls_silent(domain: Domain) -> None:
    with open_directory(domain.settings(adReadSeconds="1", adConnectSeconds="4")) as opened:
        os.kill(domain.process, signal.SIGSTOP)
        try:
            with pytest.raises(TransientFault):
                opened.accounts()
        finally:
            os.kill(domain.process, signal.SIGCONT)


def test_a_controller_that_is_away(domain: Domain, caplog: pytest.LogCaptureFixture) -> None:
    with line_to((domain.address, 389)) as line:
        settings = domain.settings(adHost=f"{OTHER},{LOOPBACK}", adPort=str(line.port), useSSL="false")
        with caplog.at_level(logging.WARNING), open_directory(settings) as opened:
            assert opened.host == LOOPBACK
    [record] = caplog.records
    assert record.getMessage().startswith(f"the controller cannot be reached ({OTHER}:{line.port})")
    assert record.getMessage().endswith("the next controller is asked")


def test_a_wrong_password_is_tried_once(domain: Domain) -> None:
    with (
        line_to((domain.address, 389)) as first,
        line_to((domain.address, 389), address=OTHER, port=first.port) as other,
    ):
        hosts = f"{LOOPBACK},{OTHER}"
        settings = domain.settings(adHost=hosts, adPort=str(first.port), useSSL="false", adPassword="wrong s3cret")
        message = refusal(settings)
        assert message.startswith(
            f"{LOOPBACK}:{first.port} refuses svc_0@corp.test: the password is wrong (49, data 52e)"
        )
        assert "wrong s3cret" not in message
        assert (first.calls, other.calls) == (1, 0)


@pytest.mark.parametrize(
    ("login", "reason"),
    [
        ("disabled", "it is disabled (49, data 533)"),
        ("expired", "it has expired (49, data 701)"),
        ("mustchange", "its password must be changed first (49, data 773)"),
    ],
)
def test_an_account_that_may_not_sign_in(domain: Domain, login: str, reason: str) -> None:
    assert reason in refusal(domain.settings(adUsername=f"{login}@corp.test"))


def test_a_password_without_encryption_is_refused_by_a_hardened_controller(hardened_domain: Domain) -> None:
    message = refusal(hardened_domain.settings(useSSL="false"))
    assert message.endswith(
        "takes no password without TLS: set useSSL=true or adStartTls=true in /c/configs/AdConfig.txt, or adBind=gssapi"
    )
    for way in ({"useSSL": "true"}, {"useSSL": "false", "adStartTls": "true"}):
        with open_directory(hardened_domain.settings(**way)) as opened:
            opened.prove_base()


@pytest.mark.parametrize("way", [{}, {"useSSL": "false", "adStartTls": "true"}])
def test_a_certificate_of_an_unknown_authority(domain: Domain, way: dict[str, str]) -> None:
    message = refusal(domain.settings(adCaFile="", **way))
    assert "the certificate is refused: unable to get local issuer certificate" in message


def test_options_of_the_machine_do_not_switch_checks_off(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LDAPTLS_REQCERT", "never")
    assert "the certificate is refused" in refusal(domain.settings(adCaFile=""))


def test_a_certificate_for_another_name(domain: Domain) -> None:
    with line_to((domain.address, 636)) as line:
        message = refusal(domain.settings(adHost=LOOPBACK, adPort=str(line.port)))
    assert f"certificate is not valid for '{LOOPBACK}'" in message


@pytest.fixture
def expired_server(domain: Domain, tmp_path: Path) -> Iterator[int]:
    """Port of a server of TLS whose certificate, of the domain's authority, ended in the year 2020."""
    tls, key, cert = domain.home / "data/tls", tmp_path / "key.pem", tmp_path / "cert.pem"
    request, extensions = tmp_path / "request.pem", tmp_path / "extensions"
    extensions.write_text(f"subjectAltName=IP:{LOOPBACK}\n")
    (tmp_path / "index").touch()
    (tmp_path / "ca.conf").write_text(
        f"[ca]\ndefault_ca=own\n[own]\ndatabase={tmp_path}/index\nnew_certs_dir={tmp_path}\ndefault_md=sha256\n"
        f"rand_serial=yes\npolicy=any\n[any]\ncommonName=supplied\n"
    )
    made = ("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=old", "-keyout", key, "-out", request)
    signed = ("openssl", "ca", "-batch", "-notext", "-config", tmp_path / "ca.conf", "-in", request, "-out", cert)
    by = ("-cert", tls / "ca.pem", "-keyfile", tls / "ca.key", "-extfile", extensions)
    time = ("-startdate", "20190101000000Z", "-enddate", "20200101000000Z")
    for command in (made, (*signed, *by, *time)):
        subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server((LOOPBACK, 0)) as server:
        threading.Thread(target=_greet, args=(server, context), daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def _greet(server: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            caller, _ = server.accept()
        except OSError:
            return
        try:
            context.wrap_socket(caller, server_side=True).close()
        except OSError:
            caller.close()


def test_a_certificate_that_has_ended(domain: Domain, expired_server: int) -> None:
    message = refusal(domain.settings(adHost=LOOPBACK, adPort=str(expired_server)))
    assert "the certificate is refused: certificate has expired" in message


def test_an_account_that_sees_nothing_reads_nothing(domain: Domain) -> None:
    """A base without accounts is an empty list; that none may be taken for all is for the caller."""
    with open_directory(domain.settings(adBase=f"OU=Контакты,{BASE}")) as opened:
        assert opened.accounts() == []
