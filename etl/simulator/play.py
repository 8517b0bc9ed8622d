"""Plays batches and compares the rows given with the receipts."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlalchemy

from etl.errors import EnvironmentFault
from etl.metadata import Company, names
from etl.runs import RECEIPT_COUNTERS
from etl.simulator.client import SqlClient
from etl.simulator.crash import crash_mid_load
from etl.simulator.rows import Warehouse
from etl.simulator.scenarios import (
    SCENARIOS,
    CompareStep,
    FullSetStep,
    HandOverStep,
    PartnerStep,
    RefusedRow,
    Write,
)

Key = tuple[str, ...]


@dataclass(frozen=True)
class Play:
    """The options: `batches` batches of `rows` rows per table, the scenarios in turn. `wait_seconds` 0: never wait."""

    scenarios: tuple[str, ...]
    batches: int = 1
    rows: int = 100
    seed: int = 1
    ways: tuple[int, ...] = (1, 2)
    wait_seconds: float = 60.0


@dataclass
class TableReport:
    """Of one in_ table: rows handed over (counted once per hand-over), how many of these are bad, how many PostgreSQL
    refused; then the receipts' counts, rows that err names, rows whose status is not what it should be, and differences
    that a comparison must not find, or has not found."""

    handed: int = 0
    bad: int = 0
    refused: int = 0
    receipts: dict[str, int] = field(default_factory=dict)
    err: int = 0
    unsettled: int = 0
    wrong_differences: int = 0

    @property
    def agrees(self) -> bool:
        """Every good row arrived, every bad one is in err, none was lost or taken twice."""
        claimed, rejected = self.receipts.get("claimed", 0), self.receipts.get("rejected", 0)
        is_settled = not self.unsettled and not self.wrong_differences
        return claimed == self.handed and rejected == self.bad and is_settled and (self.err > 0) == (self.bad > 0)


@dataclass
class Played:
    """The result. `is_complete`: all handed-over rows were read in time."""

    hand_overs: int = 0
    kills: int = 0
    is_complete: bool = True
    tables: dict[str, TableReport] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        return self.is_complete and all(reported.agrees for reported in self.tables.values())


@dataclass
class _Ledger:
    """Rows by their key: those that wait for a hand-over, and the expected status of each at the end. `compared`: what
    the next run is asked to compare."""

    keys: dict[str, Key] = field(default_factory=dict)
    pending: dict[str, dict[Key, bool]] = field(default_factory=dict)
    ends: dict[str, dict[Key, bool]] = field(default_factory=dict)
    compared: list[CompareStep] = field(default_factory=list)

    def enter(self, write: Write) -> None:
        if write.table == names.FILE_STORAGE:
            return
        self.keys[write.table] = write.key
        entries = {tuple(str(row[column]) for column in write.key): write.is_bad for row in write.rows}
        for book in (self.pending, self.ends):
            book.setdefault(write.table, {}).update(entries)

    def leave_out(self, step: FullSetStep) -> None:
        """The run adds a row for each that was deleted, and deletes it when all is read."""
        for row in step.deleted:
            key = tuple(str(row[column]) for column in step.key)
            self.ends.get(step.table, {}).pop(key, None)
            self.pending.setdefault(step.table, {})[key] = False


def play(
    engine: sqlalchemy.Engine,
    client: SqlClient,
    company: Company,
    wanted: Play,
    say: Callable[[str], None] = lambda text: None,
) -> Played:
    """Plays, and compares. `say` gets a line for each batch.

    Raises RunStopped when a run was stopped, EnvironmentFault for errors of the server.
    """
    runtime, ledger, played = Warehouse(company, wanted.seed), _Ledger(), Played()
    played.tables = {table: TableReport() for table in company.in_tables()}
    before = client.newest_run() if wanted.wait_seconds else 0
    for batch in range(wanted.batches):
        name = wanted.scenarios[batch % len(wanted.scenarios)]
        chance = random.Random(f"{wanted.seed}/{batch}")  # noqa: S311 - made-up data, the same for the same seed
        say(f"batch {batch + 1} of {wanted.batches}: {name}")
        steps = SCENARIOS[name](runtime, chance, wanted.rows)
        _perform(engine, client, steps, ledger, played, wanted, runtime.samples.prefix)
    if any(ledger.pending.values()):
        _hand_over(client, HandOverStep(), ledger, played, wanted, by_marker=False)
    if wanted.wait_seconds:
        _compare(client, runtime, ledger, played, before)
    return played


def _perform(
    engine: sqlalchemy.Engine,
    client: SqlClient,
    steps: Iterator[PartnerStep],
    ledger: _Ledger,
    played: Played,
    wanted: Play,
    prefix: str,
) -> None:
    is_loading = False
    for step in steps:
        by_marker = is_loading or wanted.ways[played.hand_overs % len(wanted.ways)] == 2
        if by_marker and not is_loading:
            client.begin_loading()
        is_loading = by_marker
        match step:
            case Write():
                client.write(step)
                ledger.enter(step)
            case FullSetStep():
                client.say_full_set(step)
                ledger.leave_out(step)
            case CompareStep():
                client.say_compare(step)
                ledger.compared.append(step)
            case RefusedRow():
                if not client.refused(step):
                    raise EnvironmentFault(f"{step.table} took a row that PostgreSQL should have refused")
                played.tables[step.table].refused += 1
            case HandOverStep():
                _hand_over(client, step, ledger, played, wanted, by_marker=by_marker)
                is_loading = False
                if wanted.wait_seconds:
                    _check_differences(client, prefix, ledger, played)
            case _:  # Crash
                crash_mid_load(engine, client, step)
                played.kills += 1
                is_loading = True  # the dead program had begun to load, and its successor continues


def _hand_over(
    client: SqlClient, step: HandOverStep, ledger: _Ledger, played: Played, wanted: Play, *, by_marker: bool
) -> None:
    for table, keys in ledger.pending.items():
        played.tables[table].handed += len(keys)
        played.tables[table].bad += sum(keys.values())
    ledger.pending.clear()
    client.hand_over(by_marker=by_marker)
    played.hand_overs += 1
    for late in step.late:
        client.write(late)
        ledger.enter(late)
    if wanted.wait_seconds and not client.wait(wanted.wait_seconds):
        played.is_complete = False
        raise EnvironmentFault(
            f"no run has read hand-over {played.hand_overs} within {wanted.wait_seconds:g} s: "
            "start `etl run` beside the partner, or say --wait 0"
        )


def _check_differences(client: SqlClient, prefix: str, ledger: _Ledger, played: Played) -> None:
    for step in ledger.compared:
        found = client.differences(step.table, f"{prefix}-")
        played.tables[step.table].wrong_differences += len(found ^ step.differences)
    ledger.compared.clear()


def _compare(client: SqlClient, warehouse: Warehouse, ledger: _Ledger, played: Played, before: int) -> None:
    receipts = client.receipts(before)
    err = client.err_rows(before, warehouse.samples.prefix)
    for table, reported in played.tables.items():
        counts = receipts.get(table, {})
        reported.receipts = {name: counts.get(name, 0) for name in RECEIPT_COUNTERS}
        reported.err = err.get(table, 0)
        ends = ledger.ends.get(table, {})
        for status, is_bad in (("DONE", False), ("ERROR", True)):
            keys = [key for key, bad in ends.items() if bad == is_bad]
            reported.unsettled += client.unsettled(table, ledger.keys[table], keys, status) if keys else 0
