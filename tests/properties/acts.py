"""What a person does to the model of two sources: pins, ends of pins, and undos of the newest unit."""

from copy import deepcopy
from dataclasses import replace

from tests.properties.model.world import Pin
from tests.properties.orders import Both, Part
from tests.properties.two_sources import UNIQUE, PinOf


def pin_part(chosen: PinOf) -> Part:
    def pin(world: Both) -> None:
        known = world.known(chosen.bo, chosen.in_id)
        if known is None or known.state == "REMOVED":
            return
        if chosen.field == UNIQUE[chosen.bo] and chosen.value is not None:
            live = (one for one in world.instances[chosen.bo].values() if one.state != "REMOVED" and one is not known)
            if any(one.values.get(chosen.field) == chosen.value for one in live):
                return
        key = (known.id, chosen.field)
        source = world.pins[key].source if key in world.pins else known.values.get(chosen.field)
        world.pins[key] = Pin(source, chosen.until_changed)
        known.values = known.values | {chosen.field: chosen.value}

    return pin


def unpin_part(chosen: PinOf) -> Part:
    def unpin(world: Both) -> None:
        known = world.known(chosen.bo, chosen.in_id)
        if known and known.state != "REMOVED":
            world.pins.pop((known.id, chosen.field), None)

    return unpin


def undone(before: Both, now: Both) -> Both:
    """What an undo of the newest unit, or of all that came after `before`, leaves: instances that were made since are
    REMOVED, as the partner knows their ids; the in_ tables stay as they are."""
    new = before.copy()
    for bo, instances in now.instances.items():
        for id_, one in instances.items():
            if id_ not in new.instances[bo]:
                new.instances[bo][id_] = replace(one, state="REMOVED")
    new.restored = {one for one in new.references if one not in now.references or one in now.restored}
    new.rows, new.links_in, new.full_sets = deepcopy((now.rows, now.links_in, now.full_sets))
    new.accepted, new.counts, new.faults, new.serial = dict(now.accepted), dict(now.counts), [], now.serial
    return new
