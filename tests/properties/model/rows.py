"""Single fields: one row of an in_ table becomes, changes, removes or returns one instance, or is rejected."""

from collections.abc import Iterator

from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, OnBadValue
from tests.properties.model.delivered import DONE, ERROR, Row, Values
from tests.properties.model.values import Reading, read, shown
from tests.properties.model.world import Change, Fault, FileReference, Instance, Policy, World

Readings = dict[str, Reading]


def merge_row(world: World, bo: BusinessObject, table: str, row: Row, policy: Policy, run: int) -> str:
    """Takes a row as it stands, marks it, and returns its fate."""
    readings = {field.code: read(world, field, row.values[field.code], policy) for field in bo.loaded_fields}
    known = _match(world, bo, row, readings)
    faults = list(_faults(world, bo, table, row, readings, known, run))
    if any(fault.severity == "error" for fault in faults):
        world.faults += faults
        row.status = ERROR
        return "rejected"
    fate, instance = _write(world, bo, row, readings, known, policy, run)
    world.faults += faults  # warnings about values that were skipped
    if instance and row.in_id and not world.known(bo.code, row.in_id):
        world.aliases[bo.code, row.in_id] = instance.id
    if instance and not row.removed:
        _wait_for_files(world, bo, instance, readings)
    row.status = DONE
    row.out_id = instance.id if instance else row.out_id
    return fate


def _wait_for_files(world: World, bo: BusinessObject, instance: Instance, readings: Readings) -> None:
    """A field whose file has not come keeps what it has and waits; one that names another file, or none, does not."""
    for field in bo.loaded_fields:
        reference = FileReference(bo.code, field.code, instance.id)
        waited, waits = world.file_references.pop(reference, None), readings[field.code].waits
        if waits != waited:
            world.overdue.discard(reference)
        if waits:
            world.file_references[reference] = waits


def _match(world: World, bo: BusinessObject, row: Row, readings: Readings) -> Instance | None:
    """By out_id, else by in_id or an alias, else by the key field, else by the first unique field that has a holder."""
    known = world.instances[bo.code].get(row.out_id or "") or world.known(bo.code, row.in_id)
    if known is None and bo.key_field and row.in_id:
        known = _holder(world, bo, bo.key_field, row.in_id)
    if known is None and not row.removed:
        holders = (_holder(world, bo, field, readings[field.code].value) for field in _unique(bo))
        known = next((holder for holder in holders if holder), None)
    return known


def _unique(bo: BusinessObject) -> list[Field]:
    return [field for field in bo.loaded_fields if field.is_unique]


def _holder(world: World, bo: BusinessObject, field: Field, value: object) -> Instance | None:
    """Who has a unique value; REMOVED instances keep theirs."""
    found = (one for one in world.instances[bo.code].values() if one.values.get(field.code) == value)
    return None if value is None else next(found, None)


def _faults(
    world: World, bo: BusinessObject, table: str, row: Row, readings: Readings, known: Instance | None, run: int
) -> Iterator[Fault]:
    in_id, out_id = row.in_id or None, row.out_id or None
    by_out = world.instances[bo.code].get(out_id or "")
    by_in = world.known(bo.code, in_id)

    def fault(code: str, value: str | None = None, column: str | None = None, severity: str = "error") -> Fault:
        return Fault(run, table, row.id, in_id, column, code, value, severity)

    if not in_id and not out_id:
        yield fault("NO_ID")
    elif out_id and not by_out:
        yield fault("OUT_ID_UNKNOWN", out_id)
    elif by_out and by_in and by_out is not by_in:
        yield fault("IN_ID_TAKEN", in_id)
    if row.removed:
        return  # the other columns are ignored
    system = bo.loaded_system_fields
    if system and all(_is_missing(field, row, readings) for field in system):
        yield fault("SYSTEM_FIELD_MISSING", ", ".join(field.code for field in system))
    for field in bo.loaded_fields:
        if readings[field.code].fault:
            severity = "warning" if field.on_bad_value is OnBadValue.SKIP_VALUE else "error"
            yield fault(readings[field.code].fault, shown(row.values[field.code]), field.code, severity)
    for field in _unique(bo):
        value = readings[field.code].value
        holder = _holder(world, bo, field, value)
        if holder and known and holder is not known:
            yield fault("UNIQUE_TAKEN", shown(value), field.code)


def _is_missing(field: Field, row: Row, readings: Readings) -> bool:
    return not row.in_id if field.use_as_key_in_migration else readings[field.code].value is None


def _write(
    world: World, bo: BusinessObject, row: Row, readings: Readings, known: Instance | None, policy: Policy, run: int
) -> tuple[str, Instance | None]:
    if row.removed:
        if known is None or known.state == "REMOVED":
            return "unchanged", known
        return _change(world, bo, known, known.values, "REMOVED", "removed", run), known
    values = _image(bo, row, readings, known, policy)
    if known is None:
        assert row.in_id, "a row without in_id has an instance or a fault"
        known = Instance(f"#{world.number()}", row.in_id, values, run, run, run)
        world.instances[bo.code][known.id] = known
        world.journal.append(Change(run, bo.code, None, known.id, None, "created"))
        return "created", known
    if known.state == "REMOVED":
        _change(world, bo, known, values, "ACTUAL", "returned", run)
        return "changed", known
    if known.values | values != known.values:
        return _change(world, bo, known, values, known.state, "changed", run), known
    return "unchanged", known


def _image(bo: BusinessObject, row: Row, readings: Readings, known: Instance | None, policy: Policy) -> Values:
    """A row is the full image of its loaded fields: null clears, or keeps; a skipped value leaves what is there."""
    values: Values = {}
    for field in bo.loaded_fields:
        value, fault, waits = readings[field.code]
        old = known.values.get(field.code) if known else None
        values[field.code] = old if fault or waits or (value is None and policy.keep_on_null) else value
    if bo.key_field:
        values[bo.key_field.code] = row.in_id or (known.values.get(bo.key_field.code) if known else None)
    return values


def _change(
    world: World, bo: BusinessObject, known: Instance, values: Values, state: str, change: str, run: int
) -> str:
    known.values, known.state = known.values | values, state
    known.modified = known.migrated = run
    world.journal.append(Change(run, bo.code, None, known.id, None, change))
    return change
