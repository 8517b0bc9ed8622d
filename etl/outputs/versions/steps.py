"""The steps by which a version's tables are filled from the store, and the state of a filling; no I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from etl.metadata.out_structure import OutInstances, OutLinks, OutStructure

Table = OutInstances | OutLinks


@dataclass(frozen=True)
class FillStep:
    """One table to fill in chunks, or to clear of what the store does not have (`is_sweep`), in one statement.

    For a table that is filled in parts, only the rows with ids after `after` and up to `last`; empty: no bound.
    """

    table: Table
    is_sweep: bool
    after: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    def chunk_rows(self, usual: int) -> int:
        """The number of rows to fill at once. The cut of a table is estimated: a part may be a little more than a
        chunk."""
        return usual * 5 // 4 if self.after or self.last else usual

    @property
    def ends_table(self) -> bool:
        """Whether the step fills a table's last rows."""
        return not (self.is_sweep or self.last)

    def start(self, fill: "Fill") -> tuple[str, ...]:
        """The ids after which the next chunk begins."""
        return fill.after or self.after

    def ends_within(self, last: tuple[str, ...]) -> bool:
        """Whether a chunk that ends with these ids leaves rows of the step."""
        return bool(last) and (not self.last or last < self.last)


@dataclass(frozen=True)
class Fill:
    """The state of a filling: the step's number, the ids of the last filled row, rows done and rows expected.

    `is_new`: the tables were empty, so nothing in them is to be compared or cleared. `is_alone`: since then only
    the filling has written to them, so none of its rows can exist already. `beside`: numbers of steps that tasks of a
    run have done out of order. `cuts`: table -> the ids of the last row of its first part, where it is filled in two.
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
        cuts = {table: tuple(ids) for table, ids in value.get("cuts", {}).items()}
        return cls(**value | {"after": tuple(value["after"]), "beside": tuple(value.get("beside", ())), "cuts": cuts})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def percent(self) -> int:
        """The part that is done, 0 to 99; the expected number comes from statistics and may be wrong."""
        return min(99, self.rows * 100 // self.total) if self.total else 0

    def moved(self, rows: int, after: tuple[str, ...] | None) -> "Fill":
        """The state after a chunk that ended with the row of these ids, or with the table (None)."""
        if after is None:
            return replace(self, step=self.step + 1, after=(), rows=self.rows + rows)
        return replace(self, after=after, rows=self.rows + rows)

    def past_done(self) -> "Fill":
        """The state at the next step that is not done."""
        step = self.step
        while step in self.beside:
            step += 1
        return replace(self, step=step)

    def is_open(self, number: int) -> bool:
        """Whether nothing of the step has been done yet."""
        return number not in self.beside and (number > self.step or (number == self.step and not self.after))


def tables_of(structure: OutStructure) -> tuple[Table, ...]:
    """The tables in the order in which they are filled: instances before links, whose ends must exist."""
    return (*structure.instances, *structure.links)


def steps(structure: OutStructure, fill: Fill) -> list[FillStep]:
    return list(_steps(structure, fill))


def _steps(structure: OutStructure, fill: Fill) -> Iterator[FillStep]:
    for table in tables_of(structure):
        cut = fill.cuts.get(table.name, ())
        yield FillStep(table, is_sweep=False, last=cut)
        if cut:
            yield FillStep(table, is_sweep=False, after=cut)
        if not fill.is_new:
            yield FillStep(table, is_sweep=True)
