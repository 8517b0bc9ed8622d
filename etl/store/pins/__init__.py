"""Values that persons have pinned: no source overwrites them until the pin ends."""

from etl.store.pins.pins import Pin, PinnedField, Pins

__all__ = ["Pin", "PinnedField", "Pins"]
