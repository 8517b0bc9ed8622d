"""The tables of the console: what was asked for, what came of it."""

from typing import Final

from etl.operations.erase.tables import SubjectTable
from etl.operations.installation import WEB_SCHEMA

WEB_TABLES: Final = (
    SubjectTable(
        WEB_SCHEMA,
        "web_audit",
        "of_text",
        {"columns": ["target", "parameters"]},
        (("target", "'erased'"), ("parameters", "'{}'")),
    ),
    SubjectTable(
        WEB_SCHEMA,
        "web_audit_outcome",
        "of_text",
        {"columns": ["detail", "sentence"]},
        (("detail", "'erased'"), ("sentence", "null")),
    ),
    SubjectTable(WEB_SCHEMA, "web_action_key", "of_text", {"columns": ["result"]}, (("result", "'{}'"),)),
)
