"""The steps by which a version's tables are filled from the store, and how far a filling is; no I/O."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from etl.metadata.out_structure import OutInstances, OutLinks, OutStructure

Table = OutInstances | OutLinks


@dataclass(frozen=True)
class Step:
    """One table to fill in chunks, or to clear of what the store does not have (`is_sweep`), in one statement."""

    table: Table
    is_sweep: bool


@dataclass(frozen=True)
class Fill:
    """How far a filling is: the step's number, the ids of the last row that is done, rows done and rows expected.

    `is_new`: the tables were empty, so nothing in them is to be compared or cleared. `is_alone`: since then nothing but
    the filling has written to them, so no row of it can be there already. `beside`: numbers of steps that tasks of a
    run have done out of turn.
    """

    is_new: bool
    step: int = 0
    after: tuple[str, ...] = ()
    rows: int = 0
    total: int = 0
    is_alone: bool = False
    beside: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, value: Any) -> "Fill":
        """What `as_json` gave."""
        return cls(**value | {"after": tuple(value["after"]), "beside": tuple(value.get("beside", ()))})

    def as_json(self) -> dict[str, Any]:
        """Plain data, to be kept."""
        return asdict(self)

    @property
    def percent(self) -> int:
        """How much is done, 0 to 99; the expected number comes from statistics and may be wrong."""
        return min(99, self.rows * 100 // self.total) if self.total else 0

    def moved(self, rows: int, after: tuple[str, ...] | None) -> "Fill":
        """After a chunk that ended with the row of these ids, or with the table (None)."""
        if after is None:
            return replace(self, step=self.step + 1, after=(), rows=self.rows + rows)
        return replace(self, after=after, rows=self.rows + rows)

    def past_done(self) -> "Fill":
        """At the next step that nobody has done."""
        step = self.step
        while step in self.beside:
            step += 1
        return replace(self, step=step)

    def is_open(self, number: int) -> bool:
        """Whether nothing of the step has been done yet."""
        return number not in self.beside and (number > self.step or (number == self.step and not self.after))


def steps(structure: OutStructure, fill: Fill) -> list[Step]:
    """All steps in order: instances before links, whose ends must be there."""
    return list(_steps(structure, is_new=fill.is_new))


def _steps(structure: OutStructure, *, is_new: bool) -> Iterator[Step]:
    tables: list[Table] = [*structure.instances, *structure.links]
    for table in tables:
        yield Step(table, is_sweep=False)
        if not is_new:
            yield Step(table, is_sweep=True)
