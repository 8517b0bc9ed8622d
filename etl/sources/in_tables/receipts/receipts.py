"""The end of reading: releases leftovers, reconciles counts, copies errors."""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import get_args

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.errors import RunStopped
from etl.merge.context import MergeContext
from etl.metadata import Company, names
from etl.runs import CounterName, Counters, ReceiptCounters, ReceiptName, ResultName, RowsByTable

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


@dataclass(frozen=True)
class Receipt:
    """The result of one in_ table in one run: counts of its claimed rows."""

    in_table: str
    claimed: int
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    waiting: int = 0
    vanished: int = 0
    released: int = 0
    merged: int = 0
    """Of the changed and unchanged rows those that a unique value led to their instance."""
    held: int = 0
    """Of these rows those that brought another value than a field is pinned to."""

    @property
    def counters(self) -> ReceiptCounters:
        found: ReceiptCounters = {name: getattr(self, name) for name in _COUNTS}
        return found | ({"held": self.held} if self.held else {})

    @classmethod
    def of(cls, table: str, claimed: int, released: int, counters: Iterable[Counters]) -> "Receipt":
        """Adds up the counters of a table's tasks. Raises RunStopped when a row is unaccounted for.

        Every marked row has exactly one result; a row that was claimed and neither marked nor released has vanished. A
        row that was merged by a value has changed an instance, or not.
        """
        sums = Counter[CounterName]()
        for counter in counters:
            sums.update(counter)
        results = {name: sums[name] for name in _RESULTS}
        vanished = claimed - sums["marked"] - released
        is_merged_too_often = sums["merged"] > results["changed"] + results["unchanged"]
        if sum(results.values()) != sums["marked"] or vanished < 0 or is_merged_too_often:
            raise RunStopped(
                f"the counts of {table} do not add up: {claimed} rows were claimed, {sums['marked']} marked, "
                f"{released} released, {sums['merged']} merged by a value; by result {results}"
            )
        return cls(
            in_table=table,
            claimed=claimed,
            vanished=vanished,
            released=released,
            merged=sums["merged"],
            held=sums["held"],
            **results,
        )

    @classmethod
    def of_files(cls, counters: Counters) -> "Receipt":
        """Of in_fileStorage, from the counters of UPLOAD_FILES. Unchanged are files whose content was known; those that
        are refused are tried, and counted, again by each run."""
        uploaded, rejected = counters.get("uploaded", 0), counters.get("rejected", 0)
        created = min(counters.get("created", 0), uploaded)
        return cls(
            names.FILE_STORAGE, uploaded + rejected, created=created, unchanged=uploaded - created, rejected=rejected
        )

    @classmethod
    def of_run(cls, connection: Connection, in_schema: str, run: int) -> "list[Receipt]":
        """The receipts that a run has written."""
        rows = fetch_all(connection, _sql("receipts_of_run", in_schema=in_schema), {"run": run})
        return [cls(**row._mapping) for row in rows]


_RESULTS: tuple[ResultName, ...] = get_args(ResultName)
_COUNTS: tuple[ReceiptName, ...] = ("claimed", *_RESULTS, "vanished", "released", "merged")


def release(
    connection: Connection, company: Company, context: MergeContext, *, but: Collection[str] = ()
) -> RowsByTable:
    """Makes claimed rows that no task has marked ready again, except in the tables `but`; returns how many per
    table."""
    released: RowsByTable = {}
    for table, has_run_id in _in_tables(company):
        released[table] = 0
        if table not in but and fetch_one(connection, _sql("any_claimed", table=table, **context.variables)):
            text = _sql("release_rows", table=table, has_run_id=has_run_id, **context.variables)
            [row] = fetch_all(connection, text, {"run": context.run})
            released[table] = row.rows
    return released


def write_receipts(connection: Connection, receipts: Iterable[Receipt], context: MergeContext) -> None:
    """Stores the counts of a run, one row per in_ table, for the partner to read."""
    rows = json.dumps([asdict(receipt) | {"ordinal": number} for number, receipt in enumerate(receipts)])
    values = {"run": context.run, "started_at": context.started_at, "receipts": rows}
    execute(connection, _sql("insert_receipt", **context.variables), values)


def copy_errors(connection: Connection, context: MergeContext) -> Counters:
    """Copies the run's errors to their permanent table in the golden store."""
    return {"copied": execute(connection, _sql("copy_errors", **context.variables), {"run": context.run})}


def _in_tables(company: Company) -> Iterable[tuple[str, bool]]:
    for business_object in company.objects:
        if business_object.has_in_table:
            yield names.in_table(business_object.code), True
    for link in company.in_link_tables():
        yield link.name, False
