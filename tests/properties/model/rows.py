"""Single fields: the rows that a task takes become, change, remove or return instances, or are rejected.

They are judged together by what they make of the store; their order never matters.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, OnBadValue
from etl.metadata.field_types import FieldType
from tests.properties.model.delivered import DONE, ERROR, Row, Values
from tests.properties.model.values import Reading, read, shown
from tests.properties.model.world import Change, Fault, FileReference, Instance, Owner, Pin, Policy, World

Readings = dict[str, Reading]

_PASSES = 50
_SOURCE = "in_tables"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_LANGUAGES = (FieldType.INPUT_TEXT_LANG, FieldType.TEXTAREA_LANG)
_JSON = (
    *(FieldType.PERIOD, FieldType.PERIOD_TIME, FieldType.CHECKLIST, FieldType.QUESTIONNAIRE),
    *(FieldType.PROGRESS_BAR, FieldType.GEO_POINT, *_LANGUAGES),
)


@dataclass(eq=False)
class Staged:
    """A row, and what is to be done with it. `wants` are unique values that its instance does not have (field -> as
    compared), `gives` those that it gives up, `holders` who else has a value that it wants. `by`: the field whose value
    led to the instance. `is_stale`: it counts for nothing, by source time. `held` says of values that are not written,
    as a pin, another source or something newer counts more."""

    row: Row
    readings: Readings
    known: Instance | None
    is_weak: bool
    by: Field | None
    faults: list[Fault]
    is_aliased: bool
    holders: dict[str, Instance]
    held: list[Fault] = field(default_factory=list)
    image: Values = field(default_factory=dict)
    action: str = ""
    wants: dict[str, Any] = field(default_factory=dict)
    gives: set[str] = field(default_factory=set)
    loses: bool = False
    is_stale: bool = False

    @property
    def in_id(self) -> str | None:
        return self.row.in_id or None

    @property
    def is_sound(self) -> bool:
        return self.action != "rejected"


def merge_rows(
    world: World, bo: BusinessObject, table: str, rows: Sequence[Row], policy: Policy, run: int
) -> Counter[str]:
    """Takes rows as they stand, marks them, and returns their counts."""
    task = _Task(world, bo, table, policy, run)
    left, number = list(rows), 0
    while left:
        number += 1
        left = task.take(left, is_last=number >= _PASSES)
    return task.counts


def dependent_rows(world: World, bo: BusinessObject, rows: Sequence[Row], policy: Policy) -> list[Row]:
    """The rows that touch what another one touches: an instance, or a value that no instance has."""
    touched: dict[Any, list[Row]] = {}
    for row in rows:
        readings = {one.code: read(world, one, row.values[one.code], policy) for one in bo.loaded_fields}
        named = _named(world, bo, row)
        keys: set[Any] = {named.id} if named else set()
        for one in _unique(bo):
            value = _own(bo, one, row, readings)
            holder = _holder(world, bo, one, value)
            if holder:
                keys.add(holder.id)
            elif value is not None and not row.removed:
                keys.add((one.code, _compared(one, value)))
        for key in keys:
            touched.setdefault(key, []).append(row)
    return [row for row in rows if any(row in met and len(met) > 1 for met in touched.values())]


def _unique(bo: BusinessObject) -> list[Field]:
    return [*(one for one in bo.loaded_fields if one.is_unique), *([bo.key_field] if bo.key_field else [])]


def _compared(one: Field, value: Any) -> Any:
    return value.lower() if one.ignores_case and value is not None else value


def _own(bo: BusinessObject, one: Field, row: Row, readings: Readings) -> Any:
    """What the row itself says; one that removes says nothing but its ids."""
    if one is bo.key_field:
        return row.in_id or None
    return None if row.removed else readings[one.code].value


def _holder(world: World, bo: BusinessObject, one: Field, value: Any) -> Instance | None:
    """Who has a unique value; a REMOVED instance holds none back."""
    if value is None:
        return None
    having = (
        known
        for known in world.instances[bo.code].values()
        if known.state != "REMOVED" and _compared(one, known.values.get(one.code)) == _compared(one, value)
    )
    return next(having, None)


def _named(world: World, bo: BusinessObject, row: Row) -> Instance | None:
    """By out_id, else by in_id or an alias, else by the key field."""
    known = world.instances[bo.code].get(row.out_id or "") or world.known(bo.code, row.in_id)
    if known is None and bo.key_field:
        known = _holder(world, bo, bo.key_field, row.in_id or None)
    return known


@dataclass
class _Task:
    world: World
    bo: BusinessObject
    table: str
    policy: Policy
    run: int
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Instance] = field(default_factory=list)

    def take(self, rows: Sequence[Row], *, is_last: bool) -> list[Row]:
        """One pass; returns the rows that must wait for the next."""
        staged = [self._stage(row) for row in rows]
        for one in staged:
            if one.is_weak and one.is_sound and one.by and one.known in self.refused:
                self._take_away(one, {one.by.code})
        later = [one for one in staged if self._must_wait(one, staged)]
        now = staged if is_last else [one for one in staged if one not in later]
        if is_last:
            for one in later:
                self._reject(one, self._fault(one, "TOO_MANY_DUPLICATES"))
        self._refuse_contradictions(now)
        self._fold(now)
        self._judge(now)
        for one in now:
            if one.known and not one.is_sound and not one.is_weak:
                self.refused.append(one.known)
        for one in now:
            self._write(one)
        return [] if is_last else [one.row for one in later]

    def _stage(self, row: Row) -> Staged:
        readings = {one.code: read(self.world, one, row.values[one.code], self.policy) for one in self.bo.loaded_fields}
        named = _named(self.world, self.bo, row)
        holders = {
            one.code: holder
            for one in _unique(self.bo)
            if (holder := _holder(self.world, self.bo, one, _own(self.bo, one, row, readings)))
        }
        by = None
        if named is None and not row.removed:
            by = next((one for one in _unique(self.bo) if one.code in holders and one is not self.bo.key_field), None)
        known = named or (holders[by.code] if by else None)
        others = {code: one for code, one in holders.items() if one is not known and not row.removed}
        is_aliased = bool(known and row.in_id and not self.world.known(self.bo.code, row.in_id))
        staged = Staged(row, readings, known, named is None, by, [], is_aliased, others)
        staged.is_stale = self.world.is_stale(self.bo, known, self._owner(staged), removes=bool(row.removed))
        if staged.is_stale:
            staged.holders = {}
        staged.faults, staged.held = list(self._faults(staged)), list(self._held(staged))
        self._decide(staged, self._image(staged))
        for one in _unique(self.bo):  # an instance that returns wants what it has kept, which another may have by now
            holder = _holder(self.world, self.bo, one, staged.image[one.code]) if one.code in staged.wants else None
            if holder and holder is not known:
                staged.holders.setdefault(one.code, holder)
        if any(fault.severity == "error" for fault in staged.faults):
            staged.action = "rejected"
        return staged

    def _fault(
        self, one: Staged, code: str, value: str | None = None, column: str | None = None, severity: str = "error"
    ) -> Fault:
        return Fault(self.run, self.table, one.row.id, one.in_id, column, code, value, severity)

    def _faults(self, one: Staged) -> Iterator[Fault]:
        row, out_id = one.row, one.row.out_id or None
        by_out = self.world.instances[self.bo.code].get(out_id or "")
        by_in = self.world.known(self.bo.code, one.in_id)
        if not one.in_id and not out_id:
            yield self._fault(one, "NO_ID")
        elif out_id and not by_out:
            yield self._fault(one, "OUT_ID_UNKNOWN", out_id)
        elif by_out and by_in and by_out is not by_in:
            yield self._fault(one, "IN_ID_TAKEN", one.in_id)
        if row.removed or one.is_stale:
            return  # the other columns are ignored
        system = self.bo.loaded_system_fields
        if system and all(self._is_missing(other, one) for other in system):
            yield self._fault(one, "SYSTEM_FIELD_MISSING", ", ".join(other.code for other in system))
        for other in self.bo.loaded_fields:
            if one.readings[other.code].fault:
                severity = "warning" if other.on_bad_value is OnBadValue.SKIP_VALUE else "error"
                value = shown(row.values[other.code])
                yield self._fault(one, one.readings[other.code].fault, value, other.code, severity)

    def _is_missing(self, other: Field, one: Staged) -> bool:
        return not one.row.in_id if other.use_as_key_in_migration else one.readings[other.code].value is None

    def _owner(self, one: Staged) -> Owner:
        time = self.bo.time_field
        return Owner(_SOURCE, one.row.values[time.code] if time else None)

    def _brings(self, other: Field, one: Staged) -> bool:
        """Whether the row says what the value is to be."""
        if other is self.bo.key_field:
            return bool(one.row.in_id)
        pin = self._pin(other, one)
        if one.known and self.world.is_outranked(self.bo, other, one.known.id, self._owner(one)):
            return False
        return self._gives(other, one) and not (pin and pin.holds(one.readings[other.code].value))

    def _gives(self, other: Field, one: Staged) -> bool:
        value, fault, waits = one.readings[other.code]
        return not (fault or waits or (value is None and self.policy.keep_on_null))

    def _held(self, one: Staged) -> Iterator[Fault]:
        """Values that differ from those of the store, and are not written; those that count less anyway do not meet a
        pin."""
        if one.known is None or one.row.removed:
            return
        for other in self.bo.loaded_fields:
            old, value = one.known.values.get(other.code), one.readings[other.code].value
            if not self._gives(other, one) or old == value or _is_same(other, old, value):
                continue
            pin, raw = self._pin(other, one), one.row.values[other.code]
            code = self.world.outranks(self.bo, other, one.known.id, self._owner(one))
            if not code and pin and pin.holds(value):
                code = "VALUE_PINNED"
            if code:
                yield self._fault(one, code, None if raw is None else shown(raw), other.code, "info")

    def _pin(self, other: Field, one: Staged) -> Pin | None:
        return self.world.pins.get((one.known.id, other.code)) if one.known else None

    def _end_pins(self, one: Staged) -> None:
        for other in self.bo.loaded_fields:
            if one.known and not one.row.removed and self._gives(other, one) and self._brings(other, one):
                self.world.pins.pop((one.known.id, other.code), None)

    def _image(self, one: Staged) -> Values:
        """A row is the full image of its loaded fields: null clears, or keeps; a skipped value leaves what is there."""
        values: Values = {}
        for other in self.bo.loaded_fields:
            old = one.known.values.get(other.code) if one.known else None
            value = one.readings[other.code].value
            is_kept = not self._brings(other, one) or _is_same(other, old, value)
            values[other.code] = old if is_kept else value
        if self.bo.key_field:
            code = self.bo.key_field.code
            values[code] = one.row.in_id or (one.known.values.get(code) if one.known else None)
        return values

    def _decide(self, one: Staged, image: Values) -> None:
        """What becomes of an instance by this image, and of its unique values."""
        known, removed = one.known, bool(one.row.removed)
        is_live = known is not None and known.state != "REMOVED"
        one.image, one.wants, one.gives = image, {}, set()
        if one.is_stale:
            one.action = "unchanged"
            return
        for other in _unique(self.bo):
            new = _compared(other, image[other.code])
            old = _compared(other, known.values.get(other.code)) if known else None
            if not removed and new is not None and (not is_live or new != old):
                one.wants[other.code] = new
            if is_live and old is not None and (removed or new != old):
                one.gives.add(other.code)
        if removed:
            one.action = "removed" if is_live else "unchanged"
        elif known is None:
            one.action = "created"
        else:
            differs = any(known.values.get(code) != value for code, value in image.items())
            one.action = "changed" if not is_live or differs else "unchanged"

    def _must_wait(self, one: Staged, staged: Sequence[Staged]) -> bool:
        """A row that no id leads to an instance waits for those that name it, or want what it wants, and for the first
        of its like."""
        if not one.is_weak or not one.is_sound:
            return False
        for other in staged:
            if other is one or (other.is_weak and not other.is_sound):
                continue
            is_earlier = not other.is_weak or (other.in_id or "") < (one.in_id or "")
            shares_want = any(other.wants.get(code) == value for code, value in one.wants.items())
            shares_known = one.known is not None and one.known is other.known
            shares_any = other.is_weak and any(mine in _touches(other) for mine in _touches(one))
            if is_earlier and (shares_want or shares_known or shares_any):
                return True
        return False

    def _refuse_contradictions(self, now: Sequence[Staged]) -> None:
        groups: dict[str, list[Staged]] = {}
        for one in now:
            if one.in_id is None and one.known and not one.row.removed and not one.is_stale and one.is_sound:
                groups.setdefault(one.known.id, []).append(one)
        files = [other.code for other in self.bo.loaded_fields if other.type is FieldType.FILE_UPLOAD]
        for group in groups.values():
            says = [(one.action, one.image, [one.row.values[code] for code in files]) for one in group]
            if any(other != says[0] for other in says):
                for one in group:
                    self._reject(one, self._fault(one, "OUT_ID_TWICE", one.row.out_id))

    def _fold(self, now: Sequence[Staged]) -> None:
        """Of several rows that name one instance one counts, filled up with what the others bring."""
        groups: dict[str, list[Staged]] = {}
        for one in now:
            if one.known and not one.is_weak and one.is_sound and not one.is_stale:
                groups.setdefault(one.known.id, []).append(one)
        for group in groups.values():
            if len(group) > 1:
                self._fold_group(group)

    def _fold_group(self, group: list[Staged]) -> None:
        group.sort(key=lambda one: one.in_id or "", reverse=True)
        group.sort(key=lambda one: bool(one.row.removed))
        valued = [self._owner(one).time or _LONG_AGO for one in group if not one.row.removed]
        latest = max(valued, default=_LONG_AGO)
        group.sort(key=lambda one: not (one.row.removed and (self._owner(one).time or _LONG_AGO) > latest))
        winner, *losers = group
        if not winner.row.removed:
            image, holders = dict(winner.image), dict[str, Instance]()
            fields = [*self.bo.loaded_fields, *([self.bo.key_field] if self.bo.key_field else [])]
            for other in fields:
                bringing = [one for one in group if not one.row.removed and self._brings(other, one)]
                if self.bo.is_owned(other):
                    bringing.sort(key=lambda one: self._owner(one).time or _LONG_AGO, reverse=True)
                bringer = bringing[0] if bringing else winner
                image[other.code] = bringer.image[other.code]
                if other.code in bringer.holders:
                    holders[other.code] = bringer.holders[other.code]
            winner.holders = holders
            self._decide(winner, image)
        for one in losers:
            one.is_stale = bool(one.row.removed) != bool(winner.row.removed)
            values = {other.code: one.image[other.code] for other in self.bo.loaded_fields if self._brings(other, one)}
            if self.bo.key_field and one.in_id:
                values[self.bo.key_field.code] = one.in_id
            is_lost = bool(one.row.removed) != bool(winner.row.removed) or (
                not one.row.removed and any(winner.image[code] != value for code, value in values.items())
            )
            if is_lost:
                reported = winner.in_id or winner.row.out_id or None
                one.faults.append(self._fault(one, "ROW_OVERRULED", reported, severity="info"))
            one.loses, one.action, one.wants, one.gives, one.holders = True, "unchanged", {}, set(), {}

    def _judge(self, now: Sequence[Staged]) -> None:
        """Refuses wishes for what others keep, and of several wishes for one value all but one."""
        giving = {
            (one.known.id, code): one
            for one in now
            if one.known and one.action in ("changed", "removed")
            for code in one.gives
        }
        wishes = [(one, code) for one in now if one.action in ("created", "changed") for code in one.wants]
        refused: set[tuple[Staged, str]] = set()
        while True:
            self._spread(wishes, giving, refused)
            rivals = self._rivals(wishes, {one for one, _ in refused})
            if not rivals:
                break
            refused |= rivals
        for one in {one for one, _ in refused}:
            codes = {code for other, code in refused if other is one}
            losers = [other for other in now if other.loses and other.known is one.known]
            for loser in losers:
                loser.faults = [fault for fault in loser.faults if fault.code != "ROW_OVERRULED"]
                loser.image = one.image
                self._take_away(loser, codes)
            self._take_away(one, codes)

    def _spread(
        self,
        wishes: Sequence[tuple[Staged, str]],
        giving: dict[tuple[str, str], Staged],
        refused: set[tuple[Staged, str]],
    ) -> None:
        while True:
            rows = {one for one, _ in refused}
            found = set()
            for one, code in wishes:
                holder = one.holders.get(code)
                giver = giving.get((holder.id, code)) if holder else None
                if holder and (giver is None or giver in rows):
                    found.add((one, code))
            if found <= refused:
                return
            refused |= found

    def _rivals(self, wishes: Sequence[tuple[Staged, str]], refused: set[Staged]) -> set[tuple[Staged, str]]:
        groups: dict[Any, list[Staged]] = {}
        for one, code in wishes:
            if one not in refused:
                groups.setdefault((code, one.wants[code]), []).append(one)
        lost = set()
        for (code, _), group in groups.items():
            group.sort(key=lambda one: (one.is_weak, one.in_id is None, one.in_id or "", self._id_of(one)))
            lost |= {(one, code) for one in group[1:]}
        return lost

    def _id_of(self, one: Staged) -> int:
        """Instances in the order in which they were made."""
        return list(self.world.instances[self.bo.code]).index(one.known.id) if one.known else 0

    def _take_away(self, one: Staged, codes: set[str]) -> None:
        for other in _unique(self.bo):
            if other.code in codes:
                self._reject(one, self._fault(one, "UNIQUE_TAKEN", shown(one.image[other.code]), other.code))

    def _reject(self, one: Staged, fault: Fault) -> None:
        one.faults.append(fault)
        one.action = "rejected"

    def _write(self, one: Staged) -> None:
        self.counts[one.action] += 1
        self.counts["marked"] += 1
        self.world.faults += one.faults
        if not one.is_sound:
            one.row.status = ERROR
            return
        is_late = one.is_stale and not one.loses
        self.counts["held"] += bool(one.held or is_late)
        self.world.faults += [] if one.is_stale else one.held
        if is_late:
            removed = shown(bool(one.row.removed))
            self.world.faults.append(self._fault(one, "VALUE_OUTDATED", removed, "removed", "info"))
        if one.by:
            value = shown(one.image[one.by.code])
            self.counts["merged"] += 1
            self.world.faults.append(self._fault(one, "MERGED_BY_VALUE", value, one.by.code, "info"))
        counts = not one.row.removed and not one.is_stale
        written = [other for other in self.bo.loaded_fields if counts and self._brings(other, one)]
        if counts:
            self._end_pins(one)
        instance = self._change(one)
        if instance and not one.is_stale:
            self.world.own_state(self.bo, instance.id, self._owner(one), removes=bool(one.row.removed))
        for other in written:
            if instance:
                self.world.own(self.bo, other, instance.id, self._owner(one))
        if one.is_aliased and instance:
            self.world.aliases[self.bo.code, one.in_id or ""] = instance.id
        if instance and counts and not one.loses:
            self._wait_for_files(one, instance)
        one.row.status = DONE
        one.row.out_id = instance.id if instance else one.row.out_id

    def _change(self, one: Staged) -> Instance | None:
        known, run = one.known, self.run
        if one.action == "created":
            assert one.in_id, "a row without in_id has an instance or a fault"
            known = Instance(f"#{self.world.number()}", one.in_id, one.image, run, run, run)
            self.world.instances[self.bo.code][known.id] = known
            self.world.brought.add(known.id)
            self.world.journal.append(Change(run, self.bo.code, None, known.id, None, "created"))
        elif known and one.action in ("changed", "removed"):
            change = "returned" if known.state == "REMOVED" else one.action
            if one.action == "removed":
                known.state = "REMOVED"
            else:
                known.values = known.values | one.image
                known.state = "ACTUAL" if known.state == "REMOVED" else known.state
            known.modified = known.migrated = run
            self.world.brought |= {known.id} if one.action == "changed" else set()
            self.world.journal.append(Change(run, self.bo.code, None, known.id, None, change))
        return known

    def _wait_for_files(self, one: Staged, instance: Instance) -> None:
        """A field whose file has not come keeps what it has and waits; one that names another, or none, does not."""
        for other in self.bo.loaded_fields:
            reference = FileReference(self.bo.code, other.code, instance.id)
            waited, waits = self.world.file_references.pop(reference, None), one.readings[other.code].waits
            if waits != waited:
                self.world.overdue.discard(reference)
            if waits:
                self.world.file_references[reference] = waits


def _touches(one: Staged) -> list[Instance]:
    return [*([one.known] if one.known else []), *one.holders.values()]


def _is_same(other: Field, old: Any, new: Any) -> bool:
    """Whether two texts are one JSON value."""
    if other.type not in _JSON or old is None or new is None:
        return False
    if other.type in _LANGUAGES and not old.lstrip().startswith("{"):
        return False
    try:
        return bool(_tagged(_parsed(old)) == _tagged(_parsed(new)))
    except ValueError:
        return False


def _parsed(text: str) -> Any:
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


def _tagged(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tagged(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_tagged(part) for part in value]
    return type(value).__name__, value
