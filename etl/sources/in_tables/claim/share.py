"""What a share of the guard means, and how an excess is reported; no I/O."""

LEAST = 100
"""Of a handful one is a large share; first loads and small tables are not watched."""


def exceeds(rows: int, share: int, of: int) -> bool:
    """Whether so many rows are more than `share` percent."""
    return rows * 100 > share * of


def enough(rows: int, share: int) -> int:
    """Of so many the rows are within the share."""
    return -(-rows * 100 // share)


def reported(what: str, rows: int, of: int, whose: str, key: str) -> str:
    """`remove 61 of 200 instances of Client (30 percent, maxRemovedShare=30)`."""
    return f"{what} {rows:,} of {of:,} {whose} ({rows * 100 // of} percent, {key})"
