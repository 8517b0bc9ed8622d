"""Since when a feed is late, and since when a hand-over is stalled. No I/O."""

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
    if due.minutes is not None:
        wanted_from = latest - timedelta(minutes=due.minutes)
    else:
        wanted_from = latest_due(latest - timedelta(seconds=1), due)
    return latest if last_hand_over < wanted_from else None


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
