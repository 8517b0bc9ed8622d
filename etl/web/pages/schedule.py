"""Schedule: when runs are looked for next, and whether hand-overs come when they are due."""

import os
from datetime import datetime

from etl.engine import read_feed
from etl.monitoring.next_times import next_times, next_times_of_topics
from etl.web.pages.frame import CompanyPage, framed
from etl.web.requests import Model, PageRequest

_SHOWN = 10
_SHOWN_OF_TOPICS = 3


class Times(Model):
    """A schedule. `name` is "" for that of runs."""

    name: str
    pattern: str
    is_off: bool
    next: tuple[datetime, ...]


class Schedule(CompanyPage):
    """`is_watched`: whether the settings say when hand-overs are due."""

    schedules: tuple[Times, ...]
    starts_on_hand_over: bool
    is_watched: bool
    last_hand_over: datetime | None
    unread_since: datetime | None
    late_since: datetime | None
    stalled_since: datetime | None


def page(request: PageRequest) -> Schedule:
    """The next moments of each schedule."""
    runtime = request.runtime
    settings, feed = runtime.settings, read_feed(runtime)
    found = {"": next_times(settings, os.environ, _SHOWN)}
    found |= next_times_of_topics(settings, os.environ, _SHOWN_OF_TOPICS)
    return Schedule(
        **framed(request),
        schedules=tuple(
            Times(name=name, pattern=one.pattern, is_off=one.is_off, next=one.next) for name, one in found.items()
        ),
        starts_on_hand_over=settings.in_migration.start_on_hand_over,
        is_watched=feed is not None,
        last_hand_over=feed.last_hand_over if feed else None,
        unread_since=feed.unread_since if feed else None,
        late_since=feed.late_since if feed else None,
        stalled_since=feed.stalled_since if feed else None,
    )
