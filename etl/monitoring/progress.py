"""The progress of a run by its tasks; no I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_FINISHED = ("done", "quarantined")
_WAITS = "waits: "


@dataclass(frozen=True)
class KindProgress:
    """The tasks of one kind; `rows` were claimed for them, `rows_done` of these are merged."""

    kind: str
    tasks: int
    done: int
    running: int
    rows: int
    rows_done: int

    @property
    def share(self) -> float:
        """From 0 to 1: by rows where the kind has rows, else by tasks."""
        return self.rows_done / self.rows if self.rows else self.done / self.tasks


@dataclass(frozen=True)
class Progress:
    """A run so far. The rate counts finished tasks only; None as long as none with rows is finished."""

    kinds: tuple[KindProgress, ...]
    rows_per_second: float | None
    seconds_left: float | None

    @property
    def rows(self) -> int:
        """Rows that the run merges, links included."""
        return sum(kind.rows for kind in self.kinds)

    @property
    def rows_done(self) -> int:
        return sum(kind.rows_done for kind in self.kinds)


def waits_for(tasks: Iterable[Mapping[str, Any]]) -> str:
    """Why a task that is under way waits for the server, "" if none does; `tasks` as for `progress`."""
    found = (str(row["error"]) for row in tasks if row["state"] == "running" and row["error"])
    return next(found, "").removeprefix(_WAITS)


def progress(tasks: Iterable[Mapping[str, Any]], now: datetime) -> Progress:
    """From the rows of `engine/sql/task_states.sql`: one per kind and state, kinds in the order of the run."""
    rows = list(tasks)
    kinds = tuple(_kind(name, [row for row in rows if row["kind"] == name]) for name in _in_order(rows))
    done = [row for row in rows if row["state"] in _FINISHED and row["claimed_rows"]]
    if not done:
        return Progress(kinds, None, None)
    begun = min(row["started_at"] for row in done)
    last = max(row["finished_at"] for row in done)
    seconds = max((last - begun).total_seconds(), 0.001)
    rate = sum(row["claimed_rows"] for row in done) / seconds
    left = sum(kind.rows - kind.rows_done for kind in kinds)
    # What runs now began when the last one ended.
    waited = (now - last).total_seconds() if left else 0.0
    return Progress(kinds, rate, max(0.0, left / rate - waited))


def _in_order(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row["kind"] for row in rows))


def _kind(name: str, rows: list[Mapping[str, Any]]) -> KindProgress:
    def total(column: str, *states: str) -> int:
        return sum(row[column] or 0 for row in rows if not states or row["state"] in states)

    return KindProgress(
        kind=name,
        tasks=total("tasks"),
        done=total("tasks", *_FINISHED),
        running=total("tasks", "running"),
        rows=total("claimed_rows"),
        rows_done=total("claimed_rows", *_FINISHED),
    )
