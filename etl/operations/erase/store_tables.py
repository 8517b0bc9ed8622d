"""The tables of the store, and of its mirror beside out_ tables."""

import json
from collections.abc import Iterator

from etl.database import Connection, SqlTemplates, fetch_all
from etl.engine import Runtime
from etl.engine.instances.finding import link_fields
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.operations.erase.import_tables import ERROR_TEXTS
from etl.operations.erase.subject import Subject
from etl.operations.erase.tables import SubjectTable
from etl.quoting import fold, identifier

_sql = SqlTemplates(__package__)

_EMPTIED_BEFORE = (
    "(select jsonb_object_agg(b.key, case b.key when '_state' then b.value else 'null' end) "
    "from jsonb_each(t.before) b)"
)
# What is done with these is said below.
_KNOWN = ("journal", "kafka_unsent_record", "file_reference", "ended_file_reference", "erasure")


def store_tables(store: Connection, runtime: Runtime, bo: BusinessObject) -> list[SubjectTable]:
    """In the order of erasing: what names a row before the row; errors after the messages that they are of."""
    schema = runtime.store.schema
    return [
        *_links(runtime, bo, schema),
        _golden(bo, schema, act="erase_instances"),
        *_journal(schema),
        *_waiting(schema),
        *_messages(schema),
        SubjectTable(schema, "err", "of_error", empties=ERROR_TEXTS),
        SubjectTable(schema, "remote_err", "of_error", empties=ERROR_TEXTS),
        *_of_instances(store, schema),
        *_files(schema),
        *_directory(schema),
    ]


def mirror_tables(runtime: Runtime, bo: BusinessObject) -> list[SubjectTable]:
    """The mirror has golden rows, links, and a journal without values; it follows the store, however far behind."""
    schema = runtime.store.schema
    links = [
        SubjectTable(schema, one.store_table, "of_link", {"owner": "_owner", "target": "_target"})
        for one in link_fields(runtime.company, bo)
    ]
    return [*links, _golden(bo, schema), *_journal(schema)]


def repairs_of(store: Connection, runtime: Runtime, subject: Subject) -> dict[str, object]:
    """Units that have joined or split the person's instances, and the instances that took part."""
    rows = fetch_all(store, _sql("repairs_of_subject", store_schema=runtime.store.schema), subject.values)
    return {"repairs": sorted({row.run for row in rows}), "repaired": sorted({row.instance for row in rows})}


def contents_of(store: Connection, runtime: Runtime, subject: Subject) -> list[str]:
    """The contents of the person's files."""
    statement = _sql("contents_of_files", store_schema=runtime.store.schema)
    return [row.content for row in fetch_all(store, statement, subject.values)]


def _golden(bo: BusinessObject, schema: str, act: str = "") -> SubjectTable:
    columns = ["_in_id", *(identifier(field.code) for field in bo.stored_fields)]
    emptied = {fold(field.code): None for field in bo.stored_fields}
    variables = {"key": "_id", "columns": columns, "state": "_state"}
    empties = () if act else (("_state", "'REMOVED'"), *((column, "null") for column in columns))
    binds = {"emptied": json.dumps(emptied)}
    return SubjectTable(schema, names.store_table(bo.code), "not_empty", variables, empties, act, binds)


def _links(runtime: Runtime, bo: BusinessObject, schema: str) -> Iterator[SubjectTable]:
    ends = {"owner": "_owner", "target": "_target"}
    for one in dict.fromkeys((link.bo, link.field) for link in link_fields(runtime.company, bo)):
        table = names.store_link_table(*one)
        binds = {"link_bo": one[0], "link_field": one[1]}
        yield SubjectTable(schema, table, "of_link", ends, act="erase_links", binds=binds)


def _journal(schema: str) -> Iterator[SubjectTable]:
    yield SubjectTable(schema, "journal", "of_values_before", empties=(("before", _EMPTIED_BEFORE),))
    yield SubjectTable(schema, "journal", "of_link_origin", empties=(("origin", "null"),))


def _waiting(schema: str) -> Iterator[SubjectTable]:
    yield SubjectTable(schema, "alias", "of_alias")
    yield SubjectTable(schema, "ended_alias", "of_alias")
    yield SubjectTable(schema, "full_set_id", "of_full_set_id")
    yield SubjectTable(schema, "ended_full_set_id", "of_full_set_id")
    yield SubjectTable(schema, "boi_reference", "of_reference")
    yield SubjectTable(schema, "ended_reference", "of_reference")
    yield SubjectTable(schema, "pending_status", "of_pending_status")
    yield SubjectTable(schema, "file_reference", "of_instance")
    yield SubjectTable(schema, "ended_file_reference", "of_instance")
    yield SubjectTable(schema, "remote_mark", "of_remote_mark")


def _messages(schema: str) -> Iterator[SubjectTable]:
    yield SubjectTable(schema, "kafka_record", "of_record_id")
    yield SubjectTable(schema, "kafka_dead_letter", "of_dead_letter")
    yield SubjectTable(schema, "kafka_unsent_record", "of_instance")
    yield SubjectTable(schema, "alert", "of_text", {"columns": ["message"]}, (("message", "'erased'"),))


def _of_instances(store: Connection, schema: str) -> Iterator[SubjectTable]:
    for row in fetch_all(store, _sql("tables_by_instance"), {"schema": fold(schema)}):
        if row.name not in _KNOWN:
            yield SubjectTable(schema, row.name, "of_instance")


def _files(schema: str) -> Iterator[SubjectTable]:
    yield SubjectTable(schema, "file_alias", "of_file", {"column": "file"})
    yield SubjectTable(schema, "ended_file_alias", "of_file", {"column": "file"})
    yield SubjectTable(schema, "stored_file", "of_file", {"column": "_id"})
    yield SubjectTable(schema, "file_storage", "of_content")


def _directory(schema: str) -> Iterator[SubjectTable]:
    texts = ["login", "left_out", "message"]
    empties = (("login", "null"), ("left_out", "'[]'"), ("message", "'erased'"))
    yield SubjectTable(schema, "ad_run", "of_text", {"columns": texts}, empties)
    yield SubjectTable(schema, "ad_person", "of_directory")
