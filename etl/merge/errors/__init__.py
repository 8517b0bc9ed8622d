"""What can be wrong with a row: the codes with their sentences, quarantined rows, values that were cut."""

from etl.merge.errors.quarantine import quarantine

__all__ = [
    "quarantine",
]
