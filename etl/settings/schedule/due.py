"""When a hand-over is due: times of day in a time zone."""

from dataclasses import dataclass
from datetime import UTC, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
DUE_PATTERN = rf"{_TIME}(?:\s*,\s*{_TIME})*(?:\s+[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*)?"
DUE_RULE = "is not a list of times: write 02:00 or 09:00, 18:00 Asia/Almaty"


@dataclass(frozen=True)
class Due:
    """`times` of day, sorted; empty: no fixed times. `minutes`: how old the last hand-over may be; None: any age."""

    times: tuple[time, ...] = ()
    zone: tzinfo = UTC
    minutes: int | None = None

    @property
    def is_watched(self) -> bool:
        """Whether hand-overs are due at all."""
        return bool(self.times) or self.minutes is not None


def parse_due(text: str, minutes: int | None, zone: tzinfo = UTC) -> Due:
    """Parses a text that matches DUE_PATTERN, or an empty one; `zone` applies if the text names none.

    Raises ValueError for an unknown zone.
    """
    *first, last = text.replace(",", " ").split() or [""]
    words = [*first, last] if ":" in last else first
    name = "" if ":" in last else last
    times = {time(int(word.split(":")[0]), int(word.split(":")[1])) for word in words}
    return Due(tuple(sorted(times)), named_zone(name) if name else zone, minutes)


def named_zone(name: str) -> tzinfo:
    """The zone of that name. Raises ValueError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name} is not a time zone that this machine knows: write one like Asia/Almaty") from None
