"""Whose values are erased, and by what they are found."""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import quote, quote_plus

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.catalog import relations
from etl.engine import Runtime
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.store")

# Shorter ones would be found in texts of others: a unique value or an id, and any other text.
_SHORTEST_UNIQUE, _SHORTEST = 3, 8
_LONGEST = 200


@dataclass(frozen=True)
class Subject:
    """An instance of an object, or several that have one of its ids. `in_ids`: external ids; `unique`: column -> values
    of unique fields; `texts`: what is looked for in messages; `files`, `file_ids`: ids of stored files, and those that
    a partner gave; `kept_files`: those that others have too."""

    bo: str
    instances: tuple[str, ...]
    in_ids: tuple[str, ...] = ()
    unique: tuple[tuple[str, tuple[str, ...]], ...] = ()
    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    file_ids: tuple[str, ...] = ()
    kept_files: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: Any) -> "Subject":
        lists = ("instances", "in_ids", "texts", "files", "file_ids", "kept_files")
        unique = tuple((column, tuple(values)) for column, values in value["unique"])
        return cls(bo=value["bo"], unique=unique, **{name: tuple(value[name]) for name in lists})

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def unique_values(self) -> list[str]:
        return [value for _, values in self.unique for value in values]

    @property
    def spellings(self) -> list[str]:
        """The texts, and how they stand in JSON and in addresses of pages; the longest first."""
        found = {
            spelled
            for one in self.texts
            for spelled in (one, *(_in_json(one, is_ascii=is_ascii) for is_ascii in (True, False)), *_in_addresses(one))
        }
        return sorted(found, key=lambda one: (-len(one), one))

    @property
    def pattern(self) -> str | None:
        """A pattern for PostgreSQL of the texts as words of their own, however they are spelled; None without any."""
        longest = [re.escape(one) for one in self.spellings]
        return rf"(^|[^[:alnum:]_])({'|'.join(longest)})($|[^[:alnum:]_])" if longest else None

    @property
    def values(self) -> dict[str, object]:
        """What statements bind."""
        quoted = {f'"{_in_json(one, is_ascii=is_ascii)}"' for one in self.texts for is_ascii in (True, False)}
        values: dict[str, object] = {
            "bo": self.bo,
            "instances": list(self.instances),
            "in_ids": list(self.in_ids),
            "unique_values": self.unique_values,
            "pattern": self.pattern,
            "quoted": [one.encode() for one in sorted(quoted)],
            "files": list(self.files),
            "file_ids": list(self.file_ids),
        }
        return values | {f"unique_{column}": list(found) for column, found in self.unique}


def subject_now(
    imported: Connection | None, store: Connection | None, runtime: Runtime, bo: BusinessObject, known: Subject
) -> Subject:
    """All that is known of it now: ids lead to rows, rows to ids, and ids to instances that were joined. Without an
    import or a store what the other one has."""
    found, before = known, None
    while found != before:
        before = found
        if imported is not None:
            found = _in_import(imported, runtime, bo, before)
        if store is None:
            continue
        if imported is not None and (others := _ids_of_others(store, runtime, bo, before, found)):
            found = _in_import(imported, runtime, bo, before, others)
        found = _in_store(store, runtime, bo, found)
    return found


def _in_store(store: Connection, runtime: Runtime, bo: BusinessObject, known: Subject) -> Subject:
    """What the store has of the instances of `known`, and of those that have one of its external ids by now."""
    schema, golden = runtime.store.schema, names.store_table(bo.code)
    variables: dict[str, object] = {"store_schema": schema, "golden": golden}
    rows = fetch_all(store, _sql("instances_of_subject", **variables), known.values)
    found = replace(known, instances=_united(known.instances, (row._id for row in rows)))
    ids = [row.in_id for row in fetch_all(store, _sql("ids_of_subject", **variables), found.values)]
    pairs = [(row.name, row.value) for row in fetch_all(store, _sql("values_of_subject", **variables), found.values)]
    files = [value for name, value in pairs if name in _file_columns(bo)]
    found = replace(found, in_ids=_united(found.in_ids, ids), files=_united(found.files, files))
    found = _without_used_files(store, runtime, found)
    file_ids = [row.file_id for row in fetch_all(store, _sql("file_ids_of_subject", **variables), found.values)]
    logins = [row.text for row in fetch_all(store, _sql("logins_of_subject", **variables), found.values)]
    found = replace(found, file_ids=_united(found.file_ids, file_ids), texts=_united(found.texts, logins))
    return _with_texts(found, bo, pairs)


