"""Values of the console: what there is none of, previews that are too old, proxies, passwords, a certificate."""

import subprocess
import time
from collections.abc import Hashable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.errors import ConfigurationError, EnvironmentFault, MarkerHeld, RunStopped, TransientFault
from etl.settings.web import web_settings
from etl.web.asked import Asked
from etl.web.identity.passwords import NO_PASSWORD, is_right
from etl.web.pages import waiting
from etl.web.pages.now import live
from etl.web.problems import Answer, answer_of, bad_request
from etl.web.requests import Model
from etl.web.texts import language
from etl.web.tls import Certificate


def test_what_there_is_none_of_is_shown_as_nothing() -> None:
    english = language("en")
    assert (english.number(None), english.duration(None), english.time(None, UTC)) == ("", "", "")
    assert english.number(1_234.5, 1) == "1,234.5"
    assert english.time(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), UTC) == "2026-01-02 03:04"


def test_answers_are_forgotten_in_time() -> None:
    now = time.monotonic()
    answers: dict[Hashable, tuple[float, str]] = {("demo", 1): (now, "new"), ("demo", 2): (now - 601, "old")}
    asked = Asked(answers)
    assert asked.lately(("demo", 2)) is None
    assert asked.lately(("demo", 1)) == "new"
    assert asked.lately(("other", 1)) is None
    assert list(answers) == [("demo", 1)]
    answers["demo", 3] = (now - 601, "old")
    asked.keep(("demo", 4), "newest")
    asked.forget(("demo", 1))
    assert list(answers) == [("demo", 4)]


@pytest.mark.parametrize(
    ("peer", "is_trusted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("::ffff:10.2.0.1", False),
        ("2001:db8::1%eth0", True),
        ("2001:db9::1", False),
        ("unix", False),
        ("no address", False),
    ],
)
def test_which_peers_are_trusted_proxies(peer: str, is_trusted: bool) -> None:
    texts = {"configs/WebConfig.txt": "trustedProxies=10.1.0.0/16, 2001:db8::/32\n"}
    assert web_settings(texts, origin="file:/x", environ={}).trusts(peer) is is_trusted


def test_a_password_longer_than_any_is_wrong_and_not_hashed() -> None:
    assert not is_right("x" * 10_000_000, NO_PASSWORD)


@pytest.mark.parametrize(
    ("error", "page", "action"),
    [
        (bad_request("no"), (400, "bad_request"), (400, "bad_request")),
        (MarkerHeld("held"), (409, "conflict"), (409, "conflict")),
        (RunStopped("stopped"), (409, "conflict"), (409, "conflict")),
        (ConfigurationError("faulty"), (503, "configuration"), (400, "bad_request")),
        (EnvironmentFault("not there"), (503, "unavailable"), (409, "conflict")),
        (TransientFault("away"), (503, "unavailable"), (503, "unavailable")),
    ],
)
def test_errors_of_pages_and_of_actions(error: Exception, page: tuple[int, str], action: tuple[int, str]) -> None:
    for in_action, expected in ((False, page), (True, action)):
        found = answer_of(error, in_action=in_action)
        assert isinstance(found, Answer)
        assert (found.status, found.code) == expected
    assert answer_of(RuntimeError("a fault")) is None


def test_a_certificate_is_taken_again_only_when_its_files_have_changed(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch"]
    subprocess.run([*made, "-keyout", key, "-out", certificate, "-subj", "/CN=a"], check=True, capture_output=True)
    found = Certificate(certificate, key)
    assert found.refresh() is False
    certificate.write_text(certificate.read_text() + "\n")
    assert found.refresh() is True
    certificate.write_text("no certificate")
    assert found.refresh() is False
    assert found.refresh() is False
    certificate.unlink()
    assert found.refresh() is False


@pytest.mark.parametrize(
    ("in_status", "error", "known"),
    [("", None, "ready"), ("ERROR", 5, "rejected"), (None, 5, "rejected_gone"), (None, None, "not_come")],
)
def test_what_is_known_of_an_instance_that_is_waited_for(in_status: str | None, error: int | None, known: str) -> None:
    assert waiting._known(in_status, error, "not_come") == known


def test_only_pages_of_now_change_while_they_are_open() -> None:
    assert live(Model(), "en") == {}
