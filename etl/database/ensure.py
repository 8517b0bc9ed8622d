"""Objects of ours that are made once, and again only when their text changed.

`create … if not exists` still takes locks, and replacing a view waits for its readers: a run that has nothing to
make must not wait for other sessions.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, TextClause

from etl.database.sql_templates import SqlTemplates
from etl.database.transactions import execute, fetch_all

_sql = SqlTemplates(__package__)


def ensure_view(connection: Connection, schema: str, view: str, statement: TextClause) -> bool:
    """Runs a `create or replace view` unless the existing view was made by the same text; returns whether it ran."""
    return _keep(connection, schema, view, [statement], kind="view")


def ensure_tables(connection: Connection, schema: str, table: str, statements: Sequence[TextClause]) -> bool:
    """Runs statements that make what is missing, unless `table` was made by the same text; returns whether they ran."""
    return _keep(connection, schema, table, statements, kind="table")


def _keep(connection: Connection, schema: str, relation: str, statements: Sequence[TextClause], *, kind: str) -> bool:
    # The relation's comment has a digest of the statements, as PostgreSQL does not keep the text itself.
    digest = hashlib.sha256("\n".join(statement.text for statement in statements).encode()).hexdigest()
    [made] = fetch_all(connection, _sql("relation_comment", schema=schema, relation=relation))
    if made.comment == digest:
        return False
    for statement in statements:
        execute(connection, statement)
    execute(connection, _sql("comment_relation", schema=schema, relation=relation, digest=digest, kind=kind))
    return True
