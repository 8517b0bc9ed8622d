"""What batches of records have done: no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from etl.runs import Counters, add_counters


@dataclass
class BatchOutcome:
    """What a batch did. `unit` is None where nothing was merged and nothing reported; `skipped` messages were merged by
    an earlier try, `known` records had a recordId that was merged before, `reused` ones with another content;
    `counters` are those of the merge, by table."""

    unit: int | None = None
    messages: int = 0
    skipped: int = 0
    merged: int = 0
    known: int = 0
    reused: int = 0
    rejected: int = 0
    tombstones: int = 0
    dead_letters: int = 0
    counters: dict[str, Counters] = field(default_factory=dict)

    @property
    def receipt(self) -> dict[str, object]:
        """As the unit keeps it."""
        records = {
            name: getattr(self, name)
            for name in ("messages", "skipped", "merged", "known", "reused", "rejected", "tombstones")
            if getattr(self, name)
        }
        return {"records": records, **self.counters}

    def add(self, other: "BatchOutcome") -> None:
        """Adds another part of one batch."""
        for name in ("skipped", "merged", "known", "reused", "rejected", "dead_letters"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.messages += other.messages
        self.tombstones += other.tombstones
        self.unit = other.unit or self.unit
        add_all(self.counters, other.counters)


def add_all(to: dict[str, Counters], counters: Mapping[str, Counters]) -> None:
    for table, counted in counters.items():
        add_counters(to.setdefault(table, {}), counted)
