"""Merges the objects of a batch: one staged table a business object, filled by one COPY."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from etl.database import Connection, SqlTemplates, copy_values, execute, fetch_all
from etl.merge import (
    MergeContext,
    analyze_staged_table,
    create_staged_tables,
    drop_staged_tables,
    read_errors,
)
from etl.merge.rows import merge_single_fields, touch_migrated
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.runs import Chunk, CounterName, Counters, add_counters
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.files import refuse_unknown_files
from etl.sources.kafka.tree import ObjectRow

_sql = SqlTemplates(__package__)

# Counters of rows of which err says something.
_REPORTED: tuple[CounterName, ...] = ("rejected", "skipped", "merged", "overruled")


NumberedObject = tuple[int, ObjectRow, str]
"""An object of a batch: its number, which orders them, the object, and how the journal names its message."""


class MergedObjects(NamedTuple):
    """What became of the objects of one business object: counters, the numbers of those that are refused, and what is
    to be said, with the number of the object."""

    counters: Counters
    rejected: list[int]
    faults: list[tuple[int, Fault]]


def merge_objects(
    connection: Connection, objects: Sequence[NumberedObject], context: MergeContext, *, keep_instances: bool
) -> MergedObjects:
    """Merges objects of one business object. With `keep_instances` their instances are kept for links."""
    business_object = objects[0][1].shape.bo
    codes = _stage(connection, business_object, objects, context)
    file_columns = [code for code in objects[0][1].shape.file_fields if code in codes]
    unknown = refuse_unknown_files(connection, business_object, file_columns, context.store_schema)
    refused = list(dict.fromkeys(number for number, _, _ in unknown))
    counters = merge_single_fields(connection, business_object, Chunk(len(objects) - len(refused)), context)
    rejected: list[int] = []
    faults: list[tuple[int, Fault]] = []
    if unknown or any(counters.get(name) for name in _REPORTED):
        by_number = {number: row for number, row, _ in objects}
        rejected, faults = _reported(connection, by_number)
        rejected += refused
        faults += [(number, _unknown_file(by_number[number], code, named)) for number, code, named in unknown]
        add_counters(counters, {"rejected": len(refused)})
    add_counters(counters, touch_migrated(connection, business_object, context))
    if keep_instances:
        execute(connection, _sql("create_instances"))
        execute(connection, _sql("keep_instances"))
    drop_staged_tables(connection, business_object)
    return MergedObjects(counters, rejected, faults)


def _stage(
    connection: Connection, business_object: BusinessObject, objects: Sequence[NumberedObject], context: MergeContext
) -> list[str]:
    create_staged_tables(connection, business_object, context.source)
    layouts = {id(row.layout): row.layout for _, row, _ in objects}
    codes = list(dict.fromkeys(code for layout in layouts.values() for code in layout.codes))
    statement = _sql("copy_objects", table=names.in_table(business_object.code), codes=codes)
    copy_values(connection, statement, _rows(objects, codes))
    analyze_staged_table(connection, business_object)
    return codes


def _unknown_file(row: ObjectRow, code: str, named: str) -> Fault:
    return Fault("FILE_UNKNOWN", row.path_of(code), row.shape.code, code, named, external_id=row.external_id)


def _rows(objects: Sequence[NumberedObject], codes: Sequence[str]) -> Iterator[Sequence[object]]:
    places = {code: place for place, code in enumerate(codes)}
    all_codes = tuple(codes)
    for number, row, origin in objects:
        layout = row.layout
        if layout.codes == all_codes:
            values: Sequence[str | None] = row.values
        else:
            wide: list[str | None] = [None] * len(codes)
            for code, value in zip(layout.codes, row.values, strict=True):
                wide[places[code]] = value
            values = wide
        is_removed = row.is_removed
        state = None if is_removed else row.state
        yield (number, row.external_id, row.id, is_removed, state, layout.given, origin, *values)


def _reported(connection: Connection, objects: dict[int, ObjectRow]) -> tuple[list[int], list[tuple[int, Fault]]]:
    faults = []
    skipped = set()
    for error in read_errors(connection):
        row = objects[error.row_id]
        if row.is_removed and error.code == "OUT_ID_UNKNOWN":
            skipped.add(error.row_id)  # what is not there need not be removed
            continue
        fault = Fault(
            code=error.code,
            path=row.path_of(error.column_name),
            bo=row.shape.code,
            field=error.column_name,
            value=error.value,
            external_id=row.external_id,
            severity=error.severity,
        )
        faults.append((error.row_id, fault))
    rejected = [row.id for row in fetch_all(connection, _sql("rejected_rows")) if row.id not in skipped]
    return rejected, faults
