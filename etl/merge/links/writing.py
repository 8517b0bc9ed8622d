"""Writes the links of a stage, whatever brought them there."""

from etl.merge.links.statements import LinkMerge


def write_links(merge: LinkMerge) -> int:
    """Writes the links of the stage; returns how many are new."""
    if merge.variables["is_single"]:
        merge.run("keep_newest")
    created = merge.run("insert_links")
    if merge.variables["is_single"]:
        merge.run("remove_older")
    return created
