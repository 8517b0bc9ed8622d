"""Schedules by examples of the platform and defects of its scheduler, and the days on which clocks jump."""

import pickle
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import pytest

from etl.settings.schedule import Schedule
from etl.settings.schedule.file import METHOD, SCHEDULE, read_schedule
from etl.settings.schedule.parse import parse_schedule
from etl.settings.schedule.term import Term

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY_NOON = datetime(2026, 3, 27, 12, tzinfo=BERLIN)


def sound(pattern: str) -> Schedule:
    schedule, faults = parse_schedule(pattern)
    assert not faults
    return schedule


def moments(pattern: str, count: int = 3, after: datetime = FRIDAY_NOON) -> list[str]:
    """The next moments as the clock in the zone of `after` shows them."""
    schedule, found, instant = sound(pattern), list[str](), after
    while len(found) < count:
        following = schedule.next_after(instant, after.tzinfo or UTC, start=after)
        if following is None:
            break
        found.append(following.astimezone(after.tzinfo).strftime("%Y-%m-%d %H:%M:%S"))
        instant = following
    return found


def test_a_time_of_the_day() -> None:
    assert moments("02:00", 2, datetime(2026, 1, 1, 2, tzinfo=BERLIN)) == ["2026-01-02 02:00:00", "2026-01-03 02:00:00"]
    assert moments("23:59:58", 1) == ["2026-03-27 23:59:58"]


@pytest.mark.parametrize(
    "pattern", ["repeat every 30 sec", "repeat 30 s", "повторять каждые 30 секунд", "Repeat 30sec"]
)
def test_repetitions_count_from_the_start(pattern: str) -> None:
    assert moments(pattern, 2) == ["2026-03-27 12:00:30", "2026-03-27 12:01:00"]


@pytest.mark.parametrize(
    "pattern", ["repeat every 1 hour after pause in 5 min", "повторять каждый час начиная с паузы 5 м"]
)
def test_a_pause_is_before_the_first_repetition(pattern: str) -> None:
    assert moments(pattern, 2) == ["2026-03-27 12:05:00", "2026-03-27 13:05:00"]


@pytest.mark.parametrize(
    "pattern",
    ["from 9:00 to 18:00 every 10 min * (mon + wed)", "с 9:00 до 18:00 каждые 10 минут * (понедельник + СР)"],
)
def test_a_period_on_some_weekdays(pattern: str) -> None:
    found = moments(pattern, 56)
    assert found[0] == "2026-03-30 09:00:00"
    assert found[54:] == ["2026-03-30 18:00:00", "2026-04-01 09:00:00"]


@pytest.mark.parametrize(("pattern", "expected"), [
    ("17 jan..dec * 10:00", ["2026-04-17", "2026-05-17"]),
    ("1 15 июнь август 2026..2027 год * 10:00", ["2026-06-01", "2026-06-15", "2026-08-01", "2026-08-15", "2027-06-01"]),
    ("31 jan..dec * 10:00", ["2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31", "2026-10-31"]),
    ("29 feb * 10:00", ["2028-02-29", "2032-02-29"]),
    ("29 feb 2090..2110 years * 10:00", ["2092-02-29", "2096-02-29", "2104-02-29", "2108-02-29"]),
    ("2026 year * 31 dec * 10:00", ["2026-12-31"]),
])  # fmt: skip
def test_days_months_and_years(pattern: str, expected: list[str]) -> None:
    assert moments(pattern, len(expected)) == [f"{day} 10:00:00" for day in expected]


def test_or_and_and_brackets() -> None:
    assert moments("10:00 + 11:00 * sat") == ["2026-03-28 10:00:00", "2026-03-28 11:00:00", "2026-03-29 10:00:00"]
    assert moments("(10:00 + 11:00) * sat", 2) == ["2026-03-28 10:00:00", "2026-03-28 11:00:00"]


def test_a_reversed_period_is_turned_round_as_in_the_original() -> None:
    assert moments("from 12:00 to 10:00 every 1 hour", 2) == moments("from 10:00 to 12:00 every 1 hour", 2)


def test_a_night_is_two_periods() -> None:
    pattern = "from 22:00 to 24:00 every 1 hour + from 0:00 to 1:00 every 1 hour"
    assert [one[11:16] for one in moments(pattern, 4)] == ["22:00", "23:00", "00:00", "01:00"]


@pytest.mark.parametrize("pattern", ["off", " OFF ", "#", "# 02:00", " # repeat every 5 hour", "off # until May"])
def test_switched_off(pattern: str) -> None:
    schedule = sound(pattern)
    assert schedule.is_off
    assert schedule.next_after(FRIDAY_NOON, BERLIN) is None


@pytest.mark.parametrize(
    "pattern", ["31 feb * 10:00", "mon * tue * 10:00", "10:00 * 11:00", "2020 year * 10:00", "30 feb * mon * 10:00",
                "from 9:00 to 10:00 * 11:00", "from 10:01 to 10:09 every 10 min"]
)  # fmt: skip
def test_what_never_comes_is_known(pattern: str) -> None:
    schedule = sound(pattern)
    assert not schedule.is_off
    assert schedule.next_after(FRIDAY_NOON, BERLIN) is None


