"""The outcome of a run as comparable text: without times, random ids, and which runner did what."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.fix_company import STORE, Row

Query = Callable[[str], list[Row]]
Snapshot = dict[str, list[str]]

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:.*")
_COPY = re.compile(r"copy_\d{4}_\d\d_\d\d_")
_NUMBER = re.compile(r"\b\d{18,}\b")
_SOURCE = re.compile(r"in_tables [0-9a-f-]{36}")
_RUN_FROM = 1 << 50  # run ids begin with milliseconds; nothing else here is so large
# Columns that another run may fill otherwise: numbers of a sequence, ids of transactions, which runner did it.
_IGNORED = {
    "unit_number": {"last_number"},
    "unit": {"begun_after", "closed_by"},
    "store_fence": {"source", "fence"},
    "journal": {"n", "written_by"},
    "out_version": {"journal_position", "place", "own_scans", "reader_scans", "last_read_at"},
    "boi_reference": {"written_by"},
    "reference_position": {"place", "position"},
    "run": {"owner", "fence"},
    "run_fence": {"source", "fence"},
    "task": {"id", "owner", "fence", "attempts", "crash_count"},
    "err": {"id", "n"},
    "migration_receipt": {"id"},
}


def take_snapshot(query: Query) -> Snapshot:
    """Table -> rows, of everything in the in_tables, store_ and out_ schemas; see _IGNORED for what is left out."""
    tables = query(
        "select schemaname as schema, tablename as name from pg_tables "
        "where (schemaname = 'in_tables' or schemaname like 'store\\_%' or schemaname like 'out\\_%') "
        "and tablename <> 'runner'"
    )
    rows = _rows(query, tables)
    names = _names(rows)
    return {
        _COPY.sub("copy_", table): sorted(_text_of(table, row, names) for row in found) for table, found in rows.items()
    }


def _rows(query: Query, tables: list[Row]) -> dict[str, list[Row]]:
    parts = [
        f"select '{table['schema']}.{table['name']}' as name, cast(coalesce(json_agg(t), '[]') as text) as rows "
        f'from {table["schema"]}."{table["name"]}" t'
        for table in tables
    ]
    return {row["name"]: json.loads(row["rows"]) for row in query(" union all ".join(parts))}


def _names(rows: Mapping[str, list[Row]]) -> dict[object, str]:
    """Id -> readable name: instances by their in_id, runs by their order."""
    names: dict[object, str] = {}
    for table, found in rows.items():
        if table.startswith(f"{STORE}.bo_"):
            names |= {row["_id"]: f"{table} {row['_in_id']}" for row in found if "_in_id" in row}
    numbers = sorted(row["id"] for row in rows.get("in_tables.run", []))
    names |= {number: f"run {order}" for order, number in enumerate(numbers)}
    return names


def _text_of(table: str, row: Row, names: Mapping[object, str]) -> str:
    schema, _, name = table.partition(".")
    left_out = _IGNORED.get(name, set()) | ({"id"} if schema.startswith("out_") else set())
    if name == "process_tracking":
        left_out = {"id"}
    if name == "run":
        left_out = left_out | {"marker_id"}
    if name == "task" and row["state"] == "dropped":
        left_out = left_out | {"error"}  # not written where the task could not be given back
    return json.dumps({key: _value(value, names) for key, value in row.items() if key not in left_out}, sort_keys=True)


def _value(value: Any, names: Mapping[object, str]) -> Any:
    if isinstance(value, str | int) and value in names:
        return names[value]
    if isinstance(value, int) and value >= _RUN_FROM:
        return "a deleted run"
    if isinstance(value, str):
        if _TIME.fullmatch(value):
            return "a time"
        return "in_tables" if _SOURCE.fullmatch(value) else _NUMBER.sub("a run", _COPY.sub("copy_", value))
    if isinstance(value, dict):
        return {key: _value(one, names) for key, one in value.items()}
    return value


def differences(expected: Snapshot, found: Snapshot) -> str:
    """Line by line what is missing and what is unexpected; empty when both are the same."""
    lines = []
    for table in sorted(expected.keys() | found.keys()):
        wanted, there = list(expected.get(table, [])), list(found.get(table, []))
        for row in list(wanted):
            if row in there:
                wanted.remove(row)
                there.remove(row)
        lines += [f"missing in {table}: {row}" for row in wanted] + [f"unexpected in {table}: {row}" for row in there]
    return "\n".join(lines)
