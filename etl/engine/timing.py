"""When the schedule is due next, by the wall clock; no I/O."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from etl.settings import Schedule

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
