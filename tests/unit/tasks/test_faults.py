"""Each SQLSTATE means one thing, and patience has an end."""

import pytest

from etl.errors import EnvironmentFault, EtlError, RunStopped, TransientFault
from etl.tasks import Meaning, blames_rows, meaning_of
from etl.tasks.faults import Patience, is_strike

MEANINGS = {
    Meaning.BRIEF: ("40001", "40003", "40P01", "25P03"),
    Meaning.LOCKED: ("55P03",),
    Meaning.LOST: ("", "08006", "57P01", "57P02", "57P03", "53300"),
    Meaning.ONCE: ("23505", "0A000"),
    Meaning.LASTING: ("53100", "53200", "53N01", "58030", "25006", "28000", "28P01"),
    Meaning.TIMEOUT: ("57014",),
    Meaning.DATA: ("21000", "22P05", "22003", "23514", "54000"),
    Meaning.OTHER: ("42501", "42P01", "3F000", "XX000", "XX001", "XX002", "53400", "22P03", "22P04"),
}
TRANSIENT = (Meaning.BRIEF, Meaning.LOCKED, Meaning.LOST, Meaning.ONCE)
CODES = [(meaning, code) for meaning, codes in MEANINGS.items() for code in codes]


def fault(meaning: Meaning, code: str) -> EtlError:
    made = TransientFault("sown") if meaning in TRANSIENT else EnvironmentFault("sown")
    made.sqlstate = code
    return made


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_a_sqlstate_means_one_thing(meaning: Meaning, code: str) -> None:
    assert meaning_of(fault(meaning, code)) is meaning


def test_what_the_server_did_not_say_is_nothing_of_these() -> None:
    assert meaning_of(RunStopped("too many rejects")) is Meaning.OTHER


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_rows_are_blamed_for_values_only(meaning: Meaning, code: str) -> None:
    assert blames_rows(fault(meaning, code)) is (meaning is Meaning.DATA or code == "23505")


@pytest.mark.parametrize(("meaning", "code"), CODES)
def test_a_strike_is_what_nothing_but_the_task_explains(meaning: Meaning, code: str) -> None:
    is_lost = code in ("", "08006", "57P01", "57P02")
    assert is_strike(fault(meaning, code)) is (is_lost or blames_rows(fault(meaning, code)))


@pytest.mark.parametrize(
    ("meaning", "tries"), [(Meaning.BRIEF, 8), (Meaning.LOST, 5), (Meaning.ONCE, 1), (Meaning.DATA, 0)]
)
def test_a_fault_is_borne_so_often(meaning: Meaning, tries: int) -> None:
    patience, met = Patience(seconds=600), fault(meaning, MEANINGS[meaning][0])
    pauses = [patience.pause(met) for _ in range(tries)]
    assert all(pauses)
    assert patience.pause(met) is None


def test_a_server_that_must_be_mended_is_waited_for_as_long_as_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    patience, met = Patience(seconds=120), fault(Meaning.LASTING, "53100")
    pauses = []
    while (pause := patience.pause(met)) is not None:
        pauses.append(pause)
        now += pause
    assert now == pytest.approx(1120.0)
    assert max(pauses) <= 30
    assert pauses[0] <= 1 < pauses[3]


def test_without_patience_nothing_is_waited_for() -> None:
    assert Patience(seconds=0).pause(fault(Meaning.LASTING, "53100")) is None
