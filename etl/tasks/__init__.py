"""The task table: record, take, perform, resume.

Receives tasks of a plan. Hands each one to the function it is given, in one transaction together with the task's
state, and bears its faults by what they mean. Never knows what a task does.
"""

from etl.tasks.bearing import Bearing
from etl.tasks.board import Board, Left, Taken
from etl.tasks.faults import Meaning, blames_rows, meaning_of
from etl.tasks.perform import Otherwise, Work, perform
from etl.tasks.search import Guilty, search

__all__ = [
    "Bearing",
    "Board",
    "Guilty",
    "Left",
    "Meaning",
    "Otherwise",
    "Taken",
    "Work",
    "blames_rows",
    "meaning_of",
    "perform",
    "search",
]
