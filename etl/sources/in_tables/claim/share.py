"""Compares counts with the guard's shares, and words the report of an excess; no I/O."""

LEAST = 100
"""Smaller tables, and first loads, are not guarded: a few rows would be a large share."""


def exceeds(rows: int, share: int, of: int) -> bool:
    """Whether `rows` are more than `share` percent of `of`."""
    return rows * 100 > share * of


def threshold(rows: int, share: int) -> int:
    """The total from which on `rows` are within the share."""
    return -(-rows * 100 // share)


def reported(what: str, rows: int, of: int, whose: str, key: str) -> str:
    """`remove 61 of 200 instances of Client (30 percent, maxRemovedShare=30)`."""
    return f"{what} {rows:,} of {of:,} {whose} ({rows * 100 // of} percent, {key})"
