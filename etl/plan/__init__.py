"""Claimed tables -> ordered tasks with barriers and chunks.

Receives the metadata and how many rows each table has claimed. Hands on tasks. Never does I/O.

A task is a unit of a run's work and a row of the table `task`: one transaction. It is not a thread and not an asyncio
task, and no schedule knows it.
"""

from etl.plan.layout import Extent, lay_out, lay_out_claims
from etl.plan.task import CHUNKED, LINES_IN_A_PAGE, MERGING, SHARED, Chunk, Claimed, Kind, Task, position

__all__ = [
    "CHUNKED",
    "LINES_IN_A_PAGE",
    "MERGING",
    "SHARED",
    "Chunk",
    "Claimed",
    "Extent",
    "Kind",
    "Task",
    "lay_out",
    "lay_out_claims",
    "position",
]
