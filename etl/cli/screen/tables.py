"""Tables on the screen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from etl.quoting import printable
from etl.runs import RECEIPT_COUNTERS
from etl.sources.in_tables.receipts import Receipt

if TYPE_CHECKING:
    from etl.engine import ListedVersion
    from etl.outputs.versions import OutReader

_COUNTS = (*RECEIPT_COUNTERS, "merged")
_ALWAYS = _COUNTS[:4]


def receipts_table(receipts: Sequence[Receipt]) -> Table:
    """One line per in_ table; columns that are zero throughout are left out."""
    shown = [name for name in _COUNTS if name in _ALWAYS or any(getattr(one, name) for one in receipts)]
    rows = [[one.in_table, *(f"{getattr(one, name):,}" for name in shown)] for one in receipts]
    return plain_table(["table", *shown], rows, numbers=set(shown))


def versions_table(versions: "Sequence[ListedVersion]") -> Table:
    rows = [
        [
            one.schema_name,
            _state_of(one),
            f"{one.behind:,}",
            f"{one.lag_seconds:,.0f} s",
            _minute(one.built_at),
            _minute(one.last_read_at) if one.last_read_at else "never" if one.are_reads_counted else "not counted",
            one.retire_on,
        ]
        for one in versions
    ]
    return plain_table(
        ["version", "state", "behind", "lag", "made", "last read", "retires on"], rows, numbers={"behind", "lag"}
    )


def _state_of(one: "ListedVersion") -> str:
    state = one.state if one.percent == 100 else f"{one.state} {one.percent} %"
    return f"{state}, stays behind: {one.stays_behind}" if one.stays_behind else state


_READER_STATES = {
    "retired": "retired: full delivery next",
    "full_given": "full delivery not confirmed",
    "given": "delivery not confirmed",
    "full_next": "full delivery next",
    "waits": "waits",
}
"""What the reader has to do next, in words."""


def readers_table(readers: "Sequence[OutReader]") -> Table:
    rows = [
        [
            one.schema_name,
            one.reader,
            one.role_name,
            _READER_STATES[one.state],
            f"{one.behind:,}",
            _minute(one.taken_at) if one.taken_at else "never",
        ]
        for one in readers
    ]
    return plain_table(["version", "reader", "role", "state", "behind", "confirmed last"], rows, numbers={"behind"})


def runners_table(runners: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [
            one["role"],
            one["host"],
            one["pid"],
            f"{one['tasks']:,}",
            "" if one["beat_age"] is None else f"{one['beat_age']:.0f} s ago",
            one["performs"],
        ]
        for one in runners
    ]
    return plain_table(["runner", "host", "pid", "tasks", "heartbeat", "current task"], rows, numbers={"pid", "tasks"})


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: set[str] = frozenset()) -> Table:  # type: ignore[assignment]
    """A table without decoration; columns in `numbers` are aligned to the right."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        # Where there is no room, a value wraps to a second line: none is ever cut.
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        # Text, not str: a partner's value in square brackets is no markup, and cannot move the cursor.
        table.add_row(*(Text("" if value is None else printable(str(value))) for value in row))
    return table


def duration_text(seconds: float) -> str:
    """A duration in its two largest units."""
    whole = int(seconds)
    parts = [(whole // 86_400, "d"), (whole // 3_600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    first = next((index for index, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number or first == 3)
