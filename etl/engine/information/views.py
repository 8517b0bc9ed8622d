"""Views with the names of the vendor's information tables, in a schema of their own beside what they show."""

import hashlib
import logging
from typing import Any, Final

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.engine.runtime import Runtime
from etl.merge import Connections
from etl.quoting import fold

_sql = SqlTemplates(__package__)
_log = logging.getLogger("in_pg_migration")

SCHEMA: Final = "in_migration"
"""The vendor's name. Where another company, or someone else, has it: with the company's code behind."""

_OF_STORE: Final = ("boi_reference", "errors", "log", "from_kafka_to_mongo_tracking")
_OF_IMPORT: Final = ("copy_table_info", "timings")
# Codes of what is no fault of a feed: the server refused it, or a topic deleted it unread.
_UNEXPECTED: Final = ("ROW_QUARANTINED", "CHUNK_QUARANTINED", "RECORDS_LOST", "TOPIC_RECREATED")


def ensure_information(connections: Connections | None, runtime: Runtime, store: Connection) -> None:
    """Makes the views where they are missing or were made by another text; `connections` is None without in_ tables.
    A role that may not make the schema has none of them."""
    if connections is None:
        _ensure(store, runtime, _OF_STORE)
    elif connections.is_single:
        _ensure(store, runtime, (*_OF_STORE, *_OF_IMPORT))
    else:
        _ensure(store, runtime, _OF_STORE)
        _ensure(connections.imported, runtime, _OF_IMPORT)


def information_schemas(connection: Connection, company: str) -> list[str]:
    """The schema of a company's information tables in this database; empty where there is none."""
    return [row.name for row in _candidates(connection, company) if row.comment.startswith(_sentence(company))]


def _ensure(connection: Connection, runtime: Runtime, views: tuple[str, ...]) -> None:
    company = runtime.company.code
    variables = {
        "store_schema": runtime.store.schema,
        "in_schema": runtime.in_schema,
        "unexpected": _UNEXPECTED,
        "tracks_timings": runtime.settings.in_migration.track_timings,
    }
    texts = [_sql.text(view, schema=SCHEMA, **variables) for view in views]
    comment = f"{_sentence(company)} (definition {hashlib.sha256(''.join(texts).encode()).hexdigest()})"
    if _is_made(connection, company, comment, len(views)):
        return
    fetch_all(connection, _sql("lock"))
    schema = _schema_for_views(connection, company)
    if not schema:
        _log.info("no information tables: the role may not make the schema %s, and none of its own is there", SCHEMA)
        return
    for view in views:
        execute(connection, _sql(view, schema=schema, **variables))
    execute(connection, _sql("comment_schema", schema=schema, comment=comment))


def _is_made(connection: Connection, company: str, comment: str, views: int) -> bool:
    return any(row.comment == comment and row.views == views for row in _candidates(connection, company))


def _schema_for_views(connection: Connection, company: str) -> str:
    """Our schema, or a free one, which is made; empty where there is neither."""
    found = _candidates(connection, company)
    for row in found:
        if row.comment.startswith(_sentence(company)):
            return str(row.name)
    for row in found:
        if row.is_free:
            if row.is_missing:
                execute(connection, _sql("make_schema", schema=row.name))
            return str(row.name)
    return ""


def _candidates(connection: Connection, company: str) -> list[Any]:
    return list(fetch_all(connection, _sql("candidates"), {"schemas": [SCHEMA, f"{SCHEMA}_{fold(company)}"]}))


def _sentence(company: str) -> str:
    return f"Information tables of the migration of company {fold(company)}, for people"
