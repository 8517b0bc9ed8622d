"""When runs would be looked for next, by the schedules of the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from etl.engine import zone_of
from etl.settings import Schedule, Settings
from etl.settings.schedule.file import APPLY_REFERENCES, DELETE_RECORDS, DELETE_REFERENCES


@dataclass(frozen=True)
class NextTimes:
    """A schedule, and the next moments that it names, in the company's zone."""

    pattern: str
    is_off: bool
    next: tuple[datetime, ...]


def next_times(settings: Settings, environ: Mapping[str, str], number: int) -> NextTimes:
    """Of the schedule of runs."""
    return _of(settings.schedule, number, _zone(settings, environ))


def next_times_of_topics(settings: Settings, environ: Mapping[str, str], number: int) -> dict[str, NextTimes]:
    """Of what is done beside the reading of topics, by name; nothing where none is read."""
    kafka = settings.kafka.in_migration
    if not kafka.enabled:
        return {}
    schedules = {
        APPLY_REFERENCES: kafka.schedules.apply_references,
        DELETE_RECORDS: kafka.schedules.delete_records,
        DELETE_REFERENCES: kafka.schedules.delete_references,
    }
    return {name: _of(one, number, _zone(settings, environ)) for name, one in schedules.items()}


def next_times_of_directory(settings: Settings, environ: Mapping[str, str], number: int) -> NextTimes | None:
    """Of the syncs of all users; None without a directory."""
    if not settings.directory.is_used:
        return None
    return _of(settings.directory.schedule, number, _zone(settings, environ))


def _zone(settings: Settings, environ: Mapping[str, str]) -> tzinfo:
    return zone_of(settings.in_migration.time_zone, environ)


def _of(schedule: Schedule, number: int, zone: tzinfo) -> NextTimes:
    start = instant = datetime.now(UTC)
    times: list[datetime] = []
    while len(times) < number and not schedule.is_off:
        following = schedule.next_after(instant, zone, start=start)
        if following is None:
            break
        times.append(following.astimezone(zone))
        instant = following
    return NextTimes(schedule.pattern, schedule.is_off, tuple(times))
