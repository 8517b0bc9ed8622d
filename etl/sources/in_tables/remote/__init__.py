"""The import in another database than the store: copies rows to the store and statuses back, safe across both commits."""

from etl.sources.in_tables.remote.remote import copy_errors_to_store, forget_remote_tasks, merge_remotely

__all__ = [
    "copy_errors_to_store",
    "forget_remote_tasks",
    "merge_remotely",
]
