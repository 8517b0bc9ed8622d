"""When the next step is due; no I/O. The schedule follows the wall clock, pauses after faults the monotonic one."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from etl.settings import Schedule

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
# Two looks at a schedule are closer together than this; a clock that went back further was set by an operator.
_SET_BACK = 5.0


@dataclass
class Ticks:
    """The moments of a schedule. Several that were missed during a long run come as one."""

    schedule: Schedule
    zone: tzinfo
    start: datetime
    next: datetime | None = None
    _seen: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    def is_due(self, now: datetime) -> bool:
        """Whether a moment has come since the last call."""
        was_set_back = (self._seen - now).total_seconds() > _SET_BACK
        is_due = self.next is not None and now >= self.next
        if is_due or was_set_back:
            self.next = self.schedule.next_after(now, self.zone, start=self.start)
        self._seen = now
        return is_due

    def seconds_left(self, now: datetime) -> float | None:
        """Seconds until the next moment; None: there is none."""
        return None if self.next is None else (self.next - now).total_seconds()

    def __str__(self) -> str:
        following = self.next.astimezone(self.zone).isoformat(sep=" ") if self.next else "never"
        return f"the schedule `{self.schedule.pattern}` comes next: {following}"

    @classmethod
    def begin(cls, schedule: Schedule, zone: tzinfo, start: datetime, now: datetime) -> "Ticks":
        """From `now` on; repetitions count from `start`."""
        return cls(schedule, zone, start, schedule.next_after(now, zone, start=start), now)


@dataclass
class Patience:
    """Growing pauses after faults of the environment, up to a minute; a success resets them."""

    until: float = 0.0
    _pause: float = _FIRST_PAUSE

    def fail(self, now: float) -> float:
        """Counts a fault; returns the pause in seconds."""
        pause = self._pause * random.uniform(0.5, 1.0)  # noqa: S311
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self.until = now + pause
        return pause

    def succeed(self) -> None:
        """Resets the pauses."""
        self.until, self._pause = 0.0, _FIRST_PAUSE
