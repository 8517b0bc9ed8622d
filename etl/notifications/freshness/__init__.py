"""Freshness: whether the partner hands over on time, and whether hand-overs are read in time.

Receives due times and the state of the run tables. Returns since when a feed is late or stalled, and notifies hooks:
one alert and one all-clear, no matter how many runners check. Never starts a run and never writes the marker.
"""

from etl.notifications.freshness.due_times import kept_of_due, late_since, stalled_since
from etl.notifications.freshness.feed import Feed, HandOver, read_feed
from etl.notifications.freshness.monitor import FeedMonitor

__all__ = ["Feed", "FeedMonitor", "HandOver", "kept_of_due", "late_since", "read_feed", "stalled_since"]
