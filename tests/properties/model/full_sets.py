"""Full sets: what the in_ tables have brought before and do not have now is removed, by rows that the run adds."""

from tests.properties.model.delivered import CLAIMED, Row
from tests.properties.model.world import Instance, World


def add_removals(world: World, table: str, run: int | None) -> int:
    """Adds a claimed row for each instance that the rows of the table lack, and remembers the ids that they have;
    returns how many it has added. Rows that all remove say that there was no hand-over."""
    rows, bo = world.rows[table], world.object_of(table)
    present = {row.in_id for row in rows if row.in_id and not row.removed}
    named = {row.out_id for row in rows if row.out_id}
    if not present and not any(row.out_id and not row.removed for row in rows):
        return 0
    there = {row.in_id for row in rows if row.in_id}
    missing = [
        one
        for one in world.instances[bo.code].values()
        if one.state != "REMOVED"
        and not there & world.in_ids_of(bo.code, one)
        and one.id not in named
        and (one.id in world.brought or _own_ids(world, bo.code, one))
    ]
    for one in missing:
        in_ids = _own_ids(world, bo.code, one) or world.in_ids_of(bo.code, one)
        number = max((row.id for row in rows), default=0) + 1
        values = dict.fromkeys(field.code for field in bo.loaded_fields)
        rows.append(Row(number, min(in_ids), None, True, values, CLAIMED, run, is_added=True))
    world.full_ids |= {(bo.code, in_id) for in_id in present}
    return len(missing)


def delete_added(world: World) -> None:
    """All is read."""
    for rows in world.rows.values():
        rows[:] = [row for row in rows if not row.is_added]


def _own_ids(world: World, bo: str, one: Instance) -> set[str]:
    """Those of its external ids that full sets had."""
    return {in_id for in_id in world.in_ids_of(bo, one) if (bo, in_id) in world.full_ids}