def _without_used_files(store: Connection, runtime: Runtime, subject: Subject) -> Subject:
    """Files that other instances have too, or had as far as the journal reaches, are kept."""
    if not subject.files:
        return subject
    uses = [
        {"table": names.store_table(one.code), "column": column}
        for one in runtime.company.objects
        if one.carries_data
        for column in _file_columns(one)
    ]
    statement = _sql("used_files", store_schema=runtime.store.schema, uses=uses)
    used = {row.id for row in fetch_all(store, statement, subject.values)}
    return replace(
        subject,
        files=tuple(one for one in subject.files if one not in used),
        kept_files=_united(subject.kept_files, sorted(used)),
    )


def _ids_of_others(
    store: Connection, runtime: Runtime, bo: BusinessObject, before: Subject, found: Subject
) -> list[str]:
    """External ids that came with rows and are those of instances which are not of it: rows of others have a unique
    value of it, as after a split, or name it in out_id. Known ids stay: a later instance with one is the person."""
    come = [one for one in found.in_ids if one not in before.in_ids]
    if not come or not found.instances:
        return []
    variables = {"store_schema": runtime.store.schema, "golden": names.store_table(bo.code)}
    return [row.in_id for row in fetch_all(store, _sql("ids_of_others", **variables), {**found.values, "ids": come})]


def _in_import(
    imported: Connection, runtime: Runtime, bo: BusinessObject, known: Subject, others: Collection[str] = ()
) -> Subject:
    """The same with what its rows in the in_ table have, but for those with the external ids of `others`."""
    table = names.in_table(bo.code)
    there = relations(imported, runtime.in_schema, [table]).get(fold(table))
    if there is None:
        return known
    unique = [one for one in dict(known.unique) if one in there.columns]
    statement = _sql("values_of_rows", in_schema=runtime.in_schema, table=table, unique=unique)
    pairs = [(row.name, row.value) for row in fetch_all(imported, statement, {**known.values, "others": list(others)})]
    ids = [value for name, value in pairs if name == "in_id"]
    return _with_texts(replace(known, in_ids=_united(known.in_ids, ids)), bo, pairs)


def _with_texts(subject: Subject, bo: BusinessObject, pairs: Iterable[tuple[str, str]]) -> Subject:
    fields = {fold(field.code): field for field in bo.stored_fields}
    unique = {fold(field.code) for field in bo.unique_fields}
    taken = dict(subject.unique)
    texts = [one for one in subject.in_ids if len(one) >= _SHORTEST_UNIQUE]
    for name, value in pairs:
        field = fields.get(name)
        if field is None:
            continue
        if name in unique:
            taken[name] = _united(taken.get(name, ()), [value])
        shortest = _SHORTEST_UNIQUE if name in unique else _SHORTEST
        if shortest <= len(value) <= _LONGEST and _is_text(field):
            texts.append(value)
    return replace(subject, unique=tuple(sorted(taken.items())), texts=_united(subject.texts, texts))


def _in_json(text: str, *, is_ascii: bool) -> str:
    return json.dumps(text, ensure_ascii=is_ascii)[1:-1]


def _in_addresses(text: str) -> tuple[str, str]:
    return quote(text, safe=""), quote_plus(text)


def _is_text(field: Field) -> bool:
    return (field.sql_type or "").startswith(("text", "varchar")) and field.type not in CHOICE_TYPES


def _file_columns(bo: BusinessObject) -> set[str]:
    return {fold(field.code) for field in bo.stored_fields if field.type is FieldType.FILE_UPLOAD}


def _united(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
