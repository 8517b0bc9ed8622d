"""Links whose ends have not arrived: kept, shown, linked when the ends come, rejected when they expire."""

from etl.merge.references.waiting import MissingInstance, WaitingLinks, missing_instances, waiting_links

__all__ = [
    "MissingInstance",
    "WaitingLinks",
    "missing_instances",
    "waiting_links",
]
