"""The task table: record, take, perform, resume.

Receives tasks of a plan. Hands each one to the function it is given, in one transaction together with the task's
state. Never knows what a task does.
"""

from etl.tasks.board import Board, Left, Taken
from etl.tasks.perform import perform

__all__ = ["Board", "Left", "Taken", "perform"]
