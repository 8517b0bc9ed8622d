"""Views of ours that are made once, and again only when their text changed.

Replacing a view waits for its readers: a run that has nothing to make must not wait for other sessions.
"""

import hashlib

from sqlalchemy import Connection, TextClause

from etl.database.sql_templates import SqlTemplates
from etl.database.transactions import execute, fetch_all

_sql = SqlTemplates(__package__)


def ensure_view(connection: Connection, schema: str, view: str, statement: TextClause, about: str) -> bool:
    """Runs a `create or replace view` unless the existing view was made by the same text; returns whether it ran.

    `about` is a sentence for people, which becomes the view's comment.
    """
    # The comment ends with a digest of the statement, as PostgreSQL does not keep the text itself.
    digest = hashlib.sha256(statement.text.encode()).hexdigest()
    comment = f"{about} (definition {digest})"
    [made] = fetch_all(connection, _sql("relation_comment", schema=schema, relation=view))
    if made.comment == comment:
        return False
    execute(connection, statement)
    execute(connection, _sql("comment_relation", schema=schema, view=view, comment=comment))
    return True
