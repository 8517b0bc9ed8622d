"""What becomes of rows that cannot be merged: they are rejected unread, and may be offered again."""

from etl.database import Connection, Statements, execute
from etl.inbound.faults import sentences
from etl.inbound.place import Place
from etl.metadata import Company
from etl.plan import Task

_sql = Statements(__package__)


def quarantine(connection: Connection, company: Company, task: Task, place: Place, reason: str = "") -> dict[str, int]:
    """Rejects the claimed rows of a task's chunk, each with an err row, and touches nothing else; returns counters.

    `reason`: why these very rows; without it they are the whole chunk of a task that was set aside.
    """
    link, chunk = company.in_link_table(task.table), task.part
    values = chunk.bounds(are_places=link is not None) | {
        "run": place.run,
        "in_table": task.table,
        "code": "ROW_QUARANTINED" if reason else "CHUNK_QUARANTINED",
        "reason": reason,
        "sentences": sentences(),
    }
    statement = _sql("quarantine", in_table=task.table, link=link, chunk=chunk, **place.names)
    rows = execute(connection, statement, values)
    return {"marked": rows, "rejected": rows}
