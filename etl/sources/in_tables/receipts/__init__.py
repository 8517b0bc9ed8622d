"""Releases rows that were not merged, and writes one receipt per table and run."""

from etl.sources.in_tables.receipts.receipts import Receipt, clean_errors, copy_errors, release, write_receipts

__all__ = [
    "Receipt",
    "clean_errors",
    "copy_errors",
    "release",
    "write_receipts",
]
