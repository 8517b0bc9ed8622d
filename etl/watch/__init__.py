"""Seeing: what is ready and how old, how far a run is, what is wrong with the set-up, figures for monitoring.

Receives an open House. Hands on values for people and programs. Looks in read-only transactions with short patience,
writes nothing and starts no run.
"""

from etl.watch.check import check
from etl.watch.finding import Finding, Level
from etl.watch.measures import MEASURES, measure
from etl.watch.progress import KindProgress, Progress, progress
from etl.watch.ready import Age, Ready, ReadyBook
from etl.watch.running import Seen, Watcher, look_again, rest

__all__ = [
    "MEASURES",
    "Age",
    "Finding",
    "KindProgress",
    "Level",
    "Progress",
    "Ready",
    "ReadyBook",
    "Seen",
    "Watcher",
    "check",
    "look_again",
    "measure",
    "progress",
    "rest",
]
