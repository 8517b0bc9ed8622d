"""Divides a task's claimed rows into smaller parts: to find poison rows, or to merge them part by part."""

from dataclasses import replace

from etl.database import Connection, SqlTemplates, fetch_all
from etl.merge.context import MergeContext
from etl.metadata import Company
from etl.runs import LINES_IN_A_PAGE, Chunk, Task

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def cut(connection: Connection, company: Company, task: Task, context: MergeContext, number: int) -> tuple[Chunk, ...]:
    """Divides a chunk's claimed rows into parts of about the same size; fewer parts if there are fewer
    rows, none if there is no row."""
    link = company.in_link_table(task.table)
    chunk = task.part
    variables = {
        "in_table": task.table,
        "link": link,
        "chunk": chunk,
        "lines_in_a_page": LINES_IN_A_PAGE,
        **context.variables,
    }
    values = chunk.bounds(are_ctids=link is not None) | {"run": context.run, "number": number}
    rows = fetch_all(connection, _sql("cut", **variables), values)
    return tuple(Chunk(row.rows, row.first, row.last + 1) for row in rows)


def slices(
    connection: Connection, company: Company, task: Task, context: MergeContext, number: int
) -> tuple[Chunk, ...]:
    """As `cut`, but the parts cover the whole chunk, even if the partner changes rows meanwhile."""
    parts, whole = cut(connection, company, task, context, number), task.part
    if not parts:
        return (whole,)
    firsts = [whole.first, *(part.first for part in parts[1:])]
    afters = [*firsts[1:], whole.after]
    return tuple(Chunk(part.rows, *bounds) for part, *bounds in zip(parts, firsts, afters, strict=True))


def without_rows(company: Company, task: Task) -> Chunk | None:
    """A chunk without rows for the other work of a link task: serving waiting links. None: there is no other work."""
    chunk = task.part
    return replace(chunk, rows=0, after=0) if company.in_link_table(task.table) and chunk.first is None else None


def is_divisible(company: Company, task: Task) -> bool:
    """Whether its parts can be merged one after the other: only a whole batch tells an owner's newest link, or full
    set."""
    link = company.in_link_table(task.table)
    return link is None or link.field.only_adds_links
