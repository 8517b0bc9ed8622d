"""Checks of one business object by itself: its codes, its key, and that its keys fit its types."""

from collections.abc import Iterator, Sequence
from typing import Final

from etl.errors import Problem
from etl.metadata.business_object import BusinessObject
from etl.metadata.draft import Draft
from etl.metadata.faults import similar
from etl.metadata.field import Field, LinkMode, OnBadValue
from etl.metadata.field_types import CHOICE_TYPES, KEY_TYPES, Category, FieldType
from etl.quoting import fold

IN_COLUMNS: Final = frozenset(
    {"id", "in_id", "out_id", "inserted_date", "in_status", "occupied_id", "occupied_at", "removed"}
)
"""Fixed columns of an in_ table (vendor's guide, For_migration)."""
OUT_COLUMNS: Final = frozenset(
    {"id", "system_created_at", "system_creator_fio", "system_id", "inserted_at", "updated_at", "system_state"}
)
"""Fixed columns of an out_ table (vendor's guide, Spouse_work_address), and that of states (`removedInOut=mark`)."""
SYSTEM_COLUMNS: Final = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Columns that PostgreSQL itself puts on every table."""
VIEW_TYPES: Final = ("SINGLE", "MULTIPLE", "TABLE", "FIELDS", "TILE")
MAX_COLUMNS: Final = 1500
"""PostgreSQL ends at 1,600 columns, dropped ones included: the rest is left for models that change, and for a batch's
own columns."""
MAX_UNIQUE: Final = 100
"""Each is an index to keep and a join of every batch: 100 take seconds to plan, and the time grows with the square."""
# Columns of a batch's stage beside the value (etl/merge/rows/sql/stage_rows.sql): of a file, and of a unique field.
_PER_FILE, _PER_UNIQUE = 2, 6


def check_object(draft: Draft, bo: BusinessObject) -> Iterator[Problem]:
    """Every fault that shows without looking at another document."""
    yield from _equal_codes(draft, bo)
    yield from _keys(draft, bo)
    yield from _columns(draft, bo)
    for message in _sources(bo.sources):
        yield draft.problem(message, None, "sources")
    for message in _source_time(bo):
        yield draft.problem(message, None, "sourceTime")
    unique = [(index, field) for index, field in enumerate(bo.fields) if field in bo.loaded_fields and field.is_unique]
    for index, field in unique:
        if any(name.startswith("kafka:") for name in bo.sources_of(field)):
            message = "a unique field counts the records of all topics alike: name kafka without a topic"
            yield draft.problem(message, index, "sources" if field.sources else "isUnique")
    for index, field in enumerate(bo.fields):
        for message, key in _field(field):
            yield draft.problem(message, index, key)


def _equal_codes(draft: Draft, bo: BusinessObject) -> Iterator[Problem]:
    first: dict[str, Field] = {}
    for index, field in enumerate(bo.fields):
        other = first.setdefault(fold(field.code), field)
        if other is not field:
            message = f"its code is that of field {other.code}, as PostgreSQL does not tell capitals: rename one"
            yield draft.problem(message, index, "code")
    natives = [native.code for native in bo.native_fields]
    for code in sorted({c for c in natives if natives.count(c) > 1}):
        yield draft.problem(f"the native field {code} stands twice", None, "nativeFields")


def _keys(draft: Draft, bo: BusinessObject) -> Iterator[Problem]:
    keys = [(i, f) for i, f in enumerate(bo.fields) if f.use_as_key_in_migration]
    for index, _ in keys[1:]:
        message = f"a second useAsKeyInMigration: field {keys[0][1].code} is the key already, so unset one of them"
        yield draft.problem(message, index, "useAsKeyInMigration")
    for index, field in keys:
        if field.type not in KEY_TYPES:
            message = f"a field of type {field.type} cannot be the key: use {', '.join(sorted(KEY_TYPES))}"
            yield draft.problem(message, index, "useAsKeyInMigration")


def _columns(draft: Draft, bo: BusinessObject) -> Iterator[Problem]:
    loaded = {f.code for f in bo.loaded_fields}
    uploaded = {f.code for f in bo.uploaded_fields}
    natives = {fold(n.code) for n in bo.uploaded_natives}
    for index, field in enumerate(bo.fields):
        column = fold(field.code)
        taken = ""
        if field.code in loaded and column in IN_COLUMNS:
            taken = "a fixed column of every in_ table"
        elif field.code in uploaded and column in OUT_COLUMNS:
            taken = "a fixed column of every out_ table"
        elif field.code in uploaded and column in natives:
            taken = "the column of the native field that is uploaded too"
        elif field.sql_type and bo.carries_data and column in SYSTEM_COLUMNS:
            taken = "a system column of PostgreSQL"
        if taken:
            yield draft.problem(f"its code is {taken}: rename the field", index, "code")
        if bo.category is Category.DICTIONARY and column == "code" and field.type is not FieldType.INPUT_TEXT:
            message = "a dictionary's rows are found by their code: make it INPUT_TEXT"
            yield draft.problem(message, index, "type")
    yield from _limits(draft, bo)


def _limits(draft: Draft, bo: BusinessObject) -> Iterator[Problem]:
    """More fields than a run can work with: each is a column, some need further ones while a batch is merged."""
    if len(bo.fields) > MAX_COLUMNS:
        message = f"it has {len(bo.fields)} fields, and a table holds {MAX_COLUMNS}: split the business object"
        yield draft.problem(message, None, "fields")
        return
    codes = {field.code for field in bo.unique_fields}
    unique = [index for index, field in enumerate(bo.fields) if field.code in codes]
    if len(unique) > MAX_UNIQUE:
        message = f"{len(unique)} fields are unique, and a run can look up {MAX_UNIQUE}: make the others plain fields"
        yield draft.problem(message, unique[MAX_UNIQUE], "isUnique")
        return
    files = sum(field.type is FieldType.FILE_UPLOAD for field in bo.loaded_fields)
    needed = len(bo.loaded_fields) + _PER_FILE * files + _PER_UNIQUE * len(unique)
    if needed > MAX_COLUMNS:
        message = (
            f"its {len(bo.loaded_fields)} loaded fields need {needed} columns while they are merged ({_PER_FILE} more "
            f"for each of {files} files, {_PER_UNIQUE} more for each of {len(unique)} unique fields), and a table "
            f"holds {MAX_COLUMNS}: split the business object"
        )
        yield draft.problem(message, None, "fields")


def _field(field: Field) -> Iterator[tuple[str, str]]:
    """Faults of one field by itself, each with the key that it is about."""
    yield from _choice(field)
    yield from _link(field)
    for message in _sources(field.sources):
        yield message, "sources"
    is_kept = field.is_link or field.type is FieldType.FILE_UPLOAD or field.use_as_key_in_migration
    if field.sources and (is_kept or not field.need_load_from_in_tables):
        yield "sources belong to loaded fields with values, not to links, files and the key: drop the key", "sources"
    if field.in_migration_timezone_minutes and not field.is_date:
        yield f"a field of type {field.type} has no time zone: drop the key", "inMigrationTimezoneMinutes"


def _sources(names: Sequence[str]) -> Iterator[str]:
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield f"the source {name} stands twice: keep one"
    if "pin" in names[1:]:
        yield "a pin counts more than any source: write pin first, or leave it out"


def _source_time(bo: BusinessObject) -> Iterator[str]:
    if bo.source_time is None:
        if {"source_time_from_message", "source_time_ahead_seconds"} & bo.model_fields_set:
            yield "sourceTime is missing: name the field that has the time of the values, or leave the other keys out"
        return
    found = bo.time_field
    if found is None or found.type is not FieldType.FULL_DATE:
        yield f"{bo.source_time} is no loaded field of type FULL_DATE: name the field that has the time of the values"
    elif found.is_unique or found.on_bad_value is not OnBadValue.REJECT_ROW:
        yield f"{found.code} says of when the values are: it must be neither unique nor skipped where it is bad"


def _choice(field: Field) -> Iterator[tuple[str, str]]:
    if field.type not in CHOICE_TYPES:
        if field.options or field.dictionary:
            key = "options" if field.options else "dictionary"
            yield f"a field of type {field.type} has no choices: drop the key, or make it DROPDOWN_SINGLE", key
        return
    if field.options and field.dictionary:
        yield "it has options and a dictionary: keep one of them", "dictionary"
    if not field.options and not field.dictionary:
        yield "it has nothing to choose from: add `options` or `dictionary`", "type"
    seen: set[str] = set()
    for option in field.options:
        for word in {option.code, option.id} - {None}:
            if word in seen:
                yield f"two options are called `{word}`, so that a value would not tell which", "options"
            seen.add(str(word))


def _link(field: Field) -> Iterator[tuple[str, str]]:
    for kind, key, target in ((FieldType.BO, "bo", field.bo), (FieldType.CO, "co", field.co)):
        if field.type is kind and not target:
            yield f"a field of type {kind} needs its target: add `{key}`", "type"
        if field.type is not kind and target:
            yield f"the key `{key}` belongs to fields of type {kind}, and this one is {field.type}", key
    if field.is_link and field.view_type not in VIEW_TYPES:
        hint = similar(field.view_type, VIEW_TYPES) or f": use one of {', '.join(VIEW_TYPES)}"
        yield f"unknown viewType `{field.view_type}`{hint}", "viewType"
    if not field.is_link and field.link_mode is not LinkMode.ADD:
        yield f"linkMode belongs to fields of type BO and CO, and this one is {field.type}", "linkMode"
