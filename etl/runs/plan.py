"""Plans the tasks of a run from what was claimed. The kind decides what a task does.

Titles are only shown: those of the vendor in Russian, others also in English.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from etl.metadata import Company, names
from etl.metadata.company import LinkTable
from etl.metadata.field_types import Category
from etl.runs.task import (
    Chunk,
    Claimed,
    Kind,
    Task,
)

FIRST = Task(seq=0, stage=0, kind=Kind.BEGIN, title="Начало миграции инстанций БО")

# From this many claimed rows on, new link tables get the indexes of their links in this run instead of the next one.
_INDEX_FROM_ROWS = 10_000

_NOTHING = Chunk(rows=0)
_Line = tuple[Kind, str, str, Chunk | None, str]
_INDEXES: _Line = (Kind.MAKE_INDEXES, "Индексы связей / indexes of links", "", None, "")


@dataclass(frozen=True)
class Extent:
    """The work of a run. `claimed` holds one value per in_ table, data and links alike; `has_files`: files are unread
    or fields wait for files; `serves`: link tables for which links wait, whose ends may come in this run; `fills` are
    out_ tables of a version that this run makes, each with the number of tasks that fill it; `notifies`: hooks are
    called when all is done."""

    claimed: Mapping[str, Claimed]
    has_files: bool = False
    serves: Collection[str] = ()
    fills: Mapping[str, int] = field(default_factory=dict)
    notifies: bool = False


def build_claim_plan(tables: Iterable[Claimed]) -> tuple[Task, ...]:
    """The tasks after BEGIN that claim these large tables side by side; the last one plans all other tasks."""
    claims = [line for table in tables for line in _chunks(Kind.CLAIM, "Захват строк / claim", table)]
    return tuple(_number([claims, [(Kind.PLAN, "План миграции / plan", "", None, "")]], FIRST))


def build_plan(company: Company, extent: Extent, after: Task = FIRST) -> tuple[Task, ...]:
    """All tasks `after` the planning task; kinds without work are left out.

    Dictionaries come before the objects whose dropdowns name their rows. A link table for which links wait has a task
    also without claimed rows: the instance that one of them needs may have come in this run.
    """
    claimed = extent.claimed
    stages: list[Iterable[_Line]] = [
        _files(extent),
        _single_fields(company, claimed, dictionaries=True),
        _single_fields(company, claimed, dictionaries=False),
        [(Kind.NOP, "Простые поля прошли", "", None, "")],
        *_links(company, extent),
        _in_migrated_at(company, claimed),
        [(Kind.FIX_PROCESS_TRACKING, "Фиксация таблицы process_tracking о завершении считывания данных", "", None, "")],
        [(Kind.COPY_ERR, "Копирование таблицы ошибок", "", None, "")],
        *_fills(extent.fills),
        [(Kind.RUN_PROCESSES, "Запуск процессов", "", None, "")],
        [(Kind.NOTIFY, "Оповещение / notify", "", None, "")] if extent.notifies else [],
        [(Kind.NOP, "Миграция завершена", "", None, "")],
    ]
    return tuple(_number(filter(None, map(list, stages)), after))


def _number(stages: Iterable[Iterable[_Line]], after: Task) -> Iterator[Task]:
    seq = after.seq
    for stage, lines in enumerate(stages, start=after.stage + 1):
        for kind, title, table, chunk, serial_key in lines:
            seq += 1
            yield Task(seq=seq, stage=stage, kind=kind, title=title, table=table, chunk=chunk, serial_key=serial_key)


def _single_fields(company: Company, claimed: Mapping[str, Claimed], *, dictionaries: bool) -> list[_Line]:
    lines: list[tuple[int, _Line]] = []
    for business_object in company.objects:
        is_dictionary = business_object.category is Category.DICTIONARY
        if business_object.has_in_table and is_dictionary == dictionaries:
            part = claimed[names.in_table(business_object.code)]
            serial_key = "" if part.in_any_order else part.table
            chunks = _chunks(Kind.MIGRATE_SINGLE_FIELDS, "Простые поля", part, serial_key=serial_key)
            lines += enumerate([*_dependent_rows(part), *chunks])
    return _first_parts_first(lines)


def _dependent_rows(claimed: Claimed) -> Iterator[_Line]:
    """Rows of a table may meet in one instance or unique value: those of several chunks are merged by one task before
    all others, so that the result is the same however the table is divided."""
    if len(claimed.chunks) > 1 and not claimed.in_any_order:
        title = f"Зависимые строки / dependent rows: {claimed.table}"
        yield Kind.MIGRATE_DEPENDENT_ROWS, title, claimed.table, _NOTHING, claimed.table


def _files(extent: Extent) -> Iterator[_Line]:
    if extent.has_files:
        yield Kind.UPLOAD_FILES, "Файлы / files: in_fileStorage", "in_fileStorage", _NOTHING, ""


def _links(company: Company, extent: Extent) -> Iterator[list[_Line]]:
    """The tasks of links, their barrier, and the links' indexes unless these are made beside the filling of out_
    tables."""
    links = [link for link in company.in_link_tables() if extent.claimed[link.name].rows or link.name in extent.serves]
    if links:
        yield list(_link_tables(links, extent.claimed))
        yield [(Kind.NOP, "Связи прошли / links are done", "", None, "")]
        if not extent.fills and sum(extent.claimed[link.name].rows for link in links) >= _INDEX_FROM_ROWS:
            yield [_INDEXES]


def _link_tables(links: Iterable[LinkTable], claimed: Mapping[str, Claimed]) -> Iterator[_Line]:
    for link in links:
        kind = Kind.MIGRATE_CO_LINKS if link.field.co else Kind.MIGRATE_BO_LINKS
        # Links that are only added give the same result in any order. In a SINGLE field or a full set one replaces
        # another.
        serial_key = "" if link.field.only_adds_links else f"{link.bo.code}.{link.field.code}"
        yield from _chunks(kind, "Связи / links", claimed[link.name], serial_key=serial_key, at_least_one=True)


def _in_migrated_at(company: Company, claimed: Mapping[str, Claimed]) -> Iterator[_Line]:
    for business_object in company.objects:
        table = names.in_table(business_object.code)
        if business_object.has_in_table and claimed[table].rows:
            yield Kind.MIGRATE_IN_MIGRATED_AT, f"Поле IN_MIGRATED_AT: {table}", table, None, ""


def _fills(fills: Mapping[str, int]) -> Iterator[list[_Line]]:
    """One task makes the tables, so that the tasks that fill them find them committed."""
    if fills:
        yield [(Kind.FILL_OUT, "Создание таблиц out_ / create out_ tables", "", None, "")]
        lines = [line for table, parts in fills.items() for line in enumerate(_fill(table, parts))]
        yield [_INDEXES, *_first_parts_first(lines)]


def _first_parts_first(lines: list[tuple[int, _Line]]) -> list[_Line]:
    """Orders parts so that workers start with different tables: two sessions that write to one table slow each other
    down."""
    return [line for _, line in sorted(lines, key=itemgetter(0))]


def _fill(table: str, parts: int) -> Iterator[_Line]:
    for part in range(parts):
        number = f" ({part + 1}/{parts})" if parts > 1 else ""
        chunk = Chunk(rows=0, first=part or None, after=part + 1 if part + 1 < parts else None)
        yield Kind.FILL_OUT, f"Заполнение / fill: {table}{number}", table, chunk, ""


def _chunks(
    kind: Kind, title: str, claimed: Claimed, *, serial_key: str = "", at_least_one: bool = False
) -> Iterator[_Line]:
    chunks = claimed.chunks or ((_NOTHING,) if at_least_one else ())
    for number, chunk in enumerate(chunks, start=1):
        part = f" ({number}/{len(chunks)})" if len(chunks) > 1 else ""
        yield kind, f"{title}: {claimed.table}{part}", claimed.table, chunk, serial_key
