"""A run as a list of tasks, and the task table: plan, record, take, perform, retry.

Receives how many rows each table has claimed. Calls the given function with each task, in one transaction together
with the task's state. Never knows what a task does.
"""

from etl.runs.bisect import PoisonRows, bisect
from etl.runs.counters import (
    RECEIPT_COUNTERS,
    RECORD_COUNTERS,
    RESULTS,
    ClaimedRows,
    CounterName,
    Counters,
    ReceiptCounters,
    ReceiptName,
    ResultName,
    RowsByTable,
    TaskCounters,
    add_counters,
)
from etl.runs.error_class import ErrorClass, backoffs_of, error_class_of, is_data_error
from etl.runs.perform import Fallback, TaskFunction, perform
from etl.runs.plan import Extent, build_claim_plan, build_plan
from etl.runs.queue import ClaimedTask, QueueState, RecordedTask, TaskQueue
from etl.runs.task import CHUNKED, LINES_IN_A_PAGE, MERGING, SHARED, Chunk, Claimed, Kind, Task, ctid_number

__all__ = [
    "CHUNKED",
    "LINES_IN_A_PAGE",
    "MERGING",
    "RECEIPT_COUNTERS",
    "RECORD_COUNTERS",
    "RESULTS",
    "SHARED",
    "Chunk",
    "Claimed",
    "ClaimedRows",
    "ClaimedTask",
    "CounterName",
    "Counters",
    "ErrorClass",
    "Extent",
    "Fallback",
    "Kind",
    "PoisonRows",
    "QueueState",
    "ReceiptCounters",
    "ReceiptName",
    "RecordedTask",
    "ResultName",
    "RowsByTable",
    "Task",
    "TaskCounters",
    "TaskFunction",
    "TaskQueue",
    "add_counters",
    "backoffs_of",
    "bisect",
    "build_claim_plan",
    "build_plan",
    "ctid_number",
    "error_class_of",
    "is_data_error",
    "perform",
]
