"""What the tasks of a run count: rows by what became of them, as JSON in the column `counters` of the table `task`."""

from typing import Final, Literal, get_args

ResultName = Literal["created", "changed", "unchanged", "removed", "rejected", "waiting"]
"""What became of a row: each marked row has one of these results."""

RESULTS: Final[tuple[ResultName, ...]] = get_args(ResultName)

CounterName = (
    ResultName
    # Rows that a task has given a status; of them those that a unique value led to their instance.
    | Literal["marked", "merged"]
    # More about rows with a result: another external id was recorded, a value was left out, another row won,
    # a pinned value was held.
    | Literal["aliased", "skipped", "overruled", "held"]
    # Fields that wait for a file; references and fields whose end or file came, and those that expired.
    | Literal["files_waiting", "resolved", "expired"]
    # Files; instances with a new time of migration; errors copied to the store; the marker's row.
    | Literal["uploaded", "touched", "copied", "marker_rows"]
    # Rows of out_ tables.
    | Literal["upserted", "deleted", "linked", "unlinked"]
)

Counters = dict[CounterName, int]

RowsByTable = dict[str, int]
"""in_ table -> rows."""

ClaimedRows = RowsByTable
"""in_ table -> claimed rows: what the tasks count that claim."""

ReceiptName = ResultName | Literal["claimed", "vanished", "released", "merged", "held"]

RECEIPT_COUNTERS: Final[tuple[ReceiptName, ...]] = ("claimed", *RESULTS, "vanished", "released")
"""In the order in which people see them."""

RECORD_COUNTERS: Final = ("messages", "merged", "known", "reused", "rejected", "tombstones", "skipped", "lost")
"""What the receipt of a batch of records says of the records, in this order."""

ReceiptCounters = dict[ReceiptName, int]
"""What a receipt says of one in_ table."""

TaskCounters = Counters | ClaimedRows


def add_counters(counters: Counters, more: Counters) -> None:
    """Adds `more` to `counters`, name by name."""
    for name, rows in more.items():
        counters[name] = counters.get(name, 0) + rows
