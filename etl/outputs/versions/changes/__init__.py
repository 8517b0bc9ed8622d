"""Which instances a version has got changes of: for readers who want only these.

Receives connections, and the number of a unit after which changes count. Returns queries of ids, ids, and up to which
unit the version has all changes. Never writes.
"""

from etl.outputs.versions.changes.reading import changed_ids, changed_instances, followed_unit, given_instances

__all__ = ["changed_ids", "changed_instances", "followed_unit", "given_instances"]
