"""After a request has waited in vain for the database of sign-ins, others fail at once for a while."""

import pytest

from etl.errors import EnvironmentFault, TransientFault
from etl.web.identity import circuit_breaker
from etl.web.identity.circuit_breaker import CircuitBreaker
from etl.web.identity.devices import device_of


def fail(found: CircuitBreaker, sqlstate: str = "08006") -> None:
    fault = EnvironmentFault("of the server")
    fault.sqlstate = sqlstate
    with pytest.raises(EnvironmentFault, match="of the server"), found.guarded():
        raise fault


@pytest.mark.parametrize(
    ("long_seconds", "sqlstate", "opens"),
    [(-1.0, "08006", True), (-1.0, "57014", False), (-1.0, "55P03", False), (60.0, "08006", False)],
)
def test_which_faults_open_it(monkeypatch: pytest.MonkeyPatch, long_seconds: float, sqlstate: str, opens: bool) -> None:
    monkeypatch.setattr(circuit_breaker, "_LONG_SECONDS", long_seconds)
    found = CircuitBreaker()
    fail(found, sqlstate)
    if opens:
        with pytest.raises(TransientFault, match="does not answer; it is asked again soon"), found.guarded():
            pytest.fail("it is not asked")
    else:
        found.refuse_while_open()


def test_it_closes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit_breaker, "_LONG_SECONDS", -1.0)
    monkeypatch.setattr(circuit_breaker, "OPEN_SECONDS", -1.0)
    found = CircuitBreaker()
    fail(found)
    with found.guarded():
        pass


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/127.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari, macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
        ("curl/8.5.0 " + "x" * 100, "curl/8.5.0 " + "x" * 49),
        ("", ""),
    ],
)
def test_devices(text: str, device: str) -> None:
    assert device_of(text) == device
