"""Records: a batch of them is merged in one transaction, rows and then links, under the policy REJECT.

A record gives some fields, and names its instance by its external id. Of a batch no two rows name one instance, and at
most one gives the unique value: then it makes no difference whether rows are judged together or one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from etl.metadata.company import LinkTable
from tests.properties.model.delivered import CLAIMED, WAITING, LinkRow
from tests.properties.model.links import merge_links
from tests.properties.model.world import Instance, Owner, World

SOURCE = "kafka:things"
"""The topic of all records, as `sources` of the metadata name it."""


@dataclass(frozen=True)
class Record:
    """A row of an object. `given`: column -> value; `state`: None leaves it."""

    in_id: str
    given: dict[str, Any]
    state: str | None = None


@dataclass(frozen=True)
class RecordLink:
    """A link by the external ids of its ends."""

    owner: str
    target: str
    removed: bool = False


def merge_records(world: World, bo: str, unique: str, records: Iterable[Record], run: int) -> list[bool]:
    """Whether each record was accepted."""
    return [_merge(world, bo, unique, record, run) for record in records]


def _merge(world: World, bo: str, unique: str, record: Record, run: int) -> bool:
    known = world.known(bo, record.in_id)
    time = world.object_named(bo).time_field
    owner = Owner(SOURCE, record.given.get(time.code) if time else None)
    removes = record.state == "REMOVED"
    if world.is_stale(world.object_named(bo), known, owner, removes=removes):
        return True
    if removes:
        if known:
            known.state = "REMOVED"
            world.own_state(world.object_named(bo), known.id, owner, removes=True)
        return True
    pins = {code: pin for code in record.given if known and (pin := world.pins.get((known.id, code)))}
    fields = {one.code: one for one in world.object_named(bo).loaded_fields}
    given = {
        code: value
        for code, value in record.given.items()
        if (code not in pins or not pins[code].holds(value))
        and not (known and world.is_outranked(world.object_named(bo), fields[code], known.id, owner))
    }
    values = (known.values if known else {}) | given
    state = record.state or (known.state if known else "ACTUAL")
    if known and time and world.is_older(known.id, owner):
        state = known.state
    if state != "REMOVED" and any(one is not known for one in _holders(world, bo, unique, values.get(unique))):
        return False
    if known is None:
        known = Instance(f"#{world.number()}", record.in_id, {}, run, run, run)
        world.instances[bo][known.id] = known
    known.values, known.state = values, state
    if record.state:
        world.own_state(world.object_named(bo), known.id, owner, removes=False)
    for code in given:
        world.pins.pop((known.id, code), None)
        world.own(world.object_named(bo), fields[code], known.id, owner)
    return True


def _holders(world: World, bo: str, unique: str, value: Any) -> list[Instance]:
    live = (one for one in world.instances[bo].values() if one.state != "REMOVED")
    return [one for one in live if value is not None and one.values.get(unique) == value]


def merge_record_links(world: World, link: LinkTable, links: Sequence[RecordLink], started: datetime, run: int) -> None:
    """They are later than every link and reference that their owner has, whatever clocks say."""
    partners = world.links_in[link.name]
    latest = {one.owner: max([started, *_times(world, link, one.owner)]) for one in links}
    rows = [
        LinkRow(one.owner, one.target, latest[one.owner] + timedelta(milliseconds=n), one.removed, CLAIMED)
        for n, one in enumerate(links, 1)
    ]
    waiting = dict(world.references)
    world.links_in[link.name] = [row for row in partners if row.status != CLAIMED] + rows
    merge_links(world, link, run)
    world.links_in[link.name] = partners
    for row in rows:
        for reference in world.waiting_for(link):
            if row.status == WAITING and (reference.owner, reference.target) == (row.owner, row.target):
                world.references[reference] = max(row.inserted, waiting.get(reference, row.inserted))


def _times(world: World, link: LinkTable, owner: str) -> list[datetime]:
    known = world.known(link.bo.code, owner)
    golden = world.links[link.bo.code, link.field.code]
    linked = [one.at for (its, _), one in golden.items() if known and its == known.id]
    waits = [
        at
        for one, at in world.references.items()
        if (one.bo, one.field) == (link.bo.code, link.field.code)
        and (one.owner == owner or (known and world.known(link.bo.code, one.owner) is known))
    ]
    return [*linked, *waits]