def test_two_repetitions_meet_where_both_come() -> None:
    assert moments("repeat every 4 min * repeat every 6 min", 2) == ["2026-03-27 12:12:00", "2026-03-27 12:24:00"]
    never = "repeat every 4 min after pause in 1 min * repeat every 6 min after pause in 2 min"
    assert moments(never) == []


# ---- what the platform's own scheduler gets wrong --------------------------------------------------------------------


@pytest.mark.parametrize("pattern", [" parallel repeat every 1 min", "parallel 02:00", " параллельно 02:00"])
def test_defect_1_parallel_with_blanks_before_it(pattern: str) -> None:
    assert sound(pattern).is_parallel


@pytest.mark.parametrize("pattern", ["Monday * 10:00", "MON * 10:00", "Понедельник * 10:00"])
def test_defect_2_weekdays_in_capitals(pattern: str) -> None:
    assert moments(pattern, 1) == ["2026-03-30 10:00:00"]


def test_defect_3_may_in_the_genitive() -> None:
    assert moments("17 мая * в 10:00", 1) == ["2026-05-17 10:00:00"]


@pytest.mark.parametrize("pattern", ["repeat every hour", "повторять каждый час"])
def test_defect_4_units_without_a_number(pattern: str) -> None:
    assert moments(pattern, 1) == ["2026-03-27 13:00:00"]


def test_defect_5_no_delay_is_a_fault() -> None:
    [fault] = parse_schedule("repeat every 0 sec")[1]
    assert (fault.start, fault.length) == (13, 1)


def test_defect_6_a_comment_behind_the_pattern() -> None:
    assert moments("14:00 # after lunch", 1) == ["2026-03-27 14:00:00"]


@pytest.mark.parametrize(("pattern", "places"), [
    ("(10:00 + xxx) * mon", [9]),
    ("10:00 * (mon", [12]),
    ("10:00) * mon", [5]),
    ("((10:00 + xxx) * yyy", [10, 17, 20]),
])  # fmt: skip
def test_defect_7_faults_in_brackets(pattern: str, places: list[int]) -> None:
    assert [fault.start for fault in parse_schedule(pattern)[1]] == places


@pytest.mark.parametrize("pattern", [
    "", "office", "off 10:00", "xxx", "mon", "from 9:00 to 18:00", "25:00", "10:60", "10", "17", "()", "parallel",
    "10:00 11:00", "10:00 +", "* 10:00", "10:00 mon", "10:00 (mon)", "10:00;", "9" * 5000 + ":00", "(" * 60 + "10:00",
    "32 jan * 10:00", "5..1 jan * 10:00", "dec..feb * 10:00", "1..x jan * 10:00", "1..999999999 jan * 10:00",
    "17 jan 2026 * 10:00", "99999 year * 10:00",
    "repeat", "repeat every 10", "repeat every 10 5", "repeat every 10 days", "repeat every 1 min after 5 min",
    "повторять каждый час начиная с 5 минут", "repeat every 99999999999999999999 hours", "repeat 999999999 hours",
    "from 9:00", "from 9:00 to", "from 9 to 18 every 10 min", "from 9:00 to 18:00 every",
    "*".join(["(10:00+11:00+mon+tue)"] * 12) + "*" + "*".join(f"(10:00+from {n}:00 to 18:00)" for n in range(12)),
])  # fmt: skip
def test_faults_are_reported_with_their_place(pattern: str) -> None:
    schedule, faults = parse_schedule(pattern)
    assert schedule.is_off
    assert faults
    for fault in faults:
        assert 0 <= fault.start <= fault.start + fault.length <= len(pattern)


@pytest.mark.parametrize(
    ("pattern", "place", "said"),
    [
        ("повторять каждый час начиная паузы 5 минут", 29, "`с паузы` is expected here"),
        (
            "(mon+tue+wed+thu+fri+sat+sun)*(jan+feb+mar+apr+may+jun+jul+aug+sep+oct+nov+dec)*"
            + "(" + "+".join(f"from {hour}:00 to 18:00 every 10 min" for hour in range(15)) + ")",
            None,
            "is too complex: multiplied out, the pattern has more than 1000 parts",
        ),
    ],
)  # fmt: skip
def test_faults_that_say_what_is_missing_or_too_much(pattern: str, place: int | None, said: str) -> None:
    [fault] = parse_schedule(pattern)[1]
    assert fault.message == said
    assert place in (None, fault.start)


# ---- clocks that jump ------------------------------------------------------------------------------------------------


def test_a_skipped_time_comes_when_the_clock_jumps() -> None:
    assert moments("02:30", 2, datetime(2026, 3, 28, 12, tzinfo=BERLIN)) == [
        "2026-03-29 03:00:00",
        "2026-03-30 02:30:00",
    ]


