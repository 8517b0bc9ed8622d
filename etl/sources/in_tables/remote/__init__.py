"""An import in another database than the store: rows travel by COPY, statuses travel back, both commits are safe."""

from etl.sources.in_tables.remote.remote import forget_relay, relay_errors, relay_task

__all__ = [
    "forget_relay",
    "relay_errors",
    "relay_task",
]
