"""Links: rows of an in_ link table become golden links, or references that wait for an end, or take these away."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from etl.metadata.company import LinkTable
from etl.metadata.field import LinkMode
from tests.properties.model.delivered import CLAIMED, DONE, ERROR, WAITING, LinkRow
from tests.properties.model.world import Change, Fault, Link, Reference, World


class _Pair(NamedTuple):
    owner: str
    target: str
    at: datetime


def merge_links(world: World, link: LinkTable, run: int) -> Counter[str]:
    """What waits is served first or given up, then the claimed rows are taken; returns their counts."""
    _resolve(world, link, run)
    _expire(world, link, run)
    claimed = [row for row in world.links_in[link.name] if row.status == CLAIMED]
    rows = [row for row in claimed if not _reject(world, link, row, run)]
    present, waiting = [], []
    removing = {id(row): _ends(world, link, row.owner, row.target, row.inserted) for row in rows if row.removed}
    for row in rows:
        pair = _ends(world, link, row.owner, row.target, row.inserted)
        row.status = DONE if pair or row.removed else WAITING
        if pair and not row.removed:
            present.append(pair)
        elif not row.removed:
            waiting.append(row)
    brought = [pair for pair in present if not _is_overruled(pair, removing.values(), ties=True)]
    removed = _remove(world, link, [row for row in rows if row.removed], present, run)
    if link.field.link_mode is LinkMode.REPLACE:
        _forget_unlisted(world, link, rows, brought, run)
    _end_given(world, link, [row for row in rows if row.status == DONE and not row.removed])
    created = _write(world, link, brought, run)
    for row in waiting:
        world.references.setdefault(_reference(link, row), row.inserted)
    unchanged = len(present) - created + len(removing) - removed
    counts = {"created": created, "unchanged": unchanged, "waiting": len(waiting), "removed": removed}
    return Counter(marked=len(claimed), rejected=len(claimed) - len(rows), **counts)


def _reject(world: World, link: LinkTable, row: LinkRow, run: int) -> bool:
    """An end that is empty, and that no instance is called by, can never arrive."""
    ends = ((link.owner_column, link.bo, row.owner), (link.target_column, link.member, row.target))
    for column, bo, in_id in ends:
        if not in_id.strip() and not world.known(bo.code, in_id):
            world.faults.append(Fault(run, link.name, None, row.owner, column, "LINK_END_EMPTY", row.target, "error"))
            row.status = ERROR
            return True
    return False


def _is_overruled(pair: _Pair, others: Iterable[_Pair | None], *, ties: bool) -> bool:
    """Of rows that bring a link and take the same away the newest counts; `ties`: of equal ones the other."""
    same = [one.at for one in others if one and one[:2] == pair[:2]]
    return any(at > pair.at or (ties and at == pair.at) for at in same)


def _remove(world: World, link: LinkTable, rows: Sequence[LinkRow], brought: Sequence[_Pair], run: int) -> int:
    """Takes away what the rows name, there or waiting; returns how many rows found something."""
    found = 0
    gone: set[tuple[str, str]] = set()
    ended: set[Reference] = set()
    for row in rows:
        pair = _ends(world, link, row.owner, row.target, row.inserted)
        if pair and pair[:2] in world.links[link.bo.code, link.field.code]:
            if not _is_overruled(pair, brought, ties=False):
                gone.add(pair[:2])
                found += 1
            continue
        waiting = [
            reference
            for reference in world.waiting_for(link)
            if _is_one(world, link.bo.code, reference.owner, row.owner)
            and _is_one(world, link.member.code, reference.target, row.target)
        ]
        ended.update(waiting)
        found += bool(waiting)
    for key in gone:
        _unlink(world, link, key, run)
    for reference in ended:
        _drop(world, link, reference)
    return found


def _is_one(world: World, bo: str, in_id: str, other: str) -> bool:
    one, another = world.known(bo, in_id), world.known(bo, other)
    return in_id == other or (one is not None and one is another)


def _ends(world: World, link: LinkTable, owner: str, target: str, at: datetime) -> _Pair | None:
    one, other = world.known(link.bo.code, owner), world.known(link.member.code, target)
    return _Pair(one.id, other.id, at) if one and other else None


def _reference(link: LinkTable, row: LinkRow) -> Reference:
    return Reference(link.bo.code, link.field.code, link.member.code, row.owner, row.target)


def _resolve(world: World, link: LinkTable, run: int) -> None:
    """References whose ends are both there now become links; a partner's row that still waits is done. One that an undo
    has restored waits for both to be live."""
    arrived = {}
    for reference in world.waiting_for(link):
        pair = _ends(world, link, reference.owner, reference.target, world.references[reference])
        is_live = pair and all(
            world.instances[bo][id_].state != "REMOVED"
            for bo, id_ in zip((link.bo.code, link.member.code), pair[:2], strict=True)
        )
        if pair and (is_live or reference not in world.restored):
            arrived[reference] = pair
    _write(world, link, list(arrived.values()), run)
    for reference in arrived:
        _drop(world, link, reference)


def _expire(world: World, link: LinkTable, run: int) -> None:
    """What has waited too long becomes an error, and so does the partner's row that still waits."""
    for reference in world.waiting_for(link):
        if reference in world.overdue:
            _drop(world, link, reference, ERROR)
            place = (link.name, None, reference.owner, link.target_column)
            world.faults.append(Fault(run, *place, "REFERENCE_EXPIRED", reference.target, "error"))


