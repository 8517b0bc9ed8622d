"""MIGRATE_BO_LINKS and MIGRATE_CO_LINKS: one chunk of a link table becomes links, or references that wait; rows with
`removed` take links and references away."""

from collections import Counter
from contextlib import nullcontext

from etl.database import Connection
from etl.merge.context import MergeContext
from etl.merge.errors.truncated import refuse_truncated
from etl.merge.links.statements import LinkMerge, link_merge_of
from etl.metadata.company import LinkTable
from etl.runs import Chunk

# As in single_fields: from here on the golden table's statistics are refreshed at once.
_ANALYZE_FROM_ROWS = 10_000
# Below this many rows the claim refreshes no statistics, and those of a former batch, however large, still stand.
_BY_INDEX_BELOW_ROWS = 1000
# A small chunk is cheap anyway.
JOIN_FROM_ROWS = 10_000
# What is left of a chunk after others were joined; the statistics still say that all of it is claimed.
_LEFT_BY_INDEX_BELOW_ROWS = 10_000


def merge_links(connection: Connection, link: LinkTable, chunk: Chunk, context: MergeContext) -> dict[str, int]:
    """Merges the chunk's claimed link rows and returns counters; the first chunk also serves those that wait.

    All single fields are merged by now, so an end that is not there will not come in this run.
    """
    merge = link_merge_of(connection, link, chunk, context)
    counters: dict[str, int] = {}
    if chunk.first is None:
        counters["resolved"] = _resolve(merge)
        counters["expired"] = merge.run("expire_references")
    joined = _join(merge, chunk, counters)
    below = _LEFT_BY_INDEX_BELOW_ROWS if joined else _BY_INDEX_BELOW_ROWS
    staged = _merge_stage(merge, counters, is_small=chunk.rows - joined < below)
    counters["marked"] = joined + staged
    if chunk.rows and not counters["marked"]:
        refuse_truncated(connection, link.name, context)
    if counters.get("created", 0) >= _ANALYZE_FROM_ROWS:
        merge.run("analyze_golden_links")
    return counters


def _join(merge: LinkMerge, chunk: Chunk, counters: dict[str, int]) -> int:
    """Takes the rows whose ends are there in one statement, without a stage; returns how many."""
    # Where a newer link or a set replaces others, rows must be seen together; relayed rows are marked elsewhere.
    if not merge.names["only_adds"] or merge.names["is_relayed"] or chunk.rows < JOIN_FROM_ROWS:
        return 0
    if merge.finds("any_restored"):
        return 0
    # With two external ids of one instance a row may take away what another brings, and the newer one counts.
    if merge.names["has_removed"] and merge.finds("any_link_alias") and merge.finds("any_removed"):
        return 0
    rows = merge.count("join_links")
    counters["created"] = rows["created"]
    counters["unchanged"] = rows["joined"] - rows["created"]
    return rows["joined"]


def _merge_stage(merge: LinkMerge, counters: dict[str, int], *, is_small: bool) -> int:
    """Takes all others; returns how many."""
    marked = _stage(merge, is_small=is_small)
    merge.context.flush_statuses(marked)
    if marked:
        for name, rows in _take(merge, is_small=is_small).items():
            counters[name] = counters.get(name, 0) + rows
    merge.run("drop_stage")
    return marked


def _resolve(merge: LinkMerge) -> int:
    if not merge.finds("any_reference"):
        return 0
    with merge.by_index():
        merge.run("reject_references")
        are_many = merge.context.unserved_since is None or merge.finds("many_arrivals")
    with merge.by_index() if not are_many else nullcontext():
        staged = merge.run("stage_references")
    if staged:
        if staged < _BY_INDEX_BELOW_ROWS:
            merge.run("analyze_stage")
        merge.run("finish_references", is_given=False)
        _write(merge)  # an arrival joins the set that its own batch has made
    merge.run("drop_stage")
    return staged


def _stage(merge: LinkMerge, *, is_small: bool) -> int:
    """Stages the rows as they stand and marks those that still stand so, until none is left; returns how many.

    Only then is anything written: rows that the partner changed in between belong to the same full sets as the others.
    """
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


def _take(merge: LinkMerge, *, is_small: bool) -> dict[str, int]:
    if is_small:
        merge.run("analyze_stage")
    rows = Counter(merge.count("count_links"))
    if rows["rejected"]:
        merge.run("reject_links")
    has_restored = merge.finds("any_restored")
    with merge.by_index() if is_small else nullcontext():
        removed = _remove(merge, has_restored=has_restored) if rows["removing"] else 0
    if merge.names["replaces"]:
        merge.run("remove_unlisted")
    if rows["removing"]:
        merge.run("drop_removals")
    if has_restored:
        merge.run("finish_references", is_given=True)
    created = _write(merge)
    if rows["waiting"]:
        with merge.by_index() if is_small else nullcontext():
            merge.run("insert_references")
    unchanged = rows["present"] - created + rows["removing"] - removed
    fates = {"waiting": rows["waiting"], "created": created, "unchanged": unchanged}
    return fates | {name: number for name, number in (("removed", removed), ("rejected", rows["rejected"])) if number}


def _remove(merge: LinkMerge, *, has_restored: bool) -> int:
    """Takes away the links and references that rows of the stage ask to be removed; returns how many rows found one.

    It comes before links are written: the state after the batch is judged, not each row on its way.
    """
    merge.run("settle_removals")
    removed = merge.count("remove_links")["rows"]
    # What waits has no link, so a row finds a link or a reference.
    if merge.finds("any_reference"):
        removed += merge.count("remove_references", has_restored=has_restored)["rows"]
    return removed


def _write(merge: LinkMerge) -> int:
    """Writes the links of the stage; returns how many are new."""
    if merge.names["is_single"]:
        merge.run("keep_newest")
    created = merge.run("insert_links")
    if merge.names["is_single"]:
        merge.run("remove_older")
    return created
