"""The rows of the marker table and of our own table `run`, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from etl.store import Token


@dataclass(frozen=True)
class Marker:
    """The row of process_tracking with the highest id (vendor's guide, process_tracking).

    Without its primary key the table may have rows of no id, or several of one (`same_id`). `is_ahead`: the id was
    written by hand, and the table's sequence gives lower ones; `overlooked`: id of a row with a lower id that was
    handed over.
    """

    id: int | None
    oper_date: date | None
    load_status: int | None
    ins_inkafka_status: int | None
    occupied_by_process: int
    periodic_update_time: datetime | None
    same_id: int = 1
    overlooked: int | None = None
    is_ahead: bool = False

    @classmethod
    def from_row(cls, row: Any) -> "Marker":
        """A row of `sql/look_marker.sql`."""
        return cls(
            id=row.id,
            oper_date=row.oper_date,
            load_status=row.load_status,
            ins_inkafka_status=row.ins_inkafka_status,
            occupied_by_process=row.occupied_by_process or 0,
            periodic_update_time=row.periodic_update_time,
            same_id=row.same_id,
            overlooked=row.overlooked,
            is_ahead=row.is_ahead,
        )


@dataclass(frozen=True)
class Running:
    """Our own row of a run that has not ended. `beat_age`: seconds by the database's clock, negative when the heartbeat
    is ahead of it; None: lease given up. `beat` is the heartbeat itself, to see whether it changes."""

    run: int
    owner: str
    fence: int
    marker: int
    beat_age: float | None
    beat: str | None = None

    @classmethod
    def from_row(cls, row: Any) -> "Running":
        """A row of `sql/read_run.sql`."""
        return cls(
            run=row.id, owner=row.owner, fence=row.fence, marker=row.marker_id, beat_age=row.beat_age, beat=row.beat
        )


@dataclass(frozen=True)
class RunLease:
    """A run that this runner owns, or has joined, while its fencing token is the highest.

    `attempted_at`: this machine's monotonic clock before the transaction that acquired it. Trust counted from there
    ends before the lease, which counts from a later moment; without it the lease is not trusted. `source`: the name of
    the import at the store.
    """

    run: int
    fence: int
    marker: int
    owner: str
    taken_over: bool
    source: str
    attempted_at: float = float("-inf")

    @property
    def token(self) -> Token:
        """What the run shows at its fence in the store."""
        return Token(self.source, self.run, self.fence)
