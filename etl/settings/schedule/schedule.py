"""A schedule as a value that computes its next time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from etl.settings.schedule.term import Term, seconds_of

_LAST = seconds_of(datetime(9999, 12, 30, tzinfo=UTC))


@dataclass(frozen=True)
class _Answer:
    """The first time of a term from `asked` on, in seconds; None: there is none."""

    zone: tzinfo
    begin: int
    asked: int
    moment: int | None

    def holds(self, second: int, zone: tzinfo, begin: int) -> bool:
        """Whether this answer is still valid from `second` on."""
        is_same = zone is self.zone and begin == self.begin and self.asked <= second
        return is_same and (self.moment is None or second <= self.moment)


@dataclass(frozen=True)
class Schedule:
    """The schedule of one pattern. Without terms it is off (`off`, `#`) or has no times.

    What the clock skips when it is set forward counts when it jumps, where the schedule names the time itself (02:30);
    what it shows twice counts once. The times of a period (every 10 min) are those that the clock shows, each time.
    """

    pattern: str
    terms: tuple[Term, ...] = ()
    is_off: bool = False
    # In the platform: starts again although it still runs. Here only one run exists at a time, so this has no effect.
    is_parallel: bool = False
    # Number of a term -> its last answer, so that a rare time is not searched for again and again.
    _answers: dict[int, _Answer] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """For another process: without answers, whose zones may be those of this machine alone."""
        return vars(self) | {"_answers": {}}

    def next_after(self, instant: datetime, zone: tzinfo, *, start: datetime | None = None) -> datetime | None:
        """The first time after `instant`, in UTC, by the clock of `zone`; None: there is none within 400 years.

        `start`: from when `repeat` counts, without it from `instant`. All moments are whole seconds.
        """
        second, begin = seconds_of(instant) + 1, seconds_of(start or instant)
        moments = (self._next_of(number, second, zone, begin) for number in range(len(self.terms)))
        found = min((moment for moment in moments if moment is not None and moment < _LAST), default=None)
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def _next_of(self, number: int, second: int, zone: tzinfo, begin: int) -> int | None:
        known = self._answers.get(number)
        if known is None or not known.holds(second, zone, begin):
            known = _Answer(zone, begin, second, self.terms[number].next_from(second, zone, begin))
            self._answers[number] = known
        return known.moment
