"""What becomes of the rows of a task that cannot be performed: they are rejected unread, and may be offered again."""

from etl.database import Connection, Statements, execute
from etl.inbound.faults import sentences
from etl.inbound.place import Place
from etl.metadata import Company
from etl.plan import Chunk, Task

_sql = Statements(__package__)


def quarantine(connection: Connection, company: Company, task: Task, place: Place) -> dict[str, int]:
    """Rejects a chunk's claimed rows, each with an err row, and touches nothing else; returns counters."""
    chunk = task.chunk or Chunk(rows=0)
    link = next((link for link in company.in_link_tables() if link.name == task.table), None)
    values = {
        "run": place.run,
        "in_table": task.table,
        "sentences": sentences(),
    } | chunk.bounds(are_places=link is not None)
    statement = _sql("quarantine", in_table=task.table, link=link, chunk=chunk, **place.names)
    rows = execute(connection, statement, values)
    return {"marked": rows, "rejected": rows}
