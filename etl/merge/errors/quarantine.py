"""Rejects rows that cannot be merged without reading their values; they may be offered again."""

from etl.database import Connection, SqlTemplates, execute
from etl.merge.context import MergeContext
from etl.merge.errors.catalogue import sentences
from etl.metadata import Company
from etl.runs import Counters, Task

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def quarantine(
    connection: Connection, company: Company, task: Task, context: MergeContext, reason: str = ""
) -> Counters:
    """Rejects the claimed rows of a task's chunk, each with an err row, and touches nothing else; returns counters.

    `reason`: why these rows were rejected; without it they are the whole chunk of a task that was set aside.
    """
    link, chunk = company.in_link_table(task.table), task.part
    values = chunk.bounds(are_ctids=link is not None) | {
        "run": context.run,
        "in_table": task.table,
        "code": "ROW_QUARANTINED" if reason else "CHUNK_QUARANTINED",
        "reason": reason,
        "sentences": sentences(),
    }
    statement = _sql("quarantine", in_table=task.table, link=link, chunk=chunk, **context.variables)
    rows = execute(connection, statement, values)
    return {"marked": rows, "rejected": rows}
