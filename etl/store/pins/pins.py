"""The pins of a store: which fields of which instances keep the value that a person gave them."""

from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, SqlTemplates, execute, fetch_all, part_states
from etl.store.own_tables import STORE

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class PinnedField:
    """A field that is pinned in some instances of its object: its column, its number among these fields, and whether a
    row may end one of the pins."""

    field: str
    number: int
    may_end: bool


@dataclass(frozen=True)
class Pin:
    """A pinned field of an instance. `value` and `source_value`, as texts, are what it was pinned to and what it had
    before; `unit` is the unit of work that pinned it."""

    bo: str
    instance: str
    field: str
    value: str | None
    source_value: str | None
    reason: str
    pinned_by: str
    pinned_at: datetime
    until_changed: bool
    unit: int


@dataclass(frozen=True)
class Pins:
    """The pins of a store's schema."""

    schema: str

    def fields(self, connection: Connection, bo: str) -> tuple[PinnedField, ...]:
        """The fields of an object that are pinned in any instance; usually there are none."""
        rows = fetch_all(connection, _sql("pinned_fields", schema=self.schema), {"bo": bo})
        return tuple(PinnedField(row.field, number, row.may_end) for number, row in enumerate(rows))

    def all(
        self, connection: Connection, *, bo: str = "", instance: str = "", field: str = "", limit: int = 1000
    ) -> list[Pin]:
        """The newest pins, of all objects, of one, or of one instance or field of it; none where the store is of a
        version before pins."""
        [state] = part_states(connection, self.schema, [STORE])
        if not state.has("pin"):
            return []
        values = {"bo": bo, "instance": instance, "field": field, "limit": limit}
        return [Pin(**row._mapping) for row in fetch_all(connection, _sql("pins", schema=self.schema), values)]

    def add(self, connection: Connection, golden: str, pin: Pin) -> None:
        """Pins a field to what the instance has now; a pin that it had ends, and what the source had then counts on."""
        values = dict(vars(pin))
        execute(connection, _sql("insert_pin", schema=self.schema, golden=golden, column=pin.field), values)

    def end(self, connection: Connection, bo: str, instance: str, field: str, *, unit: int) -> int:
        """Ends the pin of a field of an instance, in a unit of work; returns how many there were."""
        values = {"bo": bo, "instance": instance, "field": field, "unit": unit}
        return execute(connection, _sql("end_pin", schema=self.schema), values)
