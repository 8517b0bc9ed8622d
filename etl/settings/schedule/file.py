"""The schedule file: `method = pattern` lines."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from etl.errors import Problem
from etl.settings.schedule.parse import parse_schedule
from etl.settings.schedule.reader import PatternFault
from etl.settings.schedule.schedule import Schedule

SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
METHOD = "tryToStartMigration"
DEFAULT_PATTERN = "repeat every 1 minute"

KAFKA_SCHEDULE = "scheduler/core/InMigrationKafkaScheduler.scheduler-config.txt"
DELETE_RECORDS, APPLY_REFERENCES, DELETE_REFERENCES = "deleteRecords", "applyRefBoi", "deleteUnActualRecords"
# Methods and patterns as in the vendor's guide, Schedulers of InMigrationKafka.
KAFKA_PATTERNS = {
    DELETE_RECORDS: "repeat every 5 hours",
    APPLY_REFERENCES: "repeat every 10 min",
    DELETE_REFERENCES: "23:30",
}

DIRECTORY_SCHEDULE = "scheduler/core/MigrateFromAdScheduler.scheduler-config.txt"
SYNC_METHOD = "migrate"


def read_directory_schedule(texts: Mapping[str, str], location: str) -> tuple[Schedule, list[Problem]]:
    """When all users of the directory are brought: without the file or the line never."""
    found, problems = read_schedules(texts.get(DIRECTORY_SCHEDULE, ""), location, {SYNC_METHOD: ""})
    return found[SYNC_METHOD], problems


def read_schedule(texts: Mapping[str, str], location: str) -> tuple[Schedule, list[Problem]]:
    """When the import checks for a hand-over: without the file once a minute, without the line never."""
    schedules, problems = read_schedules(texts.get(SCHEDULE), location, {METHOD: DEFAULT_PATTERN})
    return schedules[METHOD], problems


def read_schedules(
    text: str | None, location: str, patterns: Mapping[str, str]
) -> tuple[dict[str, Schedule], list[Problem]]:
    """The schedule of each method: without the file its pattern here, without its line never.

    Lines for other methods are the platform's and are left alone; a faulty pattern is a problem and switched off.
    """
    if text is None:
        return {method: parse_schedule(pattern)[0] for method, pattern in patterns.items()}, []
    schedules = {method: Schedule("", is_off=True) for method in patterns}
    seen, problems = dict[str, int](), list[Problem]()
    for number, line in enumerate(text.split("\n"), start=1):
        method, equals, pattern = line.rstrip().partition("=")
        name = method.strip()
        if not line.strip() or name.startswith("#"):
            continue
        if name not in patterns or not equals:
            problems += _stray(name, bool(equals), location, number, list(patterns))
        elif name in seen:
            message = f"is already on line {seen[name]}: delete one of the two"
            problems.append(Problem(message, location, number, name))
        else:
            seen[name] = number
            schedules[name], faults = parse_schedule(pattern)
            problems += [_problem(fault, line.rstrip(), len(method) + 1, location, number, name) for fault in faults]
    return schedules, problems


def _problem(fault: PatternFault, line: str, before: int, location: str, number: int, method: str) -> Problem:
    """The fault of a pattern that begins `before` characters into its line."""
    start = before + fault.start
    part = line[start : start + fault.length]
    message = f"{part!r} {fault.message}" if part else fault.message
    return Problem(message, location, number, method, start + 1, line, fault.length)


def _stray(name: str, has_pattern: bool, location: str, number: int, methods: list[str]) -> Iterator[Problem]:
    by_lower = {method.lower(): method for method in methods}
    word = name if has_pattern else name.partition(" ")[0]
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.8)
    if not has_pattern:
        meant = by_lower[close[0]] if close else methods[0]
        yield Problem(f"this line has no =: write {meant} = pattern, or # before a comment", location, number)
    elif close:
        yield Problem(f"is not read; did you mean {by_lower[close[0]]}?", location, number, name)
