"""The beginning of a run: rows are claimed, looked at by the brake, and laid out as tasks."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy

from etl import inbound, outbound
from etl.engine.telling import hooks_of
from etl.engine.wiring import House
from etl.inbound import Place, Shares, Sides
from etl.plan import Claimed, Extent, Kind, Task, lay_out, lay_out_claims
from etl.tasks import Board

Counters = dict[str, int]


def brake(sides: Sides, house: House, place: Place, claimed: Mapping[str, Claimed]) -> None:
    """Raises RunStopped when what was claimed would remove, empty, change or unlink more than the settings let pass."""
    in_migration = house.settings.in_migration
    shares = Shares(
        removed=in_migration.max_removed_share,
        blanked=in_migration.max_blanked_share,
        changed=in_migration.max_changed_share,
        unlinked=in_migration.max_unlinked_share,
    )
    inbound.check_mass_changes(sides, house.company, place, claimed, shares)


def claimed_rows(rows: Iterable[sqlalchemy.Row[Any]]) -> Counters:
    """in_ table -> claimed rows, as the tasks that claimed them have counted."""
    claimed = Counter[str]()
    for row in rows:
        if row.kind in (Kind.BEGIN, Kind.CLAIM):
            claimed.update(row.counters)
    return claimed


def fully_marked(rows: Collection[sqlalchemy.Row[Any]]) -> set[str]:
    """The in_ tables of which the tasks have marked as many rows as were claimed: nothing is left in them."""
    marked = Counter[str]()
    for row in rows:
        marked[row.in_table] += row.counters.get("marked", 0)
    return {table for table, number in claimed_rows(rows).items() if marked[table] == number}


def _of_last_parts(rows: Iterable[sqlalchemy.Row[Any]]) -> Counters:
    """in_ table -> rows that the last part of its claim has claimed; the rows stand in their order."""
    return {row.in_table: row.counters.get(row.in_table, 0) for row in rows if row.kind == Kind.CLAIM}


@dataclass(frozen=True)
class Beginning:
    """Performs the kinds of tasks that a run begins with.

    `accept`: an operator's word lets a batch remove and empty as much as it will.
    """

    house: House
    board: Board
    place: Place
    accept: bool

    def begin(self, sides: Sides, task: Task) -> Counters:
        """Takes the day's copies, claims what is ready, and plans; large tables are left to tasks of their own."""
        if self.house.settings.in_migration.copy_tables:
            inbound.copy_in_tables(sides.source, self.house.company, self.place)
        large = inbound.large_tables(sides.source, self.house.company, self.place)
        if sum(len(one.chunks) for one in large) > 1:
            self.board.record(sides.source, lay_out_claims(large))
            return inbound.claim(sides.source, self.house.company, self.place, but=[one.table for one in large])
        rows = inbound.claim(sides.source, self.house.company, self.place)
        self._lay_out(sides, task, rows)
        return rows

    def claim(self, sides: Sides, task: Task) -> Counters:
        """Claims what is ready in one large table, or in a part of it."""
        return {task.table: inbound.claim_table(sides.source, self.house.company, task.table, self.place, task.part)}

    def plan(self, sides: Sides, task: Task) -> Counters:
        """Plans when all large tables are claimed."""
        claims = self.board.tasks(sides.source)
        rows = claimed_rows(claims)
        inbound.analyze_parted(sides.source, self.house.company, rows, _of_last_parts(claims), self.place)
        self._lay_out(sides, task, rows)
        return {}

    def _lay_out(self, sides: Sides, task: Task, rows: Mapping[str, int]) -> None:
        claimed = inbound.measure(sides, self.house.company, rows, self.place)
        if not self.accept:
            brake(sides, self.house, self.place, claimed)
        extent = Extent(
            claimed,
            has_files=inbound.has_files(sides, self.place),
            fills=self._fills(sides, rows),
            notifies=hooks_of(self.house.settings).are_called,
        )
        self.board.record(sides.source, lay_out(self.house.company, extent, after=task))

    def _fills(self, sides: Sides, rows: Mapping[str, int]) -> dict[str, int]:
        """The out_ tables that tasks are to fill, and by how many: none unless more was claimed than one task takes."""
        if not self.house.settings.has_out_migration or sum(rows.values()) <= self.place.undivided_rows:
            return {}
        with self.house.out_beside(sides.source) as out:
            return outbound.tables_to_fill(sides.store, out, self.house.versions, rows)
