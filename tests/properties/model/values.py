"""How a value of an in_ column is read: what is stored, or the code of its fault."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from etl.metadata.field import Field
from etl.metadata.field_types import FieldType
from tests.properties.model.shapes import shape_fault
from tests.properties.model.world import Policy, World

_UNIQUE_BYTES = 2000
_SHOWN = 200


class Reading(NamedTuple):
    """A value as it would be stored; None: there is none. `fault` is a code of the catalogue; `waits` names a file that
    has not come."""

    value: Any = None
    fault: str = ""
    waits: str = ""


def read(world: World, field: Field, raw: Any, policy: Policy) -> Reading:
    """Null is a good value of every field."""
    if raw is None:
        return Reading()
    if field.type in (FieldType.DROPDOWN_SINGLE, FieldType.RADIO_BUTTON_GROUP):
        stored = choices(world, field).get(raw)
        return Reading(fault="OPTION_UNKNOWN") if stored is None else Reading(stored)
    if field.type is FieldType.FILE_UPLOAD:
        return Reading(world.file_aliases[raw]) if raw in world.file_aliases else Reading(waits=raw)
    if field.type is FieldType.INPUT_NUMBER:
        return Reading(fault="NUMBER_NOT_FINITE") if raw.is_nan() else Reading(raw)
    if field.sql_type == "text":
        return _text(field, raw, policy)
    return Reading(_date(field, raw) if isinstance(raw, datetime) else raw)


def choices(world: World, field: Field) -> dict[str, str]:
    """What may be written -> what is stored: the code of an option or of a dictionary's row, also for its id."""
    if not field.dictionary:
        by_id = {option.id: option.code for option in field.options if option.id}
        return by_id | {option.code: option.code for option in field.options}
    alive = [one for one in world.instances[field.dictionary].values() if one.state != "REMOVED"]
    coded = [(one.id, one.values.get("code")) for one in alive]
    short = {code: code for _, code in coded if code is not None and len(code) <= 32}
    return {id_: short.get(code, id_) for id_, code in coded} | short


def shown(value: Any) -> str:
    """A value as an err row shows it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00"
    if isinstance(value, Decimal):
        return "NaN" if value.is_nan() else f"{value:.4f}"
    return str(value).lower() if isinstance(value, bool) else str(value)[:_SHOWN]


def _text(field: Field, raw: str, policy: Policy) -> Reading:
    size = len(raw.encode())
    if size > policy.max_value_bytes:
        return Reading(fault="VALUE_TOO_LONG")
    if field.is_unique and size > _UNIQUE_BYTES:
        return Reading(fault="UNIQUE_TOO_LONG")
    fault = shape_fault(field.type, raw)
    return Reading(fault=fault) if fault else Reading(raw if raw or not field.is_unique else None)


def _date(field: Field, raw: datetime) -> datetime:
    """A date, month or year in the partner's zone is kept as the midnight in UTC at which it begins."""
    minutes = field.in_migration_timezone_minutes
    if minutes is None or field.type not in (FieldType.DATE, FieldType.YEAR_AND_MONTH, FieldType.YEAR):
        return raw
    local = (raw + timedelta(minutes=minutes)).replace(hour=0, minute=0, second=0, microsecond=0)
    if field.type is FieldType.DATE:
        return local
    return local.replace(day=1) if field.type is FieldType.YEAR_AND_MONTH else local.replace(month=1, day=1)
