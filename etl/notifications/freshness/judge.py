"""The thought: since when is a feed late, since when is a hand-over stalled. No I/O."""

from datetime import datetime, timedelta

from etl.settings.due import Due


def judge(now: datetime, last_hand_over: datetime, due: Due) -> datetime | None:
    """Since when the feed is late; None: it is not.

    `last_hand_over`: when the partner handed over last, or since when it is watched. With times of the day the
    question is asked at each of them: did a hand-over come within `minutes` before it, without minutes since the time
    before it? One that comes afterwards is the all-clear. Without times the question is asked always.
    """
    if not due.times:
        limit = last_hand_over + timedelta(minutes=due.minutes) if due.minutes is not None else None
        return limit if limit is not None and now > limit else None
    asked = latest_due(now, due)
    if due.minutes is not None:
        wanted_from = asked - timedelta(minutes=due.minutes)
    else:
        wanted_from = latest_due(asked - timedelta(seconds=1), due)
    return asked if last_hand_over < wanted_from else None


def latest_due(now: datetime, due: Due) -> datetime:
    """The last due time up to `now`; a time that a change of the clocks leaves out moves with it."""
    today = now.astimezone(due.zone).date()
    moments = [
        datetime.combine(today - timedelta(days=days), at, due.zone).astimezone(now.tzinfo)
        for days in (0, 1, 2)
        for at in due.times
    ]
    return max(moment for moment in moments if moment <= now)


def is_stalled(now: datetime, unread_since: datetime | None, minutes: int | None) -> datetime | None:
    """Since when a hand-over that is unread since `unread_since` is stalled; None: it is not, or nothing is unread."""
    if unread_since is None or minutes is None:
        return None
    limit = unread_since + timedelta(minutes=minutes)
    return limit if now > limit else None
