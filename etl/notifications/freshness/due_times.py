"""Since when a feed is late, and since when a hand-over is stalled. No I/O."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta

from etl.settings.schedule.due import Due


def late_since(now: datetime, last_hand_over: datetime, due: Due) -> datetime | None:
    """Since when the feed is late; None: it is not.

    `last_hand_over`: when the partner last handed over, or when watching began. With due times, the feed is late from
    a due time on if no hand-over came within `minutes` before it (without `minutes`: since the due time before it);
    a later hand-over ends that. Without due times, it is late when the last hand-over is older than `minutes`.
    """
    if not due.times:
        limit = last_hand_over + timedelta(minutes=due.minutes) if due.minutes is not None else None
        return limit if limit is not None and now > limit else None
    latest = latest_due(now, due)
    return latest if last_hand_over < _wanted_from(latest, due) else None


def kept_of_due(now: datetime, hand_overs: Iterable[datetime], due: Due, days: int) -> tuple[int, int] | None:
    """(how many hand-overs came when they were due, how many were due) within the last days, from the first hand-over
    on; None without due times, or without hand-overs."""
    came = sorted(hand_overs)
    if not due.times or not came:
        return None
    first = max(came[0], now - timedelta(days=days))
    kept = number = 0
    moment = latest_due(now, due)
    while moment > first:
        number += 1
        at = bisect_left(came, _wanted_from(moment, due))
        kept += at < len(came) and came[at] <= moment
        moment = latest_due(moment - timedelta(seconds=1), due)
    return kept, number


def _wanted_from(moment: datetime, due: Due) -> datetime:
    """From when on a hand-over counts for a due time."""
    if due.minutes is not None:
        return moment - timedelta(minutes=due.minutes)
    return latest_due(moment - timedelta(seconds=1), due)


def latest_due(now: datetime, due: Due) -> datetime:
    """The last due time up to `now`. A time that a daylight-saving change skips is moved by the change."""
    today = now.astimezone(due.zone).date()
    moments = [
        datetime.combine(today - timedelta(days=days), at, due.zone).astimezone(now.tzinfo)
        for days in (0, 1, 2)
        for at in due.times
    ]
    return max(moment for moment in moments if moment <= now)


def stalled_since(now: datetime, unread_since: datetime | None, minutes: int | None) -> datetime | None:
    """Since when a hand-over that has been unread since `unread_since` is stalled; None: it is not, or none is."""
    if unread_since is None or minutes is None:
        return None
    limit = unread_since + timedelta(minutes=minutes)
    return limit if now > limit else None
