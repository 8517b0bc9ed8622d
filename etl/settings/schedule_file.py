"""The schedule file: `method = pattern` lines."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from etl.errors import Problem
from etl.settings.schedule import Schedule
from etl.settings.schedule_parse import parse_schedule
from etl.settings.schedule_reader import Fault

SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
METHOD = "tryToStartMigration"
DEFAULT_PATTERN = "repeat every 1 minute"


def read_schedule(texts: Mapping[str, str], location: str) -> tuple[Schedule, list[Problem]]:
    """When the import checks for a hand-over: without the file once a minute, without the line never.

    Lines for other methods are the platform's and are left alone; a faulty pattern is a problem and switched off.
    """
    if SCHEDULE not in texts:
        return parse_schedule(DEFAULT_PATTERN)[0], []
    schedule, problems = Schedule("", is_off=True), list[Problem]()
    seen = 0
    for number, line in enumerate(texts[SCHEDULE].split("\n"), start=1):
        method, equals, pattern = line.rstrip().partition("=")
        name = method.strip()
        if not line.strip() or name.startswith("#"):
            continue
        if name != METHOD or not equals:
            problems += _stray(name, bool(equals), location, number)
        elif seen:
            message = f"is already on line {seen}: delete one of the two"
            problems.append(Problem(message, location, number, name))
        else:
            seen = number
            schedule, faults = parse_schedule(pattern)
            problems += [_problem(fault, line.rstrip(), len(method) + 1, location, number) for fault in faults]
    return schedule, problems


def _problem(fault: Fault, line: str, before: int, location: str, number: int) -> Problem:
    """The fault of a pattern that begins `before` characters into its line."""
    start = before + fault.start
    part = line[start : start + fault.length]
    message = f"{part!r} {fault.message}" if part else fault.message
    return Problem(message, location, number, METHOD, start + 1, line, fault.length)


def _stray(name: str, has_pattern: bool, location: str, number: int) -> Iterator[Problem]:
    if not has_pattern:
        yield Problem(f"this line has no =: write {METHOD} = pattern, or # before a comment", location, number)
    elif get_close_matches(name.lower(), [METHOD.lower()], n=1, cutoff=0.8):
        yield Problem(f"is not read; did you mean {METHOD}?", location, number, name)
