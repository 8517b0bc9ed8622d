"""Which fields of which instances are pinned, for people."""

from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, fetch_all, read_only_transaction
from etl.engine.instances.finding import find_object, find_stored
from etl.engine.pins.statements import statement
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.metadata import names
from etl.quoting import fold, shown
from etl.store import Pin, Pins


@dataclass(frozen=True)
class ListedPin:
    """A pin. `field` is its code, `in_id` the external id of the instance. `value` as the person gave it; `before`:
    what the field had then. `unit`: the unit of work, which an undo takes."""

    bo: str
    in_id: str | None
    instance: str
    field: str
    value: str | None
    before: str | None
    reason: str
    pinned_by: str
    pinned_at: datetime
    until_changed: bool
    unit: int


def list_pins(runtime: Runtime, table: str = "", named: str = "", *, limit: int = 1000) -> list[ListedPin]:
    """The pins, the newest first: all, those of an object, or those of what `named` means (see `explain`). Raises
    ConfigurationError for an unknown object or instance."""
    with read_only_transaction(runtime.store_engine) as connection:
        if not has_store(connection, runtime):
            return []
        bo = find_object(runtime.company, table).code if table else ""
        instance = _instance(connection, runtime, table, named) if named else ""
        found = Pins(runtime.store.schema).all(connection, bo=bo, instance=instance, limit=limit)
        return listed(connection, runtime, found)


def listed(connection: Connection, runtime: Runtime, pins: list[Pin]) -> list[ListedPin]:
    """The pins with the codes of their fields and the external ids of their instances."""
    codes = {(one.code, fold(field.code)): field.code for one in runtime.company.objects for field in one.stored_fields}
    in_ids: dict[str, str | None] = {}
    for bo in sorted({one.bo for one in pins}):
        ids = sorted({one.instance for one in pins if one.bo == bo})
        sql = statement("in_ids", schema=runtime.store.schema, golden=names.store_table(bo))
        in_ids |= {row.id: row.in_id for row in fetch_all(connection, sql, {"ids": ids})}
    return [
        ListedPin(
            bo=one.bo,
            in_id=in_ids.get(one.instance),
            instance=one.instance,
            field=codes.get((one.bo, one.field), one.field),
            value=one.value,
            before=one.source_value,
            reason=one.reason,
            pinned_by=one.pinned_by,
            pinned_at=one.pinned_at,
            until_changed=one.until_changed,
            unit=one.unit,
        )
        for one in pins
    ]


def _instance(connection: Connection, runtime: Runtime, table: str, named: str) -> str:
    bo = find_object(runtime.company, table)
    found = find_stored(connection, runtime, bo, named)
    if found is None:
        raise ConfigurationError(f"{bo.code} has no instance {shown(named)}: see `etl explain`")
    return str(found["id"])
