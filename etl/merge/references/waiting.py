"""Links that wait for their ends, and fields for their files: counted by field, and by missing instance."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from etl.database import Connection, SqlTemplates, fetch_all
from etl.merge.context import Connections
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field_types import FieldType
from etl.quoting import fold

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")


@dataclass(frozen=True)
class WaitingLinks:
    """The waiting links of one field to one target object (empty: to an unknown member of a composite); or the values
    of a file field that wait for their files, with the target in_fileStorage.

    `expires_at`: the first run after it gives up the oldest of them; None when the metadata no longer has the field."""

    bo: str
    field: str
    target_bo: str
    links: int
    since: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class MissingInstance:
    """An instance that links wait for, or a file (object in_fileStorage, by its file_id).

    `object`: its business object, or the members of a composite of which one is meant, as `Client or Firm`. `in_id`:
    its external id; or a unique field and its value, as `email ann@corp.kz`, if links name it so. `in_status`: the
    current status of its in_ row, None without a row; `error`: the id of its newest error, if the row was rejected.
    """

    object: str
    in_id: str
    links: int
    since: datetime
    in_status: str | None
    error: int | None
    code: str | None
    column_name: str | None
    value: str | None
    message: str | None
    message_rus: str | None


@dataclass(frozen=True)
class _End:
    """One end of a link table's waiting links: its objects (several where the member of a composite is unknown), and
    the column of boi_reference with its id."""

    bo: str
    field: str
    target_bo: str
    objects: tuple[str, ...]
    in_table: str  # empty when partners cannot give the object, or several may be meant
    column: str
    is_owner: bool
    is_counted_at_owner: bool = False  # a self link whose ends are one instance counts once

    @property
    def golden(self) -> list[str]:
        return [names.store_table(code) for code in self.objects]

    @property
    def values(self) -> dict[str, object]:
        return {
            "bo": self.bo,
            "field": self.field,
            "target_bo": self.target_bo,
            "object": " or ".join(self.objects),
            "objects": list(self.objects),
            "in_table": self.in_table,
        }


def waiting_links(
    connection: Connection, company: Company, store_schema: str, expiry_minutes: int
) -> list[WaitingLinks]:
    """The waiting links and fields, by field, the most frequent first."""
    known = {*_link_fields(company), *_file_fields(company)}
    expiry = timedelta(minutes=expiry_minutes)
    statement = _sql("waiting_links", store_schema=store_schema, file_storage=names.FILE_STORAGE)
    return [
        WaitingLinks(**row._mapping, expires_at=row.since + expiry if tuple(row[:3]) in known else None)
        for row in fetch_all(connection, statement)
    ]


def missing_instances(
    connections: Connections, company: Company, waiting: Iterable[WaitingLinks], limit: int, **schemas: str
) -> list[MissingInstance]:
    """The missing instances and files, those that block most first, at most `limit`.

    `waiting` as returned by `waiting_links`; `schemas`: store_schema, and in_schema unless there are no in_ tables.
    """
    has_import = "in_schema" in schemas
    if not has_import:
        connections = Connections(connections.store, connections.store)
    ends = list(_ends(company, waiting))
    tables = sorted({end.in_table for end in ends if end.in_table and has_import})
    values: dict[str, object] = {"limit": limit}
    for number, end in enumerate(ends):
        values |= {f"{name}_{number}": value for name, value in end.values.items()}
    values |= {f"table_{number}": table for number, table in enumerate(tables)}
    variables: dict[str, object] = {"ends": ends, "tables": tables, "file_storage": names.FILE_STORAGE, **schemas}
    if not connections.is_single:
        found = fetch_all(connections.store, _sql("missing_ends", **variables), values)
        values["missing"] = json.dumps([dict(row._mapping) for row in found], default=str)
    statement = _sql("missing_instances", is_one=connections.is_single, **variables)
    return [MissingInstance(**row._mapping) for row in fetch_all(connections.imported, statement, values)]


def _ends(company: Company, waiting: Iterable[WaitingLinks]) -> Iterator[_End]:
    known = _link_fields(company)
    for links in waiting:
        key = (links.bo, links.field, links.target_bo)
        if key not in known:
            continue
        link, targets = known[key]
        yield _End(*key, (link.bo.code,), _in_table([link.bo]), "owner_in_id", is_owner=True)
        yield _End(
            *key,
            tuple(target.code for target in targets),
            _in_table(targets),
            "target_value",
            is_owner=False,
            is_counted_at_owner=link.bo in targets,
        )


def _in_table(objects: Sequence[BusinessObject]) -> str:
    """The in_ table by which partners give the instance; none where several objects may be meant."""
    return names.in_table(objects[0].code) if len(objects) == 1 and objects[0].has_in_table else ""


def _file_fields(company: Company) -> Iterator[tuple[str, ...]]:
    for business_object in company.objects:
        for field in business_object.loaded_fields:
            if field.type is FieldType.FILE_UPLOAD:
                yield business_object.code, fold(field.code), names.FILE_STORAGE


def _link_fields(company: Company) -> dict[tuple[str, ...], tuple[LinkTable, Sequence[BusinessObject]]]:
    """(object, field, target) -> the link table, the objects that may be meant; the target is empty for any member."""
    found: dict[tuple[str, ...], tuple[LinkTable, Sequence[BusinessObject]]] = {}
    for link in company.link_tables():
        found[link.bo.code, link.field.code, link.member.code] = link, [link.member]
        if len(link.members) > 1:
            found.setdefault((link.bo.code, link.field.code, ""), (link, link.members))
    return found
