"""Joins two instances: all that names the one names the other from now on."""

from functools import partial

from etl.engine.instances.finding import LinkField, find_object
from etl.engine.repair.repairing import Expected, Repair, Repaired, perform
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.quoting import shown


def join(
    runtime: Runtime, table: str, kept: str, absorbed: str, *, is_dry: bool = False, expected: Expected | None = None
) -> Repaired:
    """Makes of two instances one: `kept` stays with its values and gets those of `absorbed` for its empty fields, its
    pins with their values, its external ids, its links, and what waits for it. `absorbed` becomes REMOVED. Raises
    ConfigurationError where one of them is unknown, where both are one, where the directory knows `absorbed` as a
    person, or where something else would be done than `expected`."""
    bo = find_object(runtime.company, table)
    return perform(runtime, bo, partial(_join, kept=kept, absorbed=absorbed), is_dry=is_dry, expected=expected)


def _join(repair: Repair, *, kept: str, absorbed: str) -> tuple[str, str, dict[str, int]]:
    one, other = repair.instance(kept), repair.instance(absorbed)
    if one["id"] == other["id"]:
        raise ConfigurationError(f"{shown(kept)} and {shown(absorbed)} are one instance already, {one['id']}")
    for named, found in ((kept, one), (absorbed, other)):
        if found["state"] == "REMOVED":
            raise ConfigurationError(f"the instance {found['id']} of {shown(named)} is REMOVED: nothing is joined")
    repair.values.update(kept=one["id"], absorbed=other["id"], absorbed_in_id=other["in_id"])
    if repair.ask("person_of_directory"):
        raise ConfigurationError(
            f"the directory knows {shown(absorbed)} as a person (etl ad): name it first, so that it stays"
        )
    counters = {"removed": repair.run("release_absorbed")}
    repair.run("carry_owners")
    counters["changed"] = repair.run("fill_kept")
    counters["pins"] = repair.run("carry_pins")
    repair.run("note_ids")
    counters["aliases"] = repair.run("move_ids") + (repair.run("add_id") if other["in_id"] is not None else 0)
    counters["linked"] = sum(_move_links(repair, link) for link in repair.link_fields())
    counters["waiting"] = _move_waits(repair)
    return one["id"], other["id"], counters


def _move_links(repair: Repair, link: LinkField) -> int:
    values = {"link_bo": link.bo, "link_field": link.field}
    variables = {"table": link.store_table, "is_target": link.is_target, "is_single": link.is_single}
    [moved] = repair.ask("move_links", values, **variables)
    return int(moved["rows"])


def _move_waits(repair: Repair) -> int:
    repair.run("note_references")
    moved = repair.run("move_references")
    repair.run("end_references")
    repair.run("end_file_references")
    return moved
