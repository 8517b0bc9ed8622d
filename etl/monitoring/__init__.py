"""Monitoring: what is ready and how old, the progress of a run, checks of the set-up, metrics.

Receives an open Runtime. Returns values for people and programs. Reads in read-only transactions with short timeouts,
writes nothing and starts no run.
"""

from etl.monitoring.check import check
from etl.monitoring.error_lists import ErrorQuery, count_errors, read_errors
from etl.monitoring.finding import Finding, Level
from etl.monitoring.measures import MEASURES, measure
from etl.monitoring.progress import KindProgress, Progress, progress
from etl.monitoring.ready import Age, AgeSampler, Ready
from etl.monitoring.running import (
    Seen,
    Watcher,
    read_again,
    rest,
)
from etl.monitoring.situation import LockWait, Situation, read_situation, situation_of
from etl.monitoring.topics import TopicsStatus, TopicsWatch, read_topics_status
from etl.monitoring.verdict import Act, Grade, State, Verdict, verdict

__all__ = [
    "MEASURES",
    "Act",
    "Age",
    "AgeSampler",
    "ErrorQuery",
    "Finding",
    "Grade",
    "KindProgress",
    "Level",
    "LockWait",
    "Progress",
    "Ready",
    "Seen",
    "Situation",
    "State",
    "TopicsStatus",
    "TopicsWatch",
    "Verdict",
    "Watcher",
    "check",
    "count_errors",
    "measure",
    "progress",
    "read_again",
    "read_errors",
    "read_situation",
    "read_topics_status",
    "rest",
    "situation_of",
    "verdict",
]
