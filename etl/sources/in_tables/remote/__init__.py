"""The import in another database than the store: copies rows to the store and sends statuses back."""

from etl.sources.in_tables.remote.remote import (
    copy_errors_to_store,
    forget_remote_tasks,
    merge_remotely,
    touch_remotely,
)

__all__ = [
    "copy_errors_to_store",
    "forget_remote_tasks",
    "merge_remotely",
    "touch_remotely",
]
