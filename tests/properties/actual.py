"""The state of the database as the same facts: ids become the model's names, times the runs that set them."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import OutLinkTable
from etl.metadata.field import Field
from etl.metadata.field_types import Native
from etl.quoting import fold
from tests.fix_company import OUT, STORE
from tests.properties.expected import net_changes, receipt_counts
from tests.properties.model import World
from tests.properties.model.world import Fault
from tests.properties.real_company import RealCompany, Tables

Facts = Iterator[tuple[str, Any]]
_Row = dict[str, Any]
_TIMES = (Native.CREATED_AT, Native.LAST_MODIFIED_AT, Native.IN_MIGRATION_UPDATED_AT)


def actual_facts(world: World, real: RealCompany, tables: Tables) -> Facts:
    """The same subjects as `expected_facts`."""
    runs = {row["started_at"]: real.runs.to_model(row["id"]) for row in tables.get("in_tables.run", [])}
    yield from _of_partner(world, real, tables)
    for bo in world.company.objects:
        yield from _of_object(bo, real, tables, runs)
    yield from _of_store(real, tables)
    if world.runs:
        yield from _of_run(real, tables)
    yield from _outside(world, real, tables, runs)


def golden_table(bo: str) -> str:
    """The name under which `RealCompany.tables` has it."""
    return fold(f"{STORE}.{names.store_table(bo)}")


def _of_partner(world: World, real: RealCompany, tables: Tables) -> Facts:
    name, run = real.ids.to_model, real.runs.to_model
    for table in world.rows:
        rows = tables[fold(f"in_tables.{table}")]
        yield table, {row["id"]: (row["in_status"], name(row["out_id"]), run(row["occupied_id"])) for row in rows}
    for link in world.company.in_link_tables():
        owner, target = fold(link.owner_column), fold(link.target_column)
        rows = tables[fold(f"in_tables.{link.name}")]
        yield link.name, {(row[owner], row[target]): row["in_status"] for row in rows}
    files = tables["in_tables.in_filestorage"]
    yield "in_fileStorage", {row["file_id"]: (row["uploaded"], name(row["out_file_id"])) for row in files}
    yield (
        "process_tracking",
        [
            (row["load_status"], row["ins_inkafka_status"], run(row["occupied_by_process"]))
            for row in tables["in_tables.process_tracking"]
        ],
    )


def _of_object(bo: BusinessObject, real: RealCompany, tables: Tables, runs: _Row) -> Facts:
    name = real.ids.to_model
    if bo.carries_data:
        yield (
            f"golden {bo.code}",
            {
                name(row["_id"]): (
                    row["_in_id"],
                    row["_state"],
                    *(runs.get(row[time], row[time]) for time in ("_created_at", "_modified_at", "_in_migrated_at")),
                    {field.code: _value(real, field, row) for field in bo.stored_fields},
                )
                for row in tables.get(golden_table(bo.code), [])
            },
        )
    for field in bo.links:
        rows = tables.get(fold(f"{STORE}.{names.store_link_table(bo.code, field.code)}"), [])
        yield (
            f"golden {bo.code}.{field.code}",
            {
                (name(row["_owner"]), name(row["_target"])): (
                    row["_target_bo"],
                    datetime.fromisoformat(row["_linked_at"]) if field.is_single else None,
                )
                for row in rows
            },
        )


def _of_store(real: RealCompany, tables: Tables) -> Facts:
    name = real.ids.to_model
    rows = {table: tables.get(f"{STORE}.{table}", []) for table in ("alias", "boi_reference", "file_alias")}
    yield "alias", {(row["bo"], row["in_id"]): name(row["instance"]) for row in rows["alias"]}
    yield (
        "boi_reference",
        {
            (
                row["bo"],
                row["field"],
                row["target_bo"],
                row["owner_in_id"],
                row["target_value"],
            ): datetime.fromisoformat(row["linked_at"])
            for row in rows["boi_reference"]
        },
    )
    yield "file_alias", {row["file_id"]: name(row["file"]) for row in rows["file_alias"]}
    waiting = tables.get(f"{STORE}.file_reference", [])
    yield "file_reference", {(row["bo"], row["field"], name(row["instance"])): row["file_id"] for row in waiting}


def _of_run(real: RealCompany, tables: Tables) -> Facts:
    yield "err", Counter(_fault(real, row) for row in tables["in_tables.err"])
    yield "kept err", Counter(_fault(real, row) for row in tables[f"{STORE}.err"])
    yield "receipts", {row["in_table"]: receipt_counts(row) for row in tables["in_tables.migration_receipt"]}
    name = real.ids.to_model
    changes = [
        (row["bo"], row["field"], name(row["instance"]), name(row["target"]), row["change"])
        for row in tables[f"{STORE}.journal"]
    ]
    yield "journal", Counter(change for change in changes if change[1] is None)
    yield "journal of links", net_changes(change for change in changes if change[1] is not None)


def _outside(world: World, real: RealCompany, tables: Tables, runs: _Row) -> Facts:
    for bo in world.company.objects:
        rows = tables.get(fold(f"{OUT}.{names.out_table(bo.code)}"))
        if bo.has_out_table and rows is not None:
            yield f"out {bo.code}", dict(_out_row(world, real, bo, row, runs) for row in rows)
    for link in world.company.out_link_tables():
        rows = tables.get(fold(f"{OUT}.{link.name}"))
        if rows is not None:
            yield f"out {link.name}", {_out_link(real, link, row) for row in rows}


def _out_link(real: RealCompany, link: OutLinkTable, row: _Row) -> tuple[str, str, str | None]:
    owner, target = (real.ids.to_model(row[fold(column)]) for column in (link.owner_column, link.target_column))
    return owner, target, row[fold(link.bo_column)] if link.bo_column else None


def _out_row(
    world: World, real: RealCompany, bo: BusinessObject, row: _Row, runs: _Row
) -> tuple[str, tuple[Any, Any, dict[str, Any]]]:
    """A row of an out_ table is the same one as long as its id is, and unmoved as long as its updated_at is."""
    id_ = real.ids.to_model(row["system_id"])
    expected = world.out.get(bo.code, {}).get(id_)
    this, now = (bo.code, row["id"]), (bo.code, row["id"], row["updated_at"])
    if expected:
        real.out_rows.bind(expected.born, this)
        real.out_times.bind((expected.born, expected.moved), now)
    born, moved = real.out_rows.to_model(this), real.out_times.to_model(now)[-1]
    values: dict[str, Any] = {field.code: _value(real, field, row) for field in bo.uploaded_fields}
    for native in bo.uploaded_natives:
        value = row[fold(native.code)]
        values[native.code] = runs.get(value, value) if native.code in _TIMES else value
    return id_, (born, moved, values)


def _fault(real: RealCompany, row: _Row) -> Fault:
    run, value = real.runs.to_model(row["run"]), real.ids.to_model(row["value"])
    place = (row["in_table"], row["row_id"], row["in_id"], row["column_name"])
    return Fault(run, *place, row["code"], value, row["severity"])


def _value(real: RealCompany, field: Field, row: _Row) -> Any:
    value = row[fold(field.code)]
    if value is None or isinstance(value, bool | Decimal):
        return value
    return datetime.fromisoformat(value) if field.is_date else real.ids.to_model(value)
