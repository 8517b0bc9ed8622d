"""Releases rows that were not merged, and writes one receipt per table and run."""

from etl.sources.in_tables.receipts.receipts import Receipt, copy_errors, release, write_receipts

__all__ = [
    "Receipt",
    "copy_errors",
    "release",
    "write_receipts",
]
