"""A task's claimed rows in smaller parts: to find the one that no statement bears, or to take them part by part."""

from dataclasses import replace

from etl.database import Connection, SqlTemplates, fetch_all
from etl.merge.context import MergeContext
from etl.metadata import Company
from etl.runs import LINES_IN_A_PAGE, Chunk, Task

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


def cut(connection: Connection, company: Company, task: Task, context: MergeContext, number: int) -> tuple[Chunk, ...]:
    """A chunk's claimed rows in so many parts of about the same size, and nothing beside them; fewer if there are fewer
    rows, none if there is none."""
    link = company.in_link_table(task.table)
    chunk = task.part
    names = {"in_table": task.table, "link": link, "chunk": chunk, "lines_in_a_page": LINES_IN_A_PAGE, **context.names}
    values = chunk.bounds(are_places=link is not None) | {"run": context.run, "number": number}
    rows = fetch_all(connection, _sql("cut", **names), values)
    return tuple(Chunk(row.rows, row.first, row.last + 1) for row in rows)


def slices(
    connection: Connection, company: Company, task: Task, context: MergeContext, number: int
) -> tuple[Chunk, ...]:
    """As `cut`, but together the parts are the whole chunk, whatever the partner does to its rows."""
    parts, whole = cut(connection, company, task, context, number), task.part
    if not parts:
        return (whole,)
    firsts = [whole.first, *(part.first for part in parts[1:])]
    afters = [*firsts[1:], whole.after]
    return tuple(Chunk(part.rows, *bounds) for part, *bounds in zip(parts, firsts, afters, strict=True))


def without_rows(company: Company, task: Task) -> Chunk | None:
    """What a link task does beside its rows, as a chunk of none of them: serving links that wait. None: nothing."""
    chunk = task.part
    return replace(chunk, rows=0, after=0) if company.in_link_table(task.table) and chunk.first is None else None


def is_divisible(company: Company, task: Task) -> bool:
    """Whether its parts can be merged one after the other: only a whole batch knows an owner's newest link, or set."""
    link = company.in_link_table(task.table)
    return link is None or link.field.only_adds_links
