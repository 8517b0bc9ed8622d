"""The tables of an import: in_ tables, their daily copies, files, errors."""

from collections.abc import Iterator

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.catalog import relations
from etl.engine import Runtime
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.operations.erase.subject import Subject
from etl.operations.erase.tables import SubjectTable
from etl.quoting import fold

_sql = SqlTemplates(__package__)

ERROR_TEXTS = (("in_id", "null"), ("value", "null"), ("message", "'erased'"), ("message_rus", "'erased'"))
"""What errors get in place of what they say about a row."""


def import_tables(imported: Connection, runtime: Runtime, bo: BusinessObject, subject: Subject) -> list[SubjectTable]:
    """In the order of erasing: rows before the files that they name."""
    tables = [names.in_table(bo.code), *_link_ends(runtime, bo)]
    copies = {table: table for table in tables}
    schema = runtime.in_schema
    if relations(imported, schema, ["copy_table_info"]):
        rows = fetch_all(imported, _sql("copies", in_schema=schema))
        copies |= {row.copy_table: row.in_table for row in rows if row.in_table in tables}
    there = relations(imported, schema, copies)
    found = [
        _table(runtime, bo, subject, copy, table, there[fold(copy)].columns)
        for copy, table in copies.items()
        if fold(copy) in there
    ]
    return [*found, *_fixed(schema)]


def _fixed(schema: str) -> Iterator[SubjectTable]:
    yield SubjectTable(schema, names.FILE_STORAGE, "of_file_row")
    yield SubjectTable(schema, names.PROCESS_COMPARE, "of_compared")
    yield SubjectTable(schema, "comparison_row", "of_compared")
    yield SubjectTable(schema, "err", "of_error", empties=ERROR_TEXTS)
    yield SubjectTable(schema, "task", "of_text", {"columns": ["error"]}, (("error", "'erased'"),))
    yield SubjectTable(schema, "run", "of_text", {"columns": ["message"]}, (("message", "'erased'"),))


def _table(
    runtime: Runtime, bo: BusinessObject, subject: Subject, table: str, of_table: str, columns: dict[str, str]
) -> SubjectTable:
    if of_table == names.in_table(bo.code):
        unique = [column for column, _ in subject.unique if column in columns]
        return SubjectTable(runtime.in_schema, table, "of_person", {"unique": unique})
    return SubjectTable(runtime.in_schema, table, "of_link_row", {"ends": _link_ends(runtime, bo)[of_table]})


def _link_ends(runtime: Runtime, bo: BusinessObject) -> dict[str, list[str]]:
    """Link table -> its columns that hold ids of the object."""
    found: dict[str, list[str]] = {}
    for link in runtime.company.in_link_tables():
        ends = [link.owner_column] if link.bo is bo else []
        ends += [link.target_column] if link.member is bo else []
        if ends:
            found[link.name] = ends
    return found


def error_tables(runtime: Runtime, bo: BusinessObject) -> dict[str, object]:
    """Of which tables errors name the instance: by its row, as the owner of a link, or as its target."""
    links = list(runtime.company.link_tables())
    return {
        "own_tables": [names.in_table(bo.code)],
        "owner_tables": sorted({link.name for link in links if link.bo is bo}),
        "target_tables": sorted({link.name for link in links if link.member is bo}),
        "link_fields": sorted({link.field.code for link in links if link.member is bo}),
    }
