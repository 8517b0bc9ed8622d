"""Links that wait: those whose ends have come are written, those that have waited too long become errors.

The transaction that brings an instance may not see a reference that another has just written, and that one did not see
the instance. So what arrives is looked up in both ways: instances for the references of before, and references for the
instances of before, since a position below which all transactions had ended when they were looked up last.
"""

from etl.merge.links.statements import BY_INDEX_BELOW_ROWS, LinkMerge
from etl.merge.links.writing import write_links
from etl.runs import Counters


def serve_references(merge: LinkMerge) -> Counters:
    """Writes the links of a link table whose ends have come, and ends those that expired; returns counters."""
    return {"resolved": _resolve(merge), "expired": merge.run("expire_references")}


def _resolve(merge: LinkMerge) -> int:
    if not merge.finds("any_reference"):
        move_position(_until_now(merge))
        return 0
    with merge.by_index():
        merge.run("reject_references")
    merge = since_last_time(merge)
    with merge.by_index():
        exceeds_threshold = merge.variables["looks_at_all"] or merge.finds("many_arrivals")
    with merge.reading_once() if exceeds_threshold else merge.by_index():
        staged = merge.run("stage_references")
    if staged:
        is_small = staged < BY_INDEX_BELOW_ROWS
        if is_small:
            merge.run("analyze_stage")
        with merge.by_index() if is_small else merge.reading_once():
            merge.run("finish_references", is_given=False)
        write_links(merge)  # an arrival joins the full set of its own batch
    merge.run("drop_stage")
    move_position(merge)
    return staged


def since_last_time(merge: LinkMerge) -> LinkMerge:
    """The merge with what has to be looked up: what came since references were looked up last."""
    found = merge.value("reference_position")
    with merge.by_index():
        has_values = merge.finds("any_value_reference")
    merge = merge.with_values(
        {"unserved_since": found.since, "served_until": found.until},
        is_served=True,
        has_origin=True,
        looks_at_all=found.since is None,
        has_values=has_values,
    )
    if found.since is None:
        merge.run("restored_references")
        return merge
    with merge.by_index():
        return merge.with_values({}, has_older=merge.finds("any_older_reference"))


def _until_now(merge: LinkMerge) -> LinkMerge:
    """The merge where nothing waits yet: what its own rows make wait is looked up from here on."""
    found = merge.value("reference_position")
    return merge.with_values({"unserved_since": found.since, "served_until": found.until})


def move_position(merge: LinkMerge) -> None:
    """Records that all has been looked up."""
    if not merge.run("move_position"):
        merge.run("insert_position")
