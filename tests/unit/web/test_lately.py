"""Values that are read in the background: a look waits a little, and never shows what is old."""

import threading

import pytest

from etl.errors import TransientFault
from etl.web import lately
from etl.web.lately import Lately


@pytest.fixture(autouse=True)
def without_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "_REST", 0)


def test_a_look_waits_for_what_is_being_read() -> None:
    values = Lately[int](least_rest=0.0)
    assert values.latest("a", lambda: 1, wait=30) == 1
    assert values.latest("a", lambda: 2, wait=30) == 2


def test_what_takes_longer_is_shown_later() -> None:
    values, may_end = Lately[int](least_rest=0.0), threading.Event()

    def slow() -> int:
        assert may_end.wait(30)
        return 2

    assert values.latest("a", lambda: 1, wait=30) == 1
    assert values.latest("a", slow) == 1
    may_end.set()
    assert values.latest("a", slow, wait=30) == 2


def test_what_is_old_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    values, may_end = Lately[int](least_rest=0.0), threading.Event()
    assert values.latest("a", lambda: 1, wait=30) == 1
    monkeypatch.setattr(lately, "_KEPT_SECONDS", 0.0)
    assert values.latest("a", lambda: int(may_end.wait(30))) is None
    may_end.set()


def test_a_reading_that_fails_leaves_no_value() -> None:
    def fail() -> int:
        raise TransientFault("the server is away")

    values = Lately[int](least_rest=0.0)
    assert values.latest("a", lambda: 1, wait=30) == 1
    assert values.latest("a", fail, wait=30) is None
    with pytest.raises(TransientFault):
        values.latest("a", fail, wait=30, raises=True)


def test_a_fault_of_the_program_is_logged_and_the_next_look_reads_again(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> int:
        raise ZeroDivisionError

    values = Lately[int](least_rest=0.0)
    assert values.latest("a", fail, wait=30, raises=True) is None
    assert "ZeroDivisionError" in caplog.text
    assert values.latest("a", lambda: 1, wait=30) == 1


def test_keys_that_are_not_asked_for_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "_MOST_KEYS", 2)
    values = Lately[str](least_rest=60.0)
    for key in ("a", "b"):
        assert values.latest(key, lambda: "first", wait=30) == "first"
    monkeypatch.setattr(lately, "_KEPT_SECONDS", 0.0)
    values.latest("c", lambda: "first", wait=30)
    monkeypatch.setattr(lately, "_KEPT_SECONDS", 600.0)
    # It rests for a minute: it is read again since it was forgotten.
    assert values.latest("a", lambda: "second", wait=30) == "second"
