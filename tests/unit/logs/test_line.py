"""Lines as the vendor's guide shows them."""

import json
import logging
import re

import pytest

from etl.logs.line import Line
from etl.logs.redaction import Redaction
from etl.settings.logging.pattern import parse_pattern

GUIDE_A = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level Q%mdc{LID} %logger %msg%n"
GUIDE_B = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} [%23.23thread] Q %msg%n"


def event(message: str, *arguments: object, level: int = logging.INFO, error: BaseException | None = None) -> str:
    return line(GUIDE_A, message, *arguments, level=level, error=error)


def line(
    pattern: str,
    message: str,
    *arguments: object,
    level: int = logging.INFO,
    error: BaseException | None = None,
    thread: str = "MainThread",
) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("inMigration", level, __file__, 1, message, arguments, info)
    record.threadName = thread
    Redaction().filter(record)
    return Line(parse_pattern(pattern)).format(record)


def raised() -> BaseException:
    try:
        raise ValueError("one\ntwo")
    except ValueError as error:
        return error


def test_generation_a() -> None:
    text = event("g5mP3u7hF4 :: cleanErrorsTable start")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} INFO  Q inMigration g5mP3u7hF4 :: .* start", text)


def test_generation_b_cuts_threads_at_the_left() -> None:
    text = line(GUIDE_B, "uXizo869mV :: start task", thread="tryToStartMigration-run-21275")
    assert text[23:] == " [tartMigration-run-21275] Q uXizo869mV :: start task"
    assert "[             MainThread] Q" in line(GUIDE_B, "x")


@pytest.mark.parametrize(("pattern", "expected"), [
    ("%level|%-6p|%6le|%.2level|%.-2level", "INFO|INFO  |  INFO|FO|IN"),
    ("%%%msg\\(\\)", "%text()"),
    ("%logger{3} %c", "inMigration inMigration"),
    ("%red(%msg)", "\x1b[31mtext\x1b[0m"),
    ("%highlight(%level)", "\x1b[34mINFO\x1b[0m"),
    ("%10(%msg)|", "      text|"),
    ("%msg", "text"),
])  # fmt: skip
def test_the_words_of_patterns(pattern: str, expected: str) -> None:
    assert line(pattern, "text") == expected


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("%logger", "in.migration.kafka"),
        ("%logger{0}", "in.migration.kafka"),
        ("%logger{17}", "i.migration.kafka"),
        ("%logger{5}", "i.m.kafka"),
    ],
)
def test_long_names_of_loggers_become_letters_from_the_left(pattern: str, shown: str) -> None:
    record = logging.LogRecord("in.migration.kafka", logging.INFO, __file__, 1, "x", (), None)
    assert Line(parse_pattern(pattern)).format(record) == shown


def test_no_message_passes_itself_off_as_an_event() -> None:
    text = event("a\n2026-01-01T00:00:00.000 INFO  Q inMigration forged \x1b[2J")
    first, second = text.split("\n")
    assert first.endswith(" a")
    assert second == "    2026-01-01T00:00:00.000 INFO  Q inMigration forged \\x1b[2J"


def test_a_traceback_is_appended_unless_the_pattern_says_where() -> None:
    text = event("failed", error=raised())
    assert text.split("\n")[1] == "    Traceback (most recent call last):"
    assert all(one.startswith("    ") for one in text.split("\n")[1:])
    assert line("%msg%nopex%n", "failed", error=raised()) == "failed"
    assert line("%msg [%ex]%n", "failed", error=raised()).startswith("failed [    Traceback")


def test_json_lines() -> None:
    text = line("%json", "uXizo869mV :: start %s\nof two lines", "task", error=raised(), level=logging.WARNING)
    assert "\n" not in text
    found = json.loads(text)
    assert found["exception"].startswith("Traceback")
    assert {key: found[key] for key in ("level", "logger", "code", "message")} == {
        "level": "WARN", "logger": "inMigration", "code": "uXizo869mV", "message": "start task\nof two lines",
    }  # fmt: skip


def test_arguments_that_do_not_fit_lose_no_event() -> None:
    assert event("%d rows %s", "x").endswith("%d rows %s")
