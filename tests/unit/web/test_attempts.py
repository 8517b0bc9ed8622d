"""Failures are counted under keys, and an attack with many keys takes no more memory."""

import pytest

from etl.web.identity import attempts
from etl.web.identity.attempts import FailedAttempts, Rate


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_delays_double_and_a_success_ends_them() -> None:
    clock = Clock()
    found = FailedAttempts(2, longest=4.0, now=clock)
    for expected in (0, 1, 2, 4, 4):
        found.failed("a")
        assert found.wait("a") == expected
    assert found.wait("b") == 0
    clock.now += 4
    assert found.wait("a") == 0
    found.succeeded("a")
    found.failed("a")
    assert found.wait("a") == 0


def test_of_too_many_keys_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_MOST_KEYS", 10)
    clock = Clock()
    found = FailedAttempts(0, now=clock)
    for number in range(12):
        clock.now += 0.001
        found.failed(f"key {number}")
    assert len(found._tries) <= 10
    assert (found.wait("key 0"), found.wait("key 11")) == (0, 2)


def test_a_rate_counts_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_MOST_KEYS", 2)
    clock = Clock()
    found = Rate(1, now=clock)
    for key in ("a", "b", "c"):
        found.failed(key)
    assert [found.wait(key) for key in ("a", "b", "c")] == [60, 60, 0]
    clock.now += 61
    found.failed("c")
    assert [found.wait(key) for key in ("a", "b", "c")] == [0, 0, 60]
