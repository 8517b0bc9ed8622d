"""Pins: a person's correction of a field, which loads do not overwrite.

Receives a runtime, an instance and a value. A pin, and the end of one, is a unit of work. Returns frozen values.
"""

from etl.engine.pins.listing import ListedPin, list_pins
from etl.engine.pins.pinning import Pinned, Unpinned, pin, unpin

__all__ = ["ListedPin", "Pinned", "Unpinned", "list_pins", "pin", "unpin"]
