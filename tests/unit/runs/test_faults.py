"""Each SQLSTATE means one thing, and patience has an end."""

import pytest

from etl.errors import EnvironmentFault, EtlError, RunStopped, TransientFault
from etl.runs import ErrorClass, error_class_of, is_data_error
from etl.runs.error_class import Patience, is_crash

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
    made = TransientFault("sown") if meaning in TRANSIENT else EnvironmentFault("sown")
    made.sqlstate = code
    return made


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_a_sqlstate_means_one_thing(meaning: ErrorClass, code: str) -> None:
    assert error_class_of(fault(meaning, code)) is meaning


def test_what_the_server_did_not_say_is_nothing_of_these() -> None:
    assert error_class_of(RunStopped("too many rejects")) is ErrorClass.OTHER


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_rows_are_blamed_for_values_only(meaning: ErrorClass, code: str) -> None:
    assert is_data_error(fault(meaning, code)) is (meaning is ErrorClass.DATA or code == "23505")


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_a_strike_is_what_nothing_but_the_task_explains(meaning: ErrorClass, code: str) -> None:
    is_lost = code in ("", "08006", "57P01", "57P02")
    assert is_crash(fault(meaning, code)) is (is_lost or is_data_error(fault(meaning, code)))


@pytest.mark.parametrize(
    ("meaning", "tries"),
    [(ErrorClass.CONTENTION, 8), (ErrorClass.CONNECTION_LOST, 5), (ErrorClass.RETRY_ONCE, 1), (ErrorClass.DATA, 0)],
)
def test_a_fault_is_borne_so_often(meaning: ErrorClass, tries: int) -> None:
    patience, met = Patience(seconds=600), fault(meaning, MEANINGS[meaning][0])
    pauses = [patience.pause(met) for _ in range(tries)]
    assert all(pauses)
    assert patience.pause(met) is None


def test_a_server_that_must_be_mended_is_waited_for_as_long_as_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    patience, met = Patience(seconds=120), fault(ErrorClass.OUTAGE, "53100")
    pauses = []
    while (pause := patience.pause(met)) is not None:
        pauses.append(pause)
        now += pause
    assert now == pytest.approx(1120.0)
    assert max(pauses) <= 30
    assert pauses[0] <= 1 < pauses[3]


def test_without_patience_nothing_is_waited_for() -> None:
    assert Patience(seconds=0).pause(fault(ErrorClass.OUTAGE, "53100")) is None
