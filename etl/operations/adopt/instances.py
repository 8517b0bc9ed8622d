"""Instances with their ids, external ids, states and values."""

from etl.files import RowFault, drop_tables
from etl.merge import analyze_staged_table, create_staged_tables, drop_staged_tables, read_errors
from etl.merge.adopted import note_adopted_ids, write_adopted_columns, write_removed_instances
from etl.merge.rows import merge_single_fields
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.operations.adopt.layouts import NATIVES
from etl.operations.adopt.work import IDS, ROWS, TableComparison, Work
from etl.quoting import fold, identifier
from etl.runs import Chunk, Counters, add_counters

# Stored as the midnight of a day, month or year where the field has a zone.
_CUT = {FieldType.DATE, FieldType.YEAR_AND_MONTH, FieldType.YEAR}


def read(work: Work) -> int:
    """Reads the files and checks what the merge does not; returns how many instances there are."""
    bo = work.files.layout.object
    key = bo.key_field.code if bo.key_field else ""
    read = work.read(work.files.file, ROWS)
    work.refuse("check_instances", {}, work.files.file, key=key, shown_unique=_shown_unique(bo))
    if key:
        work.run("take_key", key=key)
    if work.files.ids:
        work.read(work.files.ids, IDS)
        work.refuse("check_ids", {"instances": work.file}, work.files.ids)
        work.run("take_first_ids")
    if key:
        work.run("give_key", key=key)
    for field in bo.stored_fields:
        if field.type is FieldType.FILE_UPLOAD:
            work.run("name_files_of", column=field.code)
    return read.rows


def write(work: Work) -> Counters:
    """Merges the rows; returns counters. Raises TableRefused for every row that the merge refuses."""
    bo = work.files.layout.object
    counters = _merge(work, bo)
    removed = write_removed_instances(work.connection, bo, work.context, ROWS, work.origin)
    add_counters(counters, {"created": removed})
    _write_columns(work, bo)
    if work.files.ids:
        tables = (IDS, ROWS)
        counters["aliased"] = note_adopted_ids(work.connection, bo, work.runtime.store.schema, tables, work.context.run)
    return counters


def compare(work: Work) -> TableComparison:
    """Rows and digests of ids, states and values."""
    bo = work.files.layout.object
    fields = {field.code: field for field in bo.stored_fields}
    direct = [field for field in fields.values() if not _is_translated(bo, field)]
    translated = [field for field in fields.values() if _is_translated(bo, field)]
    key = fold(bo.key_field.code) if bo.key_field else ""
    given = ["system_id", "in_id", "coalesce(system_state, 'ACTUAL')"]
    return work.compare(
        "compare_instances",
        given=given + [_given(field, key) for field in direct],
        stored=["_id", "_in_id", "_state", *(identifier(field.code) for field in direct)],
        counted=[(identifier(field.code), field.type is FieldType.FILE_UPLOAD) for field in translated],
        numbers=range(1, len(translated) + 1),
        golden=work.golden,
    )


def differing(work: Work) -> int:
    """How many rows of a table that is there already are not what the store has; changes it."""
    bo = work.files.layout.object
    counters = _merge(work, bo)
    different = sum(counters.get(name, 0) for name in ("created", "changed", "removed"))
    if work.files.ids:
        [lacking] = work.ask("lacking_ids", {"bo": bo.code}, golden=work.golden)
        different += lacking.rows
    return different


def end(work: Work) -> None:
    drop_tables(work.connection, ROWS, IDS)


def _shown_unique(bo: BusinessObject) -> dict[str, str]:
    """Unique fields that no merge judges, as none loads them: column -> SQL of the value that is compared."""
    fields = [field for field in bo.unique_fields if field not in bo.loaded_fields and field is not bo.key_field]
    texts = {field.code: f"cast({identifier(field.code)} as text)" for field in fields}
    return {field.code: f"lower({texts[field.code]})" if field.ignores_case else texts[field.code] for field in fields}


def _given(field: Field, key: str) -> str:
    if fold(field.code) == key:
        return "in_id"
    column = identifier(field.code)
    # An empty text identifies no instance.
    return f"nullif({column}, '')" if field.is_unique and field.sql_type == "text" else column


def _is_translated(bo: BusinessObject, field: Field) -> bool:
    """Whether the store has another value than the one that was written."""
    if field not in bo.loaded_fields:
        return False
    has_zone = field.type in _CUT and field.in_migration_timezone_minutes is not None
    return has_zone or field.type in CHOICE_TYPES or field.type is FieldType.FILE_UPLOAD


def _merge(work: Work, bo: BusinessObject) -> Counters:
    """Chunk by chunk, each in a staged table of its own."""
    [last] = work.ask("last_line")
    columns = [field.code for field in bo.loaded_fields]
    size = work.runtime.settings.in_migration.chunk_rows
    counters: Counters = {}
    faults: list[RowFault] = []
    for after in range(0, last.line, size):
        staged = create_staged_tables(work.connection, bo, work.context.source)
        lines = {"origin": work.origin, "after": after, "upto": after + size}
        rows = work.run("stage_instances", lines, staged=staged, columns=columns)
        analyze_staged_table(work.connection, bo)
        add_counters(counters, merge_single_fields(work.connection, bo, Chunk(rows), work.context))
        faults += [RowFault(one.row_id, one.column_name or "", one.message) for one in read_errors(work.connection)]
        drop_staged_tables(work.connection, bo)
    work.refuse_rows(faults)
    return counters


def _write_columns(work: Work, bo: BusinessObject) -> None:
    given = {fold(column.name) for column in work.files.file.source.layout.columns}
    loaded = {fold(field.code) for field in (*bo.loaded_fields, *([bo.key_field] if bo.key_field else ()))}
    own = {fold(field.code): fold(field.code) for field in bo.stored_fields if fold(field.code) not in loaded}
    natives = {column: fold(name) for name, column in NATIVES.items() if fold(name) not in own}
    columns = {column: name for column, name in (natives | own).items() if name in given}
    if columns:
        write_adopted_columns(work.connection, bo, work.runtime.store.schema, ROWS, columns)
