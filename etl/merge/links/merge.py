"""MIGRATE_BO_LINKS and MIGRATE_CO_LINKS: merges one chunk of a link table into links, or references that wait; rows
with `removed` remove links and references."""

from collections import Counter
from contextlib import nullcontext

from etl.database import Connection
from etl.merge.context import MergeContext
from etl.merge.errors.truncated import refuse_truncated
from etl.merge.links.locks import lock_links
from etl.merge.links.members.settle import serve_members
from etl.merge.links.serving.serve import serve_references
from etl.merge.links.statements import BY_INDEX_BELOW_ROWS, LinkMerge, link_merge_of
from etl.merge.links.writing import write_links
from etl.merge.statistics import needs_analyze
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.runs import Chunk, Counters, add_counters

# Smaller chunks are cheap without the join.
JOIN_FROM_ROWS = 10_000
# The rows left after the join are fewer than this; the statistics still say that the whole chunk is claimed.
_LEFT_BY_INDEX_BELOW_ROWS = 10_000


def merge_links(connection: Connection, link: LinkTable, chunk: Chunk, context: MergeContext) -> Counters:
    """Merges the chunk's claimed link rows and returns counters; the first chunk also serves waiting references.

    All single fields are merged by now, so a missing end cannot come in this run any more.
    """
    merge = link_merge_of(connection, link, chunk, context)
    lock_links(connection, [link], context)
    counters: Counters = {}
    if chunk.first is None:
        if not merge.variables["is_staged"]:
            merge.run("take_pending")
        add_counters(counters, serve_references(merge))
        add_counters(counters, serve_members(merge))
        if counters["resolved"]:
            merge = merge.with_values({}, has_served=True)
    joined = _join(merge, chunk, counters)
    below = _LEFT_BY_INDEX_BELOW_ROWS if joined else BY_INDEX_BELOW_ROWS
    staged = _merge_stage(merge, counters, is_small=chunk.rows - joined < below)
    counters["marked"] = joined + staged
    if chunk.rows and not counters["marked"] and not merge.variables["is_staged"]:
        refuse_truncated(connection, link.name, context)
    golden_link = names.store_link_table(link.bo.code, link.field.code)
    if needs_analyze(connection, golden_link, counters.get("created", 0), context):
        merge.run("analyze_golden_links")
    return counters


def _join(merge: LinkMerge, chunk: Chunk, counters: Counters) -> int:
    """Merges the rows whose two ends exist in one statement, without a stage; returns how many."""
    # Not where a newer link or a set replaces others, as rows must be judged together; nor for copied rows.
    if not merge.variables["only_adds"] or merge.variables["is_relayed"] or merge.variables["is_staged"]:
        return 0
    if chunk.rows < JOIN_FROM_ROWS:
        return 0
    if merge.finds("any_restored"):
        return 0
    # With two external ids of one instance a row may remove the link of another row, and the newer one counts.
    if merge.variables["has_removed"] and merge.finds("any_link_alias") and merge.finds("any_removed"):
        return 0
    rows = merge.count("join_links")
    counters["created"] = rows["created"]
    counters["unchanged"] = rows["joined"] - rows["created"]
    return rows["joined"]


def _merge_stage(merge: LinkMerge, counters: Counters, *, is_small: bool) -> int:
    """Merges all other rows; returns how many."""
    marked = _stage(merge, is_small=is_small)
    merge.context.flush_statuses(marked)
    if marked:
        add_counters(counters, _take(merge, is_small=is_small))
    merge.run("drop_stage")
    return marked


def _stage(merge: LinkMerge, *, is_small: bool) -> int:
    """Stages the rows and marks those unchanged since, until none is left; returns how many.

    Nothing is written before that: rows that the partner changed in between belong to the same full sets.
    """
    if merge.variables["is_staged"]:  # no other session sees these rows
        staged = merge.run("stage_source_links")
        if merge.variables["is_single"] and merge.variables["is_ordered"]:
            merge.run("order_links", staged="stage", number="_source_row")
        if not merge.variables["knows_owners"]:
            merge.run("mark_links")
        return staged
    marked, more = 0, False
    while True:
        with merge.by_index() if is_small else nullcontext():
            staged = merge.run("stage_links", more=more)
        found = merge.run("mark_links") if staged else 0
        marked += found
        if staged == found:
            return marked
        merge.run("unstage_links")
        more = True


def _take(merge: LinkMerge, *, is_small: bool) -> Counters:
    if is_small:
        merge.run("analyze_stage")
    rows = Counter(merge.count("count_links"))
    if rows["rejected"]:
        if merge.variables["knows_owners"]:  # of which only refused rows are marked
            merge.run("mark_links")
        merge.run("reject_links")
    if merge.variables["is_staged"] and merge.variables["is_ordered"]:
        merge = merge.with_values({}, is_exact=True)
        if merge.variables["is_single"]:
            merge.run("keep_newest")
            merge.run("remove_replaced")
    has_restored = merge.finds("any_restored")
    with merge.by_index() if is_small else nullcontext():
        removed = _remove(merge, has_restored=has_restored) if rows["removing"] else 0
    if merge.variables["replaces"]:
        merge.run("remove_unlisted")
    if rows["removing"]:
        merge.run("drop_removals")
    if has_restored:
        merge.run("finish_references", is_given=True)
    created = write_links(merge)
    if rows["waiting"]:
        with merge.by_index() if is_small else nullcontext():
            merge.run("insert_references")
        if rows["waiting"] >= BY_INDEX_BELOW_ROWS:
            merge.run("analyze_references")
    unchanged = rows["present"] - created + rows["removing"] - removed
    results: Counters = {"waiting": rows["waiting"], "created": created, "unchanged": unchanged}
    if removed:
        results["removed"] = removed
    if rows["rejected"]:
        results["rejected"] = rows["rejected"]
    return results


def _remove(merge: LinkMerge, *, has_restored: bool) -> int:
    """Removes the links and references that rows of the stage ask to remove; returns how many rows found one.

    Runs before links are written: the result depends on the state after the batch, not on the order of its rows.
    """
    merge.run("settle_removals")
    removed = merge.count("remove_links")["rows"]
    # A waiting reference has no link, so a row finds either a link or a reference.
    if merge.finds("any_removable"):
        removed += merge.count("remove_references", has_restored=has_restored)["rows"]
    return removed
