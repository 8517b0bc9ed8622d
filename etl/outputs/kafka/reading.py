"""Reads what an output writes: the instances that changed between two snapshots, or all, object by object."""

from collections.abc import Iterator
from contextlib import nullcontext
from enum import StrEnum

from etl.database import Connection, SqlTemplates, fetch_all, fetch_one, stream_rows
from etl.outputs.kafka.record import Row
from etl.outputs.kafka.shape import OutObject
from etl.settings.kafka_model import OutMigrationKafka
from etl.store import by_index

_sql = SqlTemplates(__package__, "etl.outputs.versions")


def changed_objects(connection: Connection, store_schema: str, position: str, upto: str) -> set[str]:
    """The codes of the objects that changed between two snapshots."""
    values = {"position": position, "upto": upto}
    return {row.bo for row in fetch_all(connection, _sql("touched_objects", store_schema=store_schema), values)}


def changed_rows(
    connection: Connection,
    store_schema: str,
    shape: OutObject,
    output: OutMigrationKafka,
    position: str,
    upto: str,
    after: str,
) -> Iterator[list[Row]]:
    """The instances that changed between two snapshots, behind the id `after`, each once, in blocks."""
    statement = _sql(
        "objects",
        store_schema=store_schema,
        table=shape.table,
        fields=shape.fields,
        links=shape.links,
        is_all=False,
        removed="",
        is_full=output.image == "full",
        has_unlinks=output.unlinks,
        has_start=bool(after),
    )
    values: dict[str, object] = {
        "position": position,
        "upto": upto,
        "bo": shape.code,
        "links": [link.code for link in shape.links],
    }
    values |= {f"link_{number}": link.code for number, link in enumerate(shape.links)}
    has_many = fetch_one(connection, _sql("many_changes", store_schema=store_schema), values) is not None
    with nullcontext() if has_many else by_index(connection):
        yield from stream_rows(connection, statement, values | ({"after": after} if after else {}))


def count_files(connection: Connection, store_schema: str, shape: OutObject) -> dict[str, int]:
    """Code of each file field -> instances that name a file; without fields that are empty in all."""
    files = [one for one in shape.fields if one.is_file]
    if not files:
        return {}
    statement = _sql("file_values", store_schema=store_schema, table=shape.table, files=files)
    return {row.code: row.instances for row in fetch_all(connection, statement) if row.instances}


class RemovedRows(StrEnum):
    """What a recovery writes of REMOVED instances: their state, which readers that never had them skip; all that they
    have, as ARCHIVED ones, so that readers make them; or their state alone, and nothing of others."""

    STATE = "state"
    ARCHIVED = "archived"
    ONLY = "only"


def all_rows(
    connection: Connection, store_schema: str, shape: OutObject, after: str, removed: RemovedRows = RemovedRows.STATE
) -> Iterator[list[Row]]:
    """All instances of an object behind the id `after`, in blocks."""
    statement = _sql(
        "objects",
        store_schema=store_schema,
        table=shape.table,
        fields=shape.fields,
        links=shape.links,
        is_all=True,
        removed=str(removed),
        is_full=True,
        has_unlinks=False,
        has_start=bool(after),
    )
    yield from stream_rows(connection, statement, {"after": after} if after else {})
