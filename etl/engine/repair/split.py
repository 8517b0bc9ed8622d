"""Splits an instance: one of its external ids becomes an instance of its own, again or for the first time."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from etl.engine.instances.finding import find_object
from etl.engine.repair.repairing import Expected, Repair, Repaired, perform
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.quoting import fold, identifier, shown
from etl.store import new_ids, undo_run

# Columns of the journal's images that are no fields.
_FIXED = ("_state", "_in_id")


def split(
    runtime: Runtime, table: str, in_id: str, *, is_dry: bool = False, expected: Expected | None = None
) -> Repaired:
    """Takes a further external id from its instance. Where `join` gave it, that is reverted, as an undo does. Else a
    new instance has the id, with the values that the unit gave which had merged it, and with the links that rows with
    this id made; the other instance gets back what it had before, where no later change has touched it. Raises
    ConfigurationError for an id that is no further one, and where something else would be done than `expected`."""
    bo = find_object(runtime.company, table)
    return perform(runtime, bo, partial(_split, in_id=in_id), is_dry=is_dry, expected=expected)


def _split(repair: Repair, *, in_id: str) -> tuple[str, str, dict[str, int]]:
    aliases = repair.ask("alias", {"in_id": in_id})
    if not aliases:
        found = repair.instance(in_id)
        raise ConfigurationError(
            f"{shown(in_id)} is no further external id of an instance: {found['id']} has it alone or first; split "
            "another id from it"
        )
    [alias] = aliases
    repair.values.update(kept=alias["instance"], merged_by=alias["run"], in_id=in_id)
    joined = repair.ask("joined")
    if joined:
        store, schema = repair.store, repair.runtime.store.schema
        number, at = repair.unit.number, repair.unit.started_at
        counters = undo_run(store, repair.runtime.company, schema, run=alias["run"], as_run=number, at=at)
        return alias["instance"], joined[0]["instance"], {str(name): rows for name, rows in counters.items() if rows}
    return alias["instance"], *_split_off(repair)


def _split_off(repair: Repair) -> tuple[str, dict[str, int]]:
    other = new_ids()
    [made] = repair.ask("new_id", {"new_ids": other})
    repair.values["other"] = made["id"]
    values = repair.ask("given_values")
    given = {one["key"]: one["after"] for one in values if one["key"] not in _FIXED}
    restored = {one["key"]: one["before"] for one in values if one["key"] not in _FIXED and not one["is_changed_since"]}
    unique = [_unique(repair, one.code, ignores_case=one.ignores_case) for one in repair.bo.unique_fields]
    counters = {"aliases": repair.run("end_alias")}
    counters["changed"] = repair.run("restore_kept", {"images": _json(restored)}, unique=unique)
    counters["created"] = repair.run("create_other", {"images": _json(given)}, unique=unique)
    repair.run("note_other")
    counters["linked"] = sum(_take_links(repair))
    return made["id"], counters


def _unique(repair: Repair, code: str, *, ignores_case: bool) -> dict[str, Any]:
    return {"column": identifier(code), "name": fold(code), "ignores_case": ignores_case}


def _take_links(repair: Repair) -> Iterator[int]:
    for link in repair.link_fields():
        values = {"link_bo": link.bo, "link_field": link.field}
        [moved] = repair.ask("take_links", values, table=link.store_table, is_target=link.is_target)
        yield int(moved["rows"])


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
