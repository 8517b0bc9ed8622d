"""What two states of a company's documents say differently beside tables and columns: rules that no table shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from etl.metadata.business_object import BusinessObject
from etl.metadata.company import Company
from etl.metadata.field import DocumentValue, Field, LinkMode, OnBadValue, option_values
from etl.metadata.field_types import CHOICE_TYPES, TEXT, FieldType
from etl.quoting import fold


class Rule(StrEnum):
    """The kinds of a changed rule."""

    CATEGORY = "category changed"
    SPELLING = "capitals changed"
    KEY = "key changed"
    UNIQUE_ADDED = "unique added"
    UNIQUE_REMOVED = "unique removed"
    REQUIRED_ADDED = "required added"
    REQUIRED_REMOVED = "required removed"
    CHOICES_ADDED = "choices added"
    CHOICES_REMOVED = "choices removed"
    CHOICES_EXCHANGED = "choices exchanged"
    CHOICES_ELSEWHERE = "choices from elsewhere"
    IDS_KEPT = "ids stay as they are written"
    TIME_ZONE = "time zone changed"
    ROWS_REJECTED = "bad values reject rows"
    VALUES_SKIPPED = "bad values are skipped"
    LINKS_REPLACED = "links are replaced"
    LINKS_KEPT = "links are added"
    ONE_LINK = "one link kept"
    MANY_LINKS = "many links kept"
    TARGETS_ADDED = "link targets added"
    TARGETS_REMOVED = "link targets removed"
    LOADED = "loaded now"
    SOURCES = "sources changed"
    SOURCE_TIME = "source time changed"
    AHEAD_LESS = "source time less far ahead"
    AHEAD_MORE = "source time farther ahead"
    KIND = "type changed, column as before"
    KIND_FREE = "type changed, any text as before"
    OTHER = "rule changed"


@dataclass(frozen=True)
class RuleChange:
    """One changed rule of a field, or of an object (`field` is ""); `before` and `after` are for people."""

    rule: Rule
    bo: str
    field: str
    is_loaded: bool
    is_uploaded: bool
    before: str = ""
    after: str = ""


# Compared by rules of their own or by tables, or only shown to people.
_FIELD: Final = frozenset(
    {"code", "type", "label", "need_load_from_in_tables", "need_upload_to_out_table", "use_as_key_in_migration"}
    | {"is_unique", "is_required", "in_migration_timezone_minutes", "options", "dictionary", "bo", "co", "view_type"}
    | {"bo_field_codes", "on_bad_value", "link_mode", "sources"}
)
_OBJECT: Final = frozenset(
    {"code", "category", "name", "order_index", "fields", "bos", "native_fields", "sources"}
    | {"source_time", "source_time_from_message", "source_time_ahead_seconds"}
)
_ANY_TEXT: Final = frozenset(
    {FieldType.INPUT_TEXT, FieldType.TEXTAREA, FieldType.LINK, FieldType.INPUT_EMAIL, FieldType.INPUT_PHONE}
)
_OF_MESSAGE: Final = " or the message's"


def changed_rules(old: Company, new: Company) -> list[RuleChange]:
    """Of objects and fields that both have; those that only one has are changes of its tables."""
    before = {fold(bo.code): bo for bo in old.objects if bo.carries_data}
    found: list[RuleChange] = []
    for bo in new.objects:
        had = before.get(fold(bo.code)) if bo.carries_data else None
        if had is not None:
            found += _of_object(old, had, new, bo)
    return found


def _of_object(old: Company, had: BusinessObject, new: Company, bo: BusinessObject) -> Iterator[RuleChange]:
    flags = (had.has_in_table or bo.has_in_table, had.has_out_table or bo.has_out_table)
    if had.category is not bo.category:
        yield RuleChange(Rule.CATEGORY, bo.code, "", *flags, str(had.category), str(bo.category))
    if had.code != bo.code:
        yield RuleChange(Rule.SPELLING, bo.code, "", *flags, had.code, bo.code)
    keys = [one.key_field.code if one.key_field else "" for one in (had, bo)]
    if fold(keys[0]) != fold(keys[1]):
        yield RuleChange(Rule.KEY, bo.code, keys[1] or keys[0], True, flags[1], keys[0] or "none", keys[1] or "none")
    for rule, first, second in _of_source_time(had, bo):
        yield RuleChange(rule, bo.code, "", *flags, first, second)
    if changed := _other_keys(had, bo, _OBJECT):
        yield RuleChange(Rule.OTHER, bo.code, "", *flags, changed)
    fields = {fold(field.code): field for field in had.fields}
    for field in bo.fields:
        known = fields.get(fold(field.code))
        if known is None:
            continue
        is_loaded = _is_given(known) or _is_given(field)
        is_uploaded = known.need_upload_to_out_table or field.need_upload_to_out_table
        sources = _of_sources(had.sources_of(known), bo.sources_of(field), is_loaded=is_loaded)
        for rule, first, second in (*_of_field(known, field), *_targets(old, known, new, field), *sources):
            yield RuleChange(rule, bo.code, field.code, is_loaded, is_uploaded, first, second)


def _of_source_time(had: BusinessObject, bo: BusinessObject) -> Iterator[tuple[Rule, str, str]]:
    times = [f"{one.source_time or ''}{_OF_MESSAGE if one.source_time_from_message else ''}" for one in (had, bo)]
    if fold(times[0]) != fold(times[1]):
        yield Rule.SOURCE_TIME, times[0], times[1]
    ahead = [one.source_time_ahead_seconds for one in (had, bo)]
    if had.source_time and bo.source_time and ahead[0] != ahead[1]:
        rule = Rule.AHEAD_LESS if ahead[1] < ahead[0] else Rule.AHEAD_MORE
        yield rule, f"{ahead[0]} seconds", f"{ahead[1]} seconds"


def _of_sources(before: tuple[str, ...], after: tuple[str, ...], *, is_loaded: bool) -> Iterator[tuple[Rule, str, str]]:
    """Of a field, whether it has its own or those of its object."""
    if is_loaded and before != after:
        yield Rule.SOURCES, ", ".join(before), ", ".join(after)


def _is_given(field: Field) -> bool:
    return field.need_load_from_in_tables or field.use_as_key_in_migration


def _of_field(had: Field, field: Field) -> Iterator[tuple[Rule, str, str]]:
    if had.code != field.code:
        yield Rule.SPELLING, had.code, field.code
    if _is_given(field) and not _is_given(had):
        yield Rule.LOADED, "", ""
    if had.is_unique != field.is_unique:
        yield (Rule.UNIQUE_ADDED if field.is_unique else Rule.UNIQUE_REMOVED), "", ""
    if had.is_required != field.is_required:
        yield (Rule.REQUIRED_ADDED if field.is_required else Rule.REQUIRED_REMOVED), "", ""
    if had.on_bad_value is not field.on_bad_value:
        is_strict = field.on_bad_value is OnBadValue.REJECT_ROW
        rule = Rule.ROWS_REJECTED if is_strict else Rule.VALUES_SKIPPED
        yield rule, str(had.on_bad_value), str(field.on_bad_value)
    zones = [one.in_migration_timezone_minutes or 0 for one in (had, field)]
    if zones[0] != zones[1] and field.is_date:
        yield Rule.TIME_ZONE, f"{zones[0]} minutes", f"{zones[1]} minutes"
    yield from _of_type(had, field)
    yield from _of_choices(had, field)
    if had.is_link and field.is_link:
        yield from _of_links(had, field)
    if changed := _other_keys(had, field, _FIELD):
        yield Rule.OTHER, changed, ""


def _other_keys(had: DocumentValue, value: DocumentValue, known: frozenset[str]) -> str:
    """The keys without a rule of their own that differ, separated by commas."""
    before, after = (one.model_dump(mode="json", exclude=set(known), by_alias=True) for one in (had, value))
    return ", ".join(sorted(key for key in before | after if before.get(key) != after.get(key)))


def _of_type(had: Field, field: Field) -> Iterator[tuple[Rule, str, str]]:
    if had.type is field.type or {had.type, field.type} <= CHOICE_TYPES:
        return
    if had.type is FieldType.FILE_UPLOAD and field.sql_type:
        yield Rule.KIND, str(had.type), str(field.type)
        return
    if had.sql_type == field.sql_type and had.is_link == field.is_link and field.sql_type:
        finds = field.is_unique or field.use_as_key_in_migration
        is_same = {had.type, field.type} <= _ANY_TEXT and not (finds and had.ignores_case != field.ignores_case)
        yield (Rule.KIND_FREE if is_same else Rule.KIND), str(had.type), str(field.type)


def _of_choices(had: Field, field: Field) -> Iterator[tuple[Rule, str, str]]:
    if had.type in CHOICE_TYPES and field.sql_type == TEXT:
        ids = [word for word, stored in option_values(had) if word != stored]
        if ids or had.dictionary:
            yield Rule.IDS_KEPT, ", ".join(ids) or f"ids of {had.dictionary}", ""
    if not {had.type, field.type} <= CHOICE_TYPES:
        return
    if had.dictionary != field.dictionary:
        names = [f"dictionary {one.dictionary}" if one.dictionary else "its own list" for one in (had, field)]
        yield Rule.CHOICES_ELSEWHERE, names[0], names[1]
        return
    before, after = (dict(option_values(one)) for one in (had, field))
    if gone := sorted(before.keys() - after.keys()):
        yield Rule.CHOICES_REMOVED, ", ".join(gone), ""
    if come := sorted(after.keys() - before.keys()):
        yield Rule.CHOICES_ADDED, "", ", ".join(come)
    if moved := sorted(word for word in before.keys() & after.keys() if before[word] != after[word]):
        stored = [", ".join(f"{word} as {words[word]}" for word in moved) for words in (before, after)]
        yield Rule.CHOICES_EXCHANGED, stored[0], stored[1]


def _of_links(had: Field, field: Field) -> Iterator[tuple[Rule, str, str]]:
    if had.is_single != field.is_single:
        yield (Rule.ONE_LINK if field.is_single else Rule.MANY_LINKS), had.view_type, field.view_type
    if had.link_mode is not field.link_mode:
        replaces = field.link_mode is LinkMode.REPLACE
        yield (Rule.LINKS_REPLACED if replaces else Rule.LINKS_KEPT), str(had.link_mode), str(field.link_mode)


def _targets(old: Company, had: Field, new: Company, field: Field) -> Iterator[tuple[Rule, str, str]]:
    if not (had.is_link and field.is_link):
        return
    before = [bo.code for bo in old.targets(had)]
    after = [bo.code for bo in new.targets(field)]
    if gone := [code for code in before if code not in after]:
        yield Rule.TARGETS_REMOVED, ", ".join(gone), ""
    if come := [code for code in after if code not in before]:
        yield Rule.TARGETS_ADDED, "", ", ".join(come)
