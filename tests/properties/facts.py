"""Both worlds in one language: what the model says there is, and what the database holds, as equal dictionaries."""

from typing import Any

from tests.fix_company import STORE
from tests.properties.found import found, golden_table
from tests.properties.model import World
from tests.properties.real import Real, Tables
from tests.properties.said import said


def differences(world: World, real: Real) -> dict[str, Any]:
    """Subject -> (what the model says, what is); empty when both are the same."""
    tables = real.tables()
    _learn(world, real, tables)
    says, finds = dict(said(world)), dict(found(world, real, tables))
    pairs = {subject: (says.get(subject), finds.get(subject)) for subject in says.keys() | finds.keys()}
    return {subject: _less(*pair) for subject, pair in sorted(pairs.items()) if pair[0] != pair[1]}


def _less(one: Any, other: Any) -> tuple[Any, Any]:
    """Only the parts in which two collections differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in one.keys() | other.keys() if one.get(key, ...) != other.get(key, ...)]
        return ({key: one[key] for key in keys if key in one}, {key: other[key] for key in keys if key in other})
    return one, other


def _learn(world: World, real: Real, tables: Tables) -> None:
    """Pairs instances with real ids by what partners call them, files by content, runs by their order."""
    for bo, instances in world.instances.items():
        by_in_id = {row["_in_id"]: row["_id"] for row in tables.get(golden_table(bo), [])}
        for one in instances.values():
            if one.in_id in by_in_id:
                real.ids.bind(one.id, by_in_id[one.in_id])
    for row in tables.get(f"{STORE}.file_storage", []):
        real.ids.bind(f"file {row['content']}", row["_id"])
    numbers = sorted(row["id"] for row in tables.get("in_tables.run", []))
    for number, run in enumerate(numbers, start=1):
        real.runs.bind(number, run)
