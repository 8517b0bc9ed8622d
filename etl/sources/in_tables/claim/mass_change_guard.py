"""The guard against mass changes: a batch that would remove, empty, change or unlink too much of an object is stopped
before it is merged.

It protects against a broken export: everything marked removed, a column forgotten or shifted, links left out of full
sets. It does not see what the partner writes after the claim.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from etl.database import SqlTemplates, execute, fetch_one, pipe
from etl.errors import RunStopped
from etl.merge.context import Connections, MergeContext
from etl.merge.rows.field_values import FieldValue, field_values
from etl.merge.rows.value_policy import ValuePolicy
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.quoting import identifier
from etl.runs import Claimed
from etl.sources.in_tables.claim.changed_guard import changed_too_much
from etl.sources.in_tables.claim.share import (
    LEAST,
    exceeds,
    reported,
    threshold,
)
from etl.sources.in_tables.claim.unlinked_guard import unlinked_too_much

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

# The maximum number of changes that a message names.
_SHOWN = 5


@dataclass(frozen=True)
class Shares:
    """The share of an object's instances that one batch may remove, empty of one field, or change, and of the links
    between two objects it may end: percent, None for any. REMOVED instances do not count."""

    removed: int | None
    blanked: int | None
    changed: int | None = None
    unlinked: int | None = None


@dataclass(frozen=True)
class _Change:
    """A kind of change that is counted: removals, or the emptying of `field`. The conditions are SQL about the in_ row
    i and the golden row g."""

    name: str
    share: int
    happens: str
    matters: str
    field: str = ""

    def exceeds(self, rows: int, instances: int) -> bool:
        return exceeds(rows, self.share, instances)

    def threshold(self, rows: int) -> int:
        return threshold(rows, self.share)


def check_mass_changes(
    connections: Connections, company: Company, context: MergeContext, claimed: Mapping[str, Claimed], shares: Shares
) -> None:
    """Raises RunStopped when the claimed rows would remove, empty, change or unlink more than the shares allow.

    Costs one pass over the claimed rows. The store is read only for suspicious changes; a batch that is small beside
    its object has none.
    """
    found: list[str] = []
    for business_object in company.objects:
        if business_object.has_in_table:
            rows = claimed[names.in_table(business_object.code)].rows
            changes = [one for one in _changes(business_object, context, shares) if one.exceeds(rows, LEAST)]
            found += _excesses(connections, business_object, changes, context)
    if shares.changed is not None:
        found += changed_too_much(connections, company, context, claimed, shares.changed)
    if shares.unlinked is not None:
        found += unlinked_too_much(connections, company, context, claimed, shares.unlinked)
    if found:
        more = [f"make {len(found) - _SHOWN} changes more of this kind"] if len(found) > _SHOWN else []
        raise RunStopped(
            f"this batch would {'; '.join([*found[:_SHOWN], *more])}: nothing was merged, the rows are ready again. "
            "If it is meant, take it with `etl run --accept`; if not, correct the rows and hand over again"
        )


def _changes(business_object: BusinessObject, context: MergeContext, shares: Shares) -> Iterator[_Change]:
    removed = "coalesce(i.removed, false)"
    if shares.removed is not None:
        yield _Change("removed", shares.removed, removed, "true")
    if shares.blanked is not None and not context.keep_on_null:
        for number, field in enumerate(business_object.loaded_fields):
            blank = f"not {removed} and {_value(field, 'i')} is null"
            yield _Change(f"blanked_{number}", shares.blanked, blank, f"{_value(field, 'g')} is not null", field.code)


def _value(field: Field, alias: str) -> str:
    column = f"{alias}.{identifier(field.code)}"
    # An empty text counts as empty, like null.
    return f"nullif({column}, '')" if field.sql_type == "text" else column


def _unique(business_object: BusinessObject, context: MergeContext) -> list[FieldValue]:
    """The unique fields by which a row without a known id finds its instance; fields with a look-up are left
    out."""
    values = field_values(business_object, ValuePolicy(context.store_schema, context.keep_on_null))
    return [value for value in values if value.is_unique and not value.lookup]


def _excesses(
    connections: Connections, business_object: BusinessObject, changes: list[_Change], context: MergeContext
) -> Iterator[str]:
    """Sentences about the changes that exceed their share.

    The expensive statement, which joins rows to instances, comes last and only for changes that no cheaper one cleared.
    """
    count = _Count(connections, business_object, context)
    if not changes or count.instances(LEAST) < LEAST:
        return
    rows = count("bound_rows", changes)
    suspects = [one for one in changes if one.exceeds(rows[one.name], LEAST)]
    instances = count.instances(max((one.threshold(rows[one.name]) for one in suspects), default=0))
    suspects = [one for one in suspects if one.exceeds(rows[one.name], instances)]
    for statement in ("bound_instances", "count_changes"):
        rows = count(statement, suspects)
        suspects = [one for one in suspects if one.exceeds(rows[one.name], instances)]
    for one in suspects:
        yield _sentence(business_object, one, rows[one.name], instances)


@dataclass(frozen=True)
class _Count:
    connections: Connections
    business_object: BusinessObject
    context: MergeContext

    def __call__(self, statement: str, changes: list[_Change]) -> Mapping[str, int]:
        """The number of rows or instances per change, as the statement counts them."""
        row = self._one(statement, changes=changes) if changes else None
        return dict(row._mapping) if row else {}

    def instances(self, threshold: int) -> int:
        """How many instances the object has; counting ends at `threshold`."""
        return int(self._one("instances", threshold=threshold).instances) if threshold else 0

    @cached_property
    def _unique(self) -> list[FieldValue]:
        return _unique(self.business_object, self.context)

    def _one(self, statement: str, changes: list[_Change] | None = None, **values: object) -> Any:
        code = self.business_object.code
        tables = {"in_table": names.in_table(code), "golden": names.store_table(code)}
        variables = {
            "changes": changes,
            "unique": self._unique,
            "is_one": self.connections.is_single,
            **tables,
            **self.context.variables,
        }
        values |= {"run": self.context.run, "bo": code}
        if statement == "bound_rows":
            return fetch_one(self.connections.imported, _sql(statement, **variables), values)
        if statement == "count_changes" and not self.connections.is_single:
            self._relay(variables, values)
        return fetch_one(self.connections.store, _sql(statement, **variables), values)

    def _relay(self, variables: dict[str, Any], values: dict[str, object]) -> None:
        """Copies the suspicious rows to the store's database: their ids, and what they would change."""
        execute(self.connections.store, _sql("drop_suspects"))
        execute(self.connections.store, _sql("create_suspects", **variables))
        pipe(self.connections.imported, _sql("suspects", **variables), values, self.connections.store, "pg_temp.batch")


def _sentence(business_object: BusinessObject, change: _Change, rows: int, instances: int) -> str:
    if change.field:
        what, key = f"empty {change.field} of", "maxBlankedShare"
    else:
        what, key = "remove", "maxRemovedShare"
    return reported(what, rows, instances, f"instances of {business_object.code}", f"{key}={change.share}")
