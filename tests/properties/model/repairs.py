"""What loads, joins, splits and undos make of a small store: instances with a name and a unique e-mail, external ids,
and links of claims to them. By the journal, as docs/repair.md says; no database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

FIELDS = ("name", "email")
Key = tuple[str, int]
"""An instance is ("", its number), a link (its claim, the number of its target)."""
Values = dict[str, str | None]


class NotModelled(Exception):
    """The act is refused, or two live instances would have one e-mail."""


@dataclass(frozen=True)
class Change:
    """`n`: its place in the journal. `before`: of an instance the old values of what has changed; `named_by`: the
    external id in the row that made a link."""

    n: int
    run: int
    key: Key
    what: Literal["created", "changed", "linked", "unlinked"]
    before: Values = field(default_factory=dict)
    named_by: str | None = None


@dataclass(frozen=True)
class Alias:
    in_id: str
    instance: int
    run: int


@dataclass
class Store:
    """`rows`: number -> values with `_state` and `_in_id`; `ended`: aliases that are gone, with the unit that ended
    them; `undone`: undo -> unit."""

    rows: dict[int, Values] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    ended: list[tuple[Alias, int]] = field(default_factory=list)
    links: set[Key] = field(default_factory=set)
    journal: list[Change] = field(default_factory=list)
    repairs: set[int] = field(default_factory=set)
    undos: dict[int, int] = field(default_factory=dict)

    def live(self) -> dict[int, Values]:
        return {number: row for number, row in self.rows.items() if row["_state"] != "REMOVED"}

    def found(self, in_id: str) -> int | None:
        """The instance that has the external id, own or further."""
        own = next((number for number, row in self.rows.items() if row["_in_id"] == in_id), None)
        return own if own is not None else self.aliases[in_id].instance if in_id in self.aliases else None

    def shown(self) -> list[tuple[object, ...]]:
        """Each live instance with its ids, values and claims."""
        return sorted(
            (
                row["_in_id"] or "",
                *(row[name] or "" for name in FIELDS),
                sorted(one.in_id for one in self.aliases.values() if one.instance == number),
                sorted(claim for claim, target in self.links if target == number),
            )
            for number, row in self.live().items()
        )

    def load(self, run: int, in_id: str, values: Values, claim: str | None) -> None:
        """A row, and a row that links a claim to it."""
        found, email = self.found(in_id), values["email"]
        holder = next((number for number, row in self.live().items() if email and row["email"] == email), None)
        if found is None and holder is not None:
            self.aliases[in_id] = Alias(in_id, holder, run)
            found = holder
        if found is None:
            found = len(self.rows)
            self.rows[found] = values | {"_state": "ACTUAL", "_in_id": in_id}
            self._note(run, ("", found), "created")
        elif holder in (None, found):
            self._write(run, found, values | {"_state": "ACTUAL"})
        elif self.rows[found]["_state"] == "REMOVED":
            raise NotModelled
        if claim:
            self._link(run, (claim, found), named_by=in_id)

    def join(self, unit: int, kept: str, absorbed: str) -> None:
        one, other = self.found(kept), self.found(absorbed)
        if one is None or other is None or one == other or not {one, other} <= self.live().keys():
            raise NotModelled
        self.repairs.add(unit)
        gone = self.rows[other].copy()
        self._write(unit, other, {"_state": "REMOVED", "_in_id": None})
        self._write(unit, one, {name: self.rows[one][name] or gone[name] for name in FIELDS})
        for alias in [each for each in self.aliases.values() if each.instance == other]:
            self.ended.append((alias, unit))
            self.aliases[alias.in_id] = Alias(alias.in_id, one, unit)
        if gone["_in_id"]:
            self.aliases[gone["_in_id"]] = Alias(gone["_in_id"], one, unit)
        for claim, _ in sorted(key for key in self.links if key[1] == other):
            self._unlink(unit, (claim, other))
            self._link(unit, (claim, one))

    def split(self, unit: int, in_id: str) -> None:
        alias = self.aliases.get(in_id)
        if alias is None:
            raise NotModelled
        self.repairs.add(unit)
        of_unit = [one for one in self.journal if one.run == alias.run and one.key[0] == ""]
        is_joined = any(one.key[1] != alias.instance and "_in_id" in one.before for one in of_unit)
        if alias.run in self.repairs and is_joined:
            self.undo(alias.run, unit)
        else:
            self._split_off(unit, alias)

    def _split_off(self, unit: int, alias: Alias) -> None:
        kept, given, restored = alias.instance, Values(), Values()
        for name in FIELDS:
            mine = [one for one in self._of(("", kept)) if one.run == alias.run and name in one.before]
            if mine:
                later = [one for one in self._of(("", kept)) if one.n > mine[-1].n and name in one.before]
                later = [one for one in later if one.run != alias.run]
                given[name] = later[0].before[name] if later else self.rows[kept][name]
                if not later:
                    restored[name] = mine[0].before[name]
        self.ended.append((self.aliases.pop(alias.in_id), unit))
        if self._is_taken(restored.get("email"), but=kept):
            del restored["email"]
        self._write(unit, kept, restored)
        if self._is_taken(given.get("email"), but=None):
            given["email"] = None
        other = len(self.rows)
        self.rows[other] = {"_state": "ACTUAL", "_in_id": alias.in_id} | dict.fromkeys(FIELDS) | given
        self._note(unit, ("", other), "created")
        self._note(unit, ("", other), "changed", {"_in_id": None})
        for claim, _ in sorted(key for key in self.links if key[1] == kept):
            made = [one for one in self._of((claim, kept)) if one.what == "linked"]
            if made and made[-1].named_by == alias.in_id:
                self._unlink(unit, (claim, kept))
                self._link(unit, (claim, other))

    def undo(self, run: int, as_run: int) -> None:
        """Reverts a unit, but for what has changed since."""
        if run not in self.undone():
            self.undos[as_run] = run
        undone = self.undone()
        mine = [one for one in self.journal if one.run == run]
        later = {key: self._later(run, key, undone) for key in {one.key for one in mine}}
        for key in sorted(later):
            if key[0] == "":
                self._undo_row(as_run, key, [one for one in mine if one.key == key], later[key])
        emails = [row["email"] for row in self.live().values() if row["email"]]
        if len(set(emails)) < len(emails):
            raise NotModelled
        for one in mine:
            if one.what == "linked" and not any(each.n > one.n for each in later[one.key]):
                self._unlink(as_run, one.key)
        for key in sorted(later):
            first = next(one for one in mine if one.key == key)
            makers = [one.run for one in self._of(key) if one.what == "linked" and one.n < first.n]
            is_made_by_undone = bool(makers) and makers[-1] in undone - {run}
            if first.what == "unlinked" and not later[key] and not is_made_by_undone:
                self._link(as_run, key)
        self._undo_aliases(as_run, undone)

    def undone(self) -> set[int]:
        """The units whose undo is in force."""
        found: set[int] = set()
        for as_run in sorted(self.undos, reverse=True):
            if as_run not in found:
                found.add(self.undos[as_run])
        return found

    def _undo_row(self, as_run: int, key: Key, mine: list[Change], later: list[Change]) -> None:
        images: Values = {}
        for one in reversed(mine):
            images |= one.before
        if not any(one.what == "created" for one in mine):
            touched = {name for one in later for name in one.before}
            self._write(as_run, key[1], {name: value for name, value in images.items() if name not in touched})
        elif not later:
            self._write(as_run, key[1], {"_state": "REMOVED"} | ({"_in_id": None} if "_in_id" in images else {}))

    def _undo_aliases(self, as_run: int, undone: set[int]) -> None:
        for alias in [one for one in self.aliases.values() if one.run in undone]:
            self.ended.append((self.aliases.pop(alias.in_id), as_run))
        for alias, by in self.ended:
            now = self.aliases.get(alias.in_id)
            if now and now.run == alias.run and by not in undone:
                del self.aliases[alias.in_id]
        for alias, by in sorted(self.ended, key=lambda one: (-one[0].run, -one[1])):
            others = [(one, at) for one, at in self.ended if one.in_id == alias.in_id]
            is_ended_otherwise = any(one.run == alias.run and at not in undone for one, at in others)
            has_come_since = any(one.run > by and one.run not in undone for one, _ in others)
            is_back = by in undone and alias.run not in undone and alias.in_id not in self.aliases
            if is_back and not is_ended_otherwise and not has_come_since:
                self.aliases[alias.in_id] = alias

    def _later(self, run: int, key: Key, undone: set[int]) -> list[Change]:
        """What others have changed since, without what is undone and without the undos of that."""
        first = next(one.n for one in self.journal if one.run == run and one.key == key)
        since = [one for one in self._of(key) if one.n > first and one.run != run]
        runs = {one.run for one in since}
        return [one for one in since if one.run not in undone and self.undos.get(one.run) not in runs]

    def _is_taken(self, email: str | None, but: int | None) -> bool:
        return bool(email) and any(row["email"] == email for number, row in self.live().items() if number != but)

    def _of(self, key: Key) -> Iterator[Change]:
        return (one for one in self.journal if one.key == key)

    def _write(self, run: int, number: int, values: Values) -> None:
        row = self.rows[number]
        before = {name: row[name] for name, value in values.items() if row[name] != value}
        if before:
            row.update(values)
            self._note(run, ("", number), "changed", before)

    def _link(self, run: int, key: Key, named_by: str | None = None) -> None:
        if key not in self.links:
            self.links.add(key)
            self._note(run, key, "linked", named_by=named_by)

    def _unlink(self, run: int, key: Key) -> None:
        if key in self.links:
            self.links.remove(key)
            self._note(run, key, "unlinked")

    def _note(
        self,
        run: int,
        key: Key,
        what: Literal["created", "changed", "linked", "unlinked"],
        before: Values | None = None,
        named_by: str | None = None,
    ) -> None:
        self.journal.append(Change(len(self.journal), run, key, what, before or {}, named_by))
