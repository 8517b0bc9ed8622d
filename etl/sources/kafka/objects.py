"""Merges the objects of a batch: one staged table a business object, filled by one COPY."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from etl.database import Connection, SqlTemplates, copy_lines, execute, fetch_all, refused_lines
from etl.errors import EtlError
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
from etl.runs import Chunk, CounterName, Counters, add_counters, is_data_error
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.files import refuse_unknown_files
from etl.sources.kafka.resent import leave_changed_values
from etl.sources.kafka.shapes import NULL
from etl.sources.kafka.staged import StagedObject
from etl.sources.kafka.tree import ObjectRow

_sql = SqlTemplates(__package__)

_MANY_OBJECTS = 1000

# Counters of rows of which err says something.
_REPORTED: tuple[CounterName, ...] = ("rejected", "skipped", "merged", "overruled", "held")


NumberedObject = tuple[int, StagedObject]
"""An object of a batch: its number, which orders them, and its line."""


class MergedObjects(NamedTuple):
    """What became of the objects of one business object: counters, the numbers of those that are refused, and what is
    to be said, with the number of the object."""

    counters: Counters
    rejected: list[int]
    faults: list[tuple[int, Fault]]


class ObjectsRefused(EtlError):
    """PostgreSQL takes values for none of their types. `reasons`: what it says, by the numbers of objects."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        self.reasons = reasons
        super().__init__(f"PostgreSQL refuses values of {len(reasons)} objects")


def merge_objects(
    connection: Connection,
    objects: Sequence[NumberedObject],
    row_of: Callable[[int], ObjectRow],
    context: MergeContext,
    *,
    keep_instances: bool,
    is_first: bool,
    older: Collection[int] = (),
) -> MergedObjects:
    """Merges objects of one business object. With `keep_instances` their instances are kept for links,
    beside those of the objects before unless they are the first ones. The objects with
    the numbers `older` leave what was changed since. `row_of` tells what the record says of an object. Raises
    ObjectsRefused."""
    shape = objects[0][1].shape
    business_object = shape.bo
    codes = _stage(connection, business_object, objects, context)
    if not older and len(objects) >= _MANY_OBJECTS:
        # Statements that ask no row for these fields cost less; each set of fields has statements of its own.
        always = frozenset.intersection(*map(frozenset, _given_codes(objects)))
        context = replace(context, source=replace(context.source, always_given=always))
    if older:
        leave_changed_values(connection, {number: row_of(number) for number in older}, context)
    file_columns = [code for code in shape.file_fields if code in codes]
    unknown = refuse_unknown_files(connection, business_object, file_columns, context.store_schema)
    refused = list(dict.fromkeys(number for number, _, _ in unknown))
    counters = merge_single_fields(connection, business_object, Chunk(len(objects) - len(refused)), context)
    rejected: list[int] = []
    faults: list[tuple[int, Fault]] = []
    if unknown or any(counters.get(name) for name in _REPORTED):
        rejected, faults, absent = _reported(connection, row_of)
        rejected += refused
        faults += [(number, _unknown_file(row_of(number), code, named)) for number, code, named in unknown]
        add_counters(counters, {"rejected": len(refused) - absent})
        if absent:
            add_counters(counters, {"unchanged": absent})
    add_counters(counters, touch_migrated(connection, business_object, context))
    if keep_instances:
        execute(connection, _sql("keep_instances", is_first=is_first))
    drop_staged_tables(connection, business_object)
    return MergedObjects(counters, rejected, faults)


def _stage(
    connection: Connection, business_object: BusinessObject, objects: Sequence[NumberedObject], context: MergeContext
) -> list[str]:
    create_staged_tables(connection, business_object, context.source)
    codes = list(dict.fromkeys(code for given in _given_codes(objects) for code in given))
    statement = _sql("copy_objects", table=names.in_table(business_object.code), codes=codes)
    try:
        with connection.begin_nested():
            copy_lines(connection, statement, _lines(objects, codes))
    except EtlError as fault:
        if not is_data_error(fault):
            raise
        refused = refused_lines(connection, statement, list(_lines(objects, codes)))
        if not refused:
            raise
        raise ObjectsRefused({objects[line][0]: one.server_message for line, one in refused.items()}) from fault
    analyze_staged_table(connection, business_object)
    return codes


def _given_codes(objects: Sequence[NumberedObject]) -> list[tuple[str, ...]]:
    """The sets of fields that objects give, as the first ones give them; most share those of their layout."""
    return list(dict.fromkeys({id(row.codes): row.codes for _, row in objects}.values()))


def _unknown_file(row: ObjectRow, code: str, named: str) -> Fault:
    return Fault("FILE_UNKNOWN", row.path_of(code), row.shape.code, code, named, external_id=row.external_id)


def _lines(objects: Sequence[NumberedObject], codes: Sequence[str]) -> Iterator[str]:
    all_codes = tuple(codes)
    for number, row in objects:
        columns = row.columns if row.codes == all_codes else _widened(row, all_codes)
        yield f"{number}\t{columns}\n"


def _widened(row: StagedObject, codes: Sequence[str]) -> str:
    """The columns of an object that does not give all the fields that others give, or in another order."""
    columns = row.columns.split("\t")
    fixed = len(columns) - len(row.codes)
    given = dict(zip(row.codes, columns[fixed:], strict=True))
    return "\t".join([*columns[:fixed], *(given.get(code, NULL) for code in codes)])


def _reported(
    connection: Connection, row_of: Callable[[int], ObjectRow]
) -> tuple[list[int], list[tuple[int, Fault]], int]:
    """Rejected objects, what is to be said, and how many were to be removed and are not there."""
    faults = []
    skipped = set()
    for error in read_errors(connection):
        row = row_of(error.row_id)
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
    return rejected, faults, len(skipped)
