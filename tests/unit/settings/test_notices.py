"""Keys of hooks and due times."""

from datetime import time

import pytest
from pydantic import SecretStr

from tests.unit.settings.reading import MAIN, problems_of, settings_of


def test_no_one_is_reported_and_nothing_is_due_by_default() -> None:
    main = settings_of({}).in_migration
    assert (main.hook_command, main.hook_url, main.hook_seconds) == ((), SecretStr(""), 10)
    assert not main.due.is_watched
    assert main.stalled_minutes is None


def test_a_command_has_words_as_in_a_shell() -> None:
    main = settings_of({MAIN: "hookCommand=/opt/tell --to 'the operators'"}).in_migration
    assert main.hook_command == ("/opt/tell", "--to", "the operators")
    [problem] = problems_of({MAIN: "hookCommand=/opt/tell 'x"})
    assert problem == f"/c/{MAIN}:1: hookCommand: has an unclosed quotation mark: close it"


@pytest.mark.parametrize("url", ["ftp://host/x", "host/x", "file:///etc/passwd", "https:///t0ken"])
def test_an_address_that_is_none_is_refused_and_not_repeated(url: str) -> None:
    [problem] = problems_of({MAIN: f"hookUrl={url}"})
    assert "hookUrl: is not a URL" in problem
    assert url not in problem


def test_times_and_zone() -> None:
    due = settings_of({MAIN: "freshnessDue=18:00, 9:30 Asia/Almaty\nfreshnessMinutes=90"}).in_migration.due
    assert (due.times, str(due.zone), due.minutes) == ((time(9, 30), time(18)), "Asia/Almaty", 90)


def test_times_without_a_zone_are_those_of_the_schedule() -> None:
    def zone(text: str) -> str:
        return str(settings_of({MAIN: text}).in_migration.due.zone)

    assert zone("freshnessDue=02:00\ntimeZone=Asia/Almaty") == "Asia/Almaty"
    assert zone("freshnessDue=02:00 Europe/Berlin\ntimeZone=Asia/Almaty") == "Europe/Berlin"
    assert zone("freshnessDue=02:00") == "UTC"


@pytest.mark.parametrize("text", ["25:00", "2", "02:00 03:00", "02:60", "mon 02:00", "02:00,,03:00"])
def test_times_that_are_none(text: str) -> None:
    assert "freshnessDue: is not a list of times" in problems_of({MAIN: f"freshnessDue={text}"})[0]


def test_a_zone_that_is_not_known() -> None:
    [problem] = problems_of({MAIN: "freshnessDue=02:00 Asia/Atlantis"})
    assert "freshnessDue: Asia/Atlantis is not a time zone that this machine knows" in problem
