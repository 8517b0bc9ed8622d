"""Freshness: does the partner hand over when it is due, and is what was handed over read in time.

Receives due times and what the tables of runs say. Returns what is late or stalled, and tells hooks of it: one alert
and one all-clear, however many runners look. Never starts a run and never touches the marker.
"""

from etl.notifications.freshness.feed import Feed, Handed, look
from etl.notifications.freshness.judge import is_stalled, judge
from etl.notifications.freshness.watchman import Watchman

__all__ = ["Feed", "Handed", "Watchman", "is_stalled", "judge", "look"]
