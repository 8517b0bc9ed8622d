"""Merges rows of one object into its golden table: find the instance, check the values, insert, update, mark."""

from etl.merge.rows.identities import staged_instances
from etl.merge.rows.migrated_at import touch_migrated
from etl.merge.rows.single_fields import merge_dependent_rows, merge_single_fields

__all__ = [
    "merge_dependent_rows",
    "merge_single_fields",
    "staged_instances",
    "touch_migrated",
]