def _drop(world: World, link: LinkTable, reference: Reference, status: str = DONE) -> None:
    del world.references[reference]
    world.overdue.discard(reference)
    world.restored.discard(reference)
    for row in world.links_in[link.name]:
        if row.status == WAITING and (row.owner, row.target) == (reference.owner, reference.target):
            row.status = status


def _write(world: World, link: LinkTable, pairs: Sequence[_Pair], run: int) -> int:
    """Adds what is new and returns how much it was. A SINGLE field keeps the newest link of an owner, whatever the
    member: one that is older than the link which the owner has is passed over."""
    golden = world.links[link.bo.code, link.field.code]
    if link.field.is_single:
        pairs = _newest(golden, pairs)
    created = 0
    for owner, target, at in sorted(pairs, key=lambda pair: pair.at, reverse=True):
        if (owner, target) not in golden:
            golden[owner, target] = Link(link.member.code, at)
            _tell(world, link, owner, target, "linked", run)
            created += 1
        if link.field.is_single:
            for old in [key for key in golden if key[0] == owner and key[1] != target]:
                _unlink(world, link, old, run)
    return created


def _newest(golden: dict[tuple[str, str], Link], pairs: Sequence[_Pair]) -> list[_Pair]:
    chosen: dict[str, _Pair] = {}
    for pair in pairs:
        if pair.owner not in chosen or pair.at > chosen[pair.owner].at:
            chosen[pair.owner] = pair
    has = {owner: link.at for (owner, _), link in golden.items()}
    return [pair for pair in chosen.values() if pair.owner not in has or has[pair.owner] <= pair.at]


def _forget_unlisted(
    world: World, link: LinkTable, rows: Sequence[LinkRow], present: Sequence[_Pair], run: int
) -> None:
    """linkMode replace: the batch's rows of an owner are its full set among this member; what they do not name goes,
    whether it is there or waits. An owner is the same by any of its in_ids."""

    def who(in_id: str) -> str:
        known = world.known(link.bo.code, in_id)
        return known.id if known else f"unknown {in_id}"

    owners = {who(row.owner) for row in rows}
    listed = {(pair.owner, pair.target) for pair in present}
    for key, old in list(world.links[link.bo.code, link.field.code].items()):
        if key[0] in owners and old.member == link.member.code and key not in listed:
            _unlink(world, link, key, run)
    named = {(who(row.owner), row.target) for row in rows if not row.removed}
    for reference in world.waiting_for(link):
        if who(reference.owner) in owners and (who(reference.owner), reference.target) not in named:
            _drop(world, link, reference)


def _end_given(world: World, link: LinkTable, rows: Sequence[LinkRow]) -> None:
    """What an undo has restored may wait although both ends are there: a row that makes the link ends that."""
    given = {(row.owner, row.target) for row in rows}
    for reference in world.waiting_for(link):
        if (reference.owner, reference.target) in given:
            _drop(world, link, reference)


def _unlink(world: World, link: LinkTable, key: tuple[str, str], run: int) -> None:
    del world.links[link.bo.code, link.field.code][key]
    _tell(world, link, *key, "unlinked", run)


def _tell(world: World, link: LinkTable, owner: str, target: str, change: str, run: int) -> None:
    world.journal.append(Change(run, link.bo.code, link.field.code, owner, target, change))
