"""The view `why_not`: its shape depends on the metadata, one branch per in_ table."""

from collections.abc import Iterator
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, ensure_view
from etl.metadata import Company, names

_sql = SqlTemplates(__package__)

# Placeholder -> column with its value. The message of a stopped run comes last: it may contain braces itself.
_PLACEHOLDERS = (
    ("run", "run"),
    ("since", "since"),
    ("marker", "id"),
    ("load", "load_status"),
    ("read", "read_status"),
    ("message", "message"),
)


@dataclass(frozen=True)
class _InTable:
    name: str
    is_link: bool


def ensure_why_not(connection: Connection, company: Company, schema: str) -> bool:
    """Makes the view where it is missing or was made for other tables; returns whether it was made."""
    statement = _sql("why_not", schema=schema, tables=list(_in_tables(company)), placeholders=_PLACEHOLDERS)
    about = "Why rows are not merged yet, and what to do, row by row"
    return ensure_view(connection, schema, "why_not", statement, about)


def _in_tables(company: Company) -> Iterator[_InTable]:
    for business_object in company.objects:
        if business_object.has_in_table:
            yield _InTable(names.in_table(business_object.code), is_link=False)
    for link in company.in_link_tables():
        yield _InTable(link.name, is_link=True)
