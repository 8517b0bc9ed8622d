"""The steps by which a version's tables are filled from the store, and how far a filling is; no I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from etl.metadata.out_structure import OutInstances, OutLinks, OutStructure

Table = OutInstances | OutLinks


@dataclass(frozen=True)
class Step:
    """One table to fill in chunks, or to clear of what the store does not have (`is_sweep`), in one statement.

    Of a table that is filled in parts, just the rows with ids behind `after` and not behind `last`; empty: no bound.
    """

    table: Table
    is_sweep: bool
    after: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    def chunk_rows(self, usual: int) -> int:
        """How many rows to fill at once. Where a table is cut is a guess: a part may be a little more than a chunk."""
        return usual * 5 // 4 if self.after or self.last else usual

    @property
    def ends_table(self) -> bool:
        """Whether it is the one that fills a table's last rows."""
        return not (self.is_sweep or self.last)

    def start(self, fill: "Fill") -> tuple[str, ...]:
        """The ids behind which the next chunk begins."""
        return fill.after or self.after

    def ends_within(self, last: tuple[str, ...]) -> bool:
        """Whether rows of the step are left behind a chunk that ends with these ids."""
        return bool(last) and (not self.last or last < self.last)


@dataclass(frozen=True)
class Fill:
    """How far a filling is: the step's number, the ids of the last row that is done, rows done and rows expected.

    `is_new`: the tables were empty, so nothing in them is to be compared or cleared. `is_alone`: since then nothing but
    the filling has written to them, so no row of it can be there already. `beside`: numbers of steps that tasks of a
    run have done out of turn. `cuts`: table -> the ids of the last row of its first part, where it is filled in two.
    """

    is_new: bool
    step: int = 0
    after: tuple[str, ...] = ()
    rows: int = 0
    total: int = 0
    is_alone: bool = False
    beside: tuple[int, ...] = ()
    cuts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: Any) -> "Fill":
        """What `as_json` gave."""
        cuts = {table: tuple(ids) for table, ids in value.get("cuts", {}).items()}
        return cls(**value | {"after": tuple(value["after"]), "beside": tuple(value.get("beside", ())), "cuts": cuts})

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


def tables_of(structure: OutStructure) -> tuple[Table, ...]:
    """In the order in which they are filled: instances before links, whose ends must be there."""
    return (*structure.instances, *structure.links)


def steps(structure: OutStructure, fill: Fill) -> list[Step]:
    """All steps in order."""
    return list(_steps(structure, fill))


def _steps(structure: OutStructure, fill: Fill) -> Iterator[Step]:
    for table in tables_of(structure):
        cut = fill.cuts.get(table.name, ())
        yield Step(table, is_sweep=False, last=cut)
        if cut:
            yield Step(table, is_sweep=False, after=cut)
        if not fill.is_new:
            yield Step(table, is_sweep=True)
