"""An operator lets no new work begin, on one host or on all, until the hold is released."""

from etl.store.hold.holds import Hold, Holds

__all__ = ["Hold", "Holds"]
