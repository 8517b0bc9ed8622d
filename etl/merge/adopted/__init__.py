"""Rows of another installation into the store with their ids: what a merge of rows does not write.

Receives a transaction and a temporary table whose rows are checked. Returns how many were written. Never reads what the
store has.
"""

from etl.merge.adopted.files import store_adopted_files
from etl.merge.adopted.instances import note_adopted_ids, write_adopted_columns, write_removed_instances

__all__ = ["note_adopted_ids", "store_adopted_files", "write_adopted_columns", "write_removed_instances"]
