"""Each SQLSTATE has one class, and retries end."""

import pytest

from etl.errors import EnvironmentFault, EtlError, RunStopped, TransientFault
from etl.retry import Attempts
from etl.runs import ErrorClass, backoffs_of, error_class_of, is_data_error
from etl.runs.error_class import is_crash

MEANINGS = {
    ErrorClass.CONTENTION: ("40001", "40003", "40P01", "25P03"),
    ErrorClass.LOCKED: ("55P03",),
    ErrorClass.CONNECTION_LOST: ("", "08006", "57P01", "57P02", "57P03", "53300"),
    ErrorClass.RETRY_ONCE: ("23505", "0A000"),
    ErrorClass.OUTAGE: ("53100", "53200", "53N01", "58030", "25006", "28000", "28P01"),
    ErrorClass.TIMEOUT: ("57014",),
    ErrorClass.DATA: ("21000", "22P05", "22003", "23514", "54000"),
    ErrorClass.OTHER: ("42501", "42P01", "3F000", "XX000", "XX001", "XX002", "53400", "22P03", "22P04"),
}
TRANSIENT = (ErrorClass.CONTENTION, ErrorClass.LOCKED, ErrorClass.CONNECTION_LOST, ErrorClass.RETRY_ONCE)
CODES = [(meaning, code) for meaning, codes in MEANINGS.items() for code in codes]


def fault(meaning: ErrorClass, code: str) -> EtlError:
    made = TransientFault("injected") if meaning in TRANSIENT else EnvironmentFault("injected")
    made.sqlstate = code
    return made


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_a_sqlstate_has_one_class(meaning: ErrorClass, code: str) -> None:
    assert error_class_of(fault(meaning, code)) is meaning


def test_a_fault_without_a_sqlstate_has_no_class() -> None:
    assert error_class_of(RunStopped("too many rejects")) is ErrorClass.OTHER


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_only_data_errors_are_faults_of_rows(meaning: ErrorClass, code: str) -> None:
    assert is_data_error(fault(meaning, code)) is (meaning is ErrorClass.DATA or code == "23505")


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_a_crash_is_a_data_error_or_a_lost_connection(meaning: ErrorClass, code: str) -> None:
    is_lost = code in ("", "08006", "57P01", "57P02")
    assert is_crash(fault(meaning, code)) is (is_lost or is_data_error(fault(meaning, code)))


@pytest.mark.parametrize(
    ("meaning", "tries"),
    [(ErrorClass.CONTENTION, 8), (ErrorClass.CONNECTION_LOST, 5), (ErrorClass.RETRY_ONCE, 1), (ErrorClass.DATA, 0)],
)
def test_a_fault_is_retried_a_limited_number_of_times(meaning: ErrorClass, tries: int) -> None:
    attempts, met = Attempts(), fault(meaning, MEANINGS[meaning][0])
    pauses = [attempts.pause(backoffs_of(met, outage_seconds=600)) for _ in range(tries)]
    assert all(pauses)
    assert attempts.pause(backoffs_of(met, outage_seconds=600)) is None


def test_retries_of_several_classes_are_counted_together() -> None:
    deadlock, lost = fault(ErrorClass.CONTENTION, "40P01"), fault(ErrorClass.CONNECTION_LOST, "08006")
    attempts = Attempts()
    for met in [deadlock] * 5:
        assert attempts.pause(backoffs_of(met, outage_seconds=600))
    assert attempts.pause(backoffs_of(lost, outage_seconds=600)) is None


@pytest.mark.parametrize("meaning", [ErrorClass.OUTAGE, ErrorClass.LOCKED])
def test_an_outage_and_a_long_lock_are_waited_for_as_long_as_the_setting_says(
    meaning: ErrorClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    attempts, met = Attempts(), fault(meaning, MEANINGS[meaning][0])
    pauses, since = [], 0.0
    while (pause := attempts.pause(backoffs_of(met, outage_seconds=120))) is not None:
        since = since or (now if attempts.is_outage else 0.0)
        pauses += [pause] if attempts.is_outage else []
        now += pause
    assert now - since == pytest.approx(120.0)
    assert max(pauses) <= 30
    assert pauses[0] <= 1 < pauses[3]


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_between_tasks_only_outages_and_locks_are_retried(meaning: ErrorClass, code: str) -> None:
    backoffs = backoffs_of(fault(meaning, code), outage_seconds=1, only_outages=True)
    assert bool(backoffs) is (meaning in (ErrorClass.OUTAGE, ErrorClass.LOCKED))


def test_without_seconds_no_outage_is_waited_for() -> None:
    assert Attempts().pause(backoffs_of(fault(ErrorClass.OUTAGE, "53100"), outage_seconds=0)) is None
