"""Compares the state that the model expects with the state of the database."""

from typing import Any

from tests.fix_company import STORE
from tests.properties.actual import actual_facts, golden_table
from tests.properties.expected import expected_facts
from tests.properties.model import World
from tests.properties.real_company import RealCompany, Tables


def differences(world: World, real: RealCompany) -> dict[str, Any]:
    """Subject -> (expected, actual); empty when both are the same."""
    tables = real.tables()
    _learn(world, real, tables)
    expected, actual = dict(expected_facts(world)), dict(actual_facts(world, real, tables))
    pairs = {subject: (expected.get(subject), actual.get(subject)) for subject in expected.keys() | actual.keys()}
    return {subject: _less(*pair) for subject, pair in sorted(pairs.items()) if pair[0] != pair[1]}


def _less(one: Any, other: Any) -> tuple[Any, Any]:
    """Only the parts in which two collections differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in one.keys() | other.keys() if one.get(key, ...) != other.get(key, ...)]
        return ({key: one[key] for key in keys if key in one}, {key: other[key] for key in keys if key in other})
    return one, other


def _learn(world: World, real: RealCompany, tables: Tables) -> None:
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
