"""All that there is: the partner's tables, the golden store, the out_ tables, and what runs have said."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field
from etl.metadata.instance_state import STATE
from tests.properties.model.delivered import File, LinkRow, Marker, Row, Values


@dataclass
class Instance:
    """What is true of one instance; times are numbers of the runs that set them."""

    id: str
    in_id: str
    values: Values
    created: int
    modified: int
    migrated: int
    state: str = "ACTUAL"


@dataclass
class Link:
    """A golden link. `at` is when the partner inserted the row that made it."""

    member: str
    at: datetime


class Reference(NamedTuple):
    """What waits: a link whose ends are not both there."""

    bo: str
    field: str
    member: str
    owner: str
    target: str


class FileReference(NamedTuple):
    """A field of an instance that waits for its file."""

    bo: str
    field: str
    instance: str


class Fault(NamedTuple):
    """A row of err."""

    run: int
    table: str
    row: int | None
    in_id: str | None
    column: str | None
    code: str
    value: str | None
    severity: str


class Change(NamedTuple):
    """A row of the journal."""

    run: int
    bo: str
    field: str | None
    instance: str
    target: str | None
    change: str


@dataclass
class OutRow:
    """A row of an out_ table: `born` numbers the row itself, `moved` is the run of its updated_at."""

    values: Values
    born: int
    moved: int


@dataclass(frozen=True)
class Policy:
    """How a run is set. One that does not show leaves the out_ versions as they are; a later run or
    a switch follows."""

    keep_on_null: bool = False
    chunk_rows: int = 1000
    max_value_bytes: int = 64
    shows: bool = True


@dataclass(frozen=True)
class Step:
    """A task of the plan, for the rows `first <= id < after` of its table."""

    kind: str
    table: str = ""
    first: int | None = None
    after: int | None = None
    rows: int = 0


@dataclass
class Run:
    """A run under way. `counts` holds outcomes of rows per table, "marked" among them."""

    number: int
    marker: Marker
    plan: list[Step] | None = None
    done: int = 0
    claimed: dict[str, int] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pin:
    """A field of an instance keeps its value; `source`: what it had before."""

    source: Any
    until_changed: bool

    def holds(self, value: Any) -> bool:
        """Against a value that a source brings; else the pin ends by it."""
        return not self.until_changed or value == self.source


def _rank(order: Sequence[str], source: str) -> int:
    names = (source, source.partition(":")[0])
    return next((order.index(one) for one in names if one in order), len(order))


class Owner(NamedTuple):
    """Which source has written a field last, and of when that was."""

    source: str
    time: datetime | None = None


@dataclass
class World:
    """The whole state. A table without rows is there with an empty list. `full_ids`: external ids that full sets had
    (object, in_id); `brought`: instances that runs have written. `restored`: what waits
    again since an undo.
    """

    company: Company
    rows: dict[str, list[Row]] = field(default_factory=dict)
    links_in: dict[str, list[LinkRow]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    markers: list[Marker] = field(default_factory=list)
    full_sets: list[str] = field(default_factory=list)
    full_ids: set[tuple[str, str]] = field(default_factory=set)
    brought: set[str] = field(default_factory=set)
    instances: dict[str, dict[str, Instance]] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    links: dict[tuple[str, str], dict[tuple[str, str], Link]] = field(default_factory=dict)
    pins: dict[tuple[str, str], Pin] = field(default_factory=dict)
    owners: dict[tuple[str, str], Owner] = field(default_factory=dict)
    references: dict[Reference, datetime] = field(default_factory=dict)
    restored: set[Reference] = field(default_factory=set)
    contents: dict[bytes, str] = field(default_factory=dict)
    file_aliases: dict[str, str] = field(default_factory=dict)
    file_references: dict[FileReference, str] = field(default_factory=dict)
    overdue: set[Reference | FileReference] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    kept_faults: list[Fault] = field(default_factory=list)
    journal: list[Change] = field(default_factory=list)
    receipts: dict[int, dict[str, Counter[str]]] = field(default_factory=dict)
    out: dict[str, dict[str, OutRow]] = field(default_factory=dict)
    out_links: dict[str, set[tuple[str, str, str | None]]] = field(default_factory=dict)
    run: Run | None = None
    runs: int = 0
    serial: int = 0

    def __post_init__(self) -> None:
        for bo in self.company.objects:
            if bo.has_in_table:
                self.rows[names.in_table(bo.code)] = []
            if bo.carries_data:
                self.instances[bo.code] = {}
            for link in bo.links:
                self.links[bo.code, link.code] = {}
        for table in self.company.in_link_tables():
            self.links_in[table.name] = []

    def is_outranked(self, bo: BusinessObject, other: Field, instance: str, mine: Owner) -> bool:
        return bool(self.outranks(bo, other, instance, mine))

    def outranks(self, bo: BusinessObject, other: Field, instance: str, mine: Owner) -> str:
        """Why a source does not write the field of an instance: VALUE_OUTRANKED if one that counts more has written
        it, VALUE_OUTDATED if one that counts as much has written what is newer, else ""."""
        order = [one for one in bo.sources_of(other) if one != "pin"]
        owner = self.owners.get((instance, other.code))
        if owner is None:
            return ""
        its_rank, my_rank = _rank(order, owner.source), _rank(order, mine.source)
        if its_rank != my_rank or owner.time is None or not (bo.time_field and bo.is_owned(other)):
            return "VALUE_OUTRANKED" if its_rank < my_rank else ""
        return "VALUE_OUTDATED" if mine.time is None or owner.time > mine.time else ""

    def own(self, bo: BusinessObject, other: Field, instance: str, mine: Owner) -> None:
        """Notes who has written a field."""
        if bo.sources_of(other) or (bo.time_field and bo.is_owned(other)):
            self.owners[instance, other.code] = mine

    def is_stale(self, bo: BusinessObject, known: Instance | None, mine: Owner, *, removes: bool) -> bool:
        """Whether what is said of an instance counts for nothing: its removal is newer, or it would be removed although
        something newer is known of it."""
        if known is None or bo.time_field is None:
            return False
        if known.state == "REMOVED":
            return not removes and self.is_older(known.id, mine)
        newest = self._newest(known.id)
        return removes and mine.time is not None and newest is not None and newest > mine.time

    def is_older(self, instance: str, mine: Owner) -> bool:
        """Whether the state of the instance is newer."""
        owner = self.owners.get((instance, STATE))
        return owner is not None and owner.time is not None and (mine.time is None or owner.time > mine.time)

    def own_state(self, bo: BusinessObject, instance: str, mine: Owner, *, removes: bool) -> None:
        """Notes who has said the state; a removal without a time is of that of the newest that is known."""
        is_timeless = removes and mine.time is None
        if bo.time_field and (is_timeless or not self.is_older(instance, mine)):
            self.owners[instance, STATE] = Owner(mine.source, self._newest(instance) if is_timeless else mine.time)

    def _newest(self, instance: str) -> datetime | None:
        return max((one.time for (its, _), one in self.owners.items() if its == instance and one.time), default=None)

    def let_time_pass(self) -> None:
        """Whatever waits now has waited longer than it may."""
        self.overdue = {*self.references, *self.file_references}

    def number(self) -> int:
        """A new number, never given before."""
        self.serial += 1
        return self.serial

    def object_named(self, code: str) -> BusinessObject:
        return next(bo for bo in self.company.objects if bo.code == code)

    def object_of(self, table: str) -> BusinessObject:
        return next(bo for bo in self.company.objects if names.in_table(bo.code) == table)

    def link_of(self, table: str) -> LinkTable:
        return next(link for link in self.company.in_link_tables() if link.name == table)

    def known(self, bo: str, in_id: str | None) -> Instance | None:
        """The instance that has this external id, its own or another that was delivered for it."""
        found = next((one for one in self.instances[bo].values() if in_id and one.in_id == in_id), None)
        return found or self.instances[bo].get(self.aliases.get((bo, in_id or ""), ""))

    def in_ids_of(self, bo: str, one: Instance) -> set[str]:
        """All its external ids."""
        return {one.in_id} | {in_id for (its, in_id), id_ in self.aliases.items() if (its, id_) == (bo, one.id)}

    def waiting_for(self, link: LinkTable) -> list[Reference]:
        """The references of one link table."""
        wanted = (link.bo.code, link.field.code, link.member.code)
        return [one for one in self.references if (one.bo, one.field, one.member) == wanted]

    def all_rows(self) -> Iterator[tuple[str, Iterable[Row | LinkRow]]]:
        """Every in_ table with a status, and its rows."""
        yield from self.rows.items()
        yield from self.links_in.items()