def test_a_time_shown_twice_comes_once() -> None:
    schedule, before = sound("02:30"), datetime(2026, 10, 24, 12, tzinfo=BERLIN)
    first = schedule.next_after(before, BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert schedule.next_after(first, BERLIN) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_period_is_what_the_clock_shows() -> None:
    pattern = "from 1:30 to 3:30 every 30 min"
    spring = [one[11:16] for one in moments(pattern, 4, datetime(2026, 3, 29, 0, tzinfo=BERLIN))]
    assert spring == ["01:30", "03:00", "03:30", "01:30"]
    autumn = [one[11:16] for one in moments(pattern, 7, datetime(2026, 10, 25, 0, tzinfo=BERLIN))]
    assert autumn == ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"]


def test_a_skipped_midnight_and_a_skipped_day() -> None:
    beirut, apia = ZoneInfo("Asia/Beirut"), ZoneInfo("Pacific/Apia")
    assert moments("00:30", 1, datetime(2026, 3, 28, 12, tzinfo=beirut)) == ["2026-03-29 01:00:00"]
    assert moments("30 dec * 10:00", 1, datetime(2011, 12, 29, 12, tzinfo=apia)) == ["2011-12-31 00:00:00"]


def test_repetitions_know_no_clock() -> None:
    schedule, instant = sound("repeat every 1 hour"), datetime(2026, 3, 28, 23, tzinfo=BERLIN)
    found = [instant := schedule.next_after(instant, BERLIN, start=FRIDAY_NOON) or instant for _ in range(6)]
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


def test_a_time_at_which_no_repetition_comes_comes_where_the_clock_skips_it() -> None:
    """Half past two is no full hour since noon, but on the night without it the time moves to three o'clock."""
    assert moments("02:30 * repeat every 1 hour", 2) == ["2026-03-29 03:00:00", "2027-03-28 03:00:00"]


# ---- the file --------------------------------------------------------------------------------------------------------


def read(text: str) -> tuple[Schedule, list[str]]:
    schedule, problems = read_schedule({SCHEDULE: text}, "place")
    return schedule, [str(problem) for problem in problems]


def test_repetitions_within_a_period_that_a_clock_of_half_an_hour_moves_out_of_step() -> None:
    """On Lord Howe Island summer time is half an hour: full hours since a winter's start are none on summer's clock."""
    zone = ZoneInfo("Australia/Lord_Howe")
    schedule = sound("from 9:00 to 18:00 every 1 hour * repeat every 1 hour")
    start = datetime(2026, 6, 1, 12, tzinfo=zone)

    def following(after: datetime) -> datetime | None:
        found = schedule.next_after(after, zone, start=start)
        return found and found.astimezone(zone)

    assert following(start) == datetime(2026, 6, 1, 13, tzinfo=zone)
    assert following(datetime(2026, 10, 3, 18, tzinfo=zone)) == datetime(2027, 4, 4, 9, tzinfo=zone)


def test_a_fault_names_line_and_column() -> None:
    schedule, [problem] = read(f"# times\n\n  {METHOD} = 10:00 + xxx # night")
    assert schedule.is_off
    assert problem.startswith(f"place:3:33: {METHOD}: 'xxx' is not part of a schedule")


def test_without_the_file_once_a_minute_and_without_the_line_never() -> None:
    assert not read_schedule({}, "place")[0].is_off
    assert read("# nothing\n") == (Schedule("", is_off=True), [])
    assert read(f"#{METHOD} = 02:00\nanotherMethod = nonsense\r\n") == (Schedule("", is_off=True), [])


@pytest.mark.parametrize("text", [METHOD, f"{METHOD}=02:00\n{METHOD}=03:00", "tryToStartMigrations = 02:00"])
def test_slips_of_the_file_are_faults(text: str) -> None:
    assert read(text)[1]


def test_what_comes_once_in_years_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = sound("(29 feb * 12:00) + from 0:00 to 24:00 every 10 min")
    rare = next(term for term in schedule.terms if "29" in repr(term))
    asked = list[int]()
    search = Term.next_from

    def noting(term: Term, second: int, zone: tzinfo, begin: int) -> int | None:
        if term is rare:
            asked.append(second)
        return search(term, second, zone, begin)

    monkeypatch.setattr(Term, "next_from", noting)
    instant: datetime | None = FRIDAY_NOON
    for _ in range(50):
        assert instant
        instant = schedule.next_after(instant, BERLIN, start=FRIDAY_NOON)
    assert len(asked) == 1
    schedule.next_after(FRIDAY_NOON - timedelta(days=1), BERLIN, start=FRIDAY_NOON)
    assert len(asked) == 2, "what was true later says nothing of earlier"


def test_another_process_gets_a_schedule_that_was_asked_by_the_clock_of_this_machine() -> None:
    """A zone of /etc/localtime cannot be sent, and an answer is not worth it."""
    schedule = sound("02:30")
    file = next(found for folder in TZPATH if (found := Path(folder) / "Europe/Berlin").exists())
    with file.open("rb") as opened:
        zone = ZoneInfo.from_file(opened)
    following = schedule.next_after(FRIDAY_NOON, zone)
    sent = pickle.loads(pickle.dumps(schedule))
    assert sent == schedule
    assert sent.next_after(FRIDAY_NOON, zone) == following
