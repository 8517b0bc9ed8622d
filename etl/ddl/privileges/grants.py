"""Company and role -> the statements that grant the role what its work needs, and revoke the rest.

Which columns a partner writes follows from the vendor's lists of columns: identity, data, `removed`, the status (to
offer a corrected row again), of the marker what the customer's side fills. What the run writes is the run's alone.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from etl.database import SqlTemplates
from etl.metadata import Company, names
from etl.quoting import fold, identifier

_sql = SqlTemplates(__package__)

READ_BY_PARTNER: Final = (
    *("comparison", "err", "last_migration_state", "migration_receipt", "process_difference", "why_not"),
)
"""What the engine keeps beside the in_ tables for the partner to read."""
_ROW: Final = ("in_id", "out_id", "in_status", "removed")
# A field SINGLE keeps its newest link: by `inserted_date` a partner says which one that is.
_LINK: Final = ("in_status", "inserted_date", "removed")
# `uploaded` offers a content again that was corrected under the same id.
_FILE: Final = ("file_id", "file_name", "mime_type", "content", "uploaded")
_MARKER: Final = ("oper_date", "start_load_time", "end_load_time", "load_status", "migrate_cur_date")
_EXPECTED: Final = ("in_table", "full_set", "compare", "rows", "column_name", "column_sum")
_COMPARE: Final = ("in_table", "in_id", "hash")
LATER_WRITTEN: Final = (names.PROCESS_EXPECTED, names.PROCESS_COMPARE)
"""Tables that a partner writes, and that schemas of older versions lack until their DDL is applied."""


@dataclass(frozen=True)
class Script:
    """Statements with a heading; `notes`: what was left out, and why."""

    heading: str
    statements: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join([f"-- {self.heading}", *self.statements, *(f"-- {note}" for note in self.notes)])


@dataclass(frozen=True)
class Writable:
    """What a partner writes of a table; `columns` are SQL text, `fields` are those of them that the metadata names.

    `owner`: of a link table, the table of the object that has the field.
    """

    table: str
    columns: tuple[str, ...]
    has_sequence: bool
    may_truncate: bool = True
    fields: tuple[str, ...] = ()
    owner: str = ""

    @property
    def sequence(self) -> str:
        """The sequence of its ids."""
        return f"{fold(self.table)}_id_seq"


def partner_script(company: Company, schema: str, role: str, present: Collection[str] | None = None) -> Script:
    """A partner's least privilege on the import schema.

    `present` are the relations that the schema has; then all earlier privileges of the role are revoked first.
    None: the schema is a fresh one, and what only a first run makes is left out.
    """
    there = [name for name in READ_BY_PARTNER if present is not None and name in present]
    missing = [name for name in READ_BY_PARTNER if name not in there]
    lacks = [name for name in LATER_WRITTEN if present is not None and name not in present]
    tables = [one for one in writable(company) if one.table not in lacks]
    text = _sql.text("partner", schema=schema, role=role, tables=tables, read=there, is_fresh=present is None)
    notes = [f"{schema}.{name} is not there: `etl generate-ddl --apply` makes it" for name in lacks]
    notes += [f"{schema}.{name} comes with the first run: then `etl grants` gives select on it" for name in missing]
    return Script(
        f"{role} fills the in_ tables, hands over, and reads what became of the rows", _lines(text), tuple(notes)
    )


def reader_script(
    schemas: Iterable[str], role: str, engine: str, present: Collection[str], what: str = "out_ tables"
) -> Script:
    """Select on the existing schemas, and by default on tables that the engine's role will make in them."""
    asked = list(schemas)
    texts = (_sql.text("reader", schema=name, role=role, engine=engine) for name in asked if name in present)
    notes = tuple(f"schema {name} is not there yet: ask again when it is" for name in asked if name not in present)
    return Script(f"{role} reads the {what}", tuple(line for text in texts for line in _lines(text)), notes)


def console_script(schemas: Iterable[str], role: str, engine: str, *, own: str = "") -> Script:
    """Select on existing schemas, and by default on what the engine's role will make in the database; in the schema
    `own` of the console also what signing in and the audit write."""
    text = _sql.text("console", schemas=list(schemas), role=role, engine=engine, own=own)
    note = f"an administrator lets it see sessions and locks: grant pg_read_all_stats to {identifier(role)}"
    return Script(f"{role} reads what the console shows", _lines(text), (note,))


def administrator_script(roles: Iterable[str], present: Collection[str], database: str, *, is_open: bool) -> Script:
    """The roles that are missing, without login: a person or a service is made their member, or gets a password.

    `is_open`: PUBLIC may connect to the database, PostgreSQL's default.
    """
    missing = [role for role in roles if role not in present]
    notes = tuple(f"role {role} is there" for role in roles if role in present)
    text = _sql.text("roles", roles=missing, database=database, is_open=is_open)
    return Script("For an administrator who may make roles", _lines(text), notes)


def writable(company: Company) -> Iterator[Writable]:
    """Every in_ table of a company, with what a partner writes of it."""
    for bo in company.objects:
        if bo.has_in_table:
            data = tuple(identifier(field.code) for field in bo.loaded_fields)
            yield Writable(names.in_table(bo.code), (*_ROW, *data), has_sequence=True, fields=data)
    for link in company.in_link_tables():
        ends = (identifier(link.owner_column), identifier(link.target_column))
        owner = names.in_table(link.bo.code) if link.bo.has_in_table else ""
        yield Writable(link.name, (*ends, *_LINK), has_sequence=False, owner=owner)
    yield Writable(names.FILE_STORAGE, _FILE, has_sequence=False)
    yield Writable(names.PROCESS_TRACKING, _MARKER, has_sequence=True, may_truncate=False)
    yield Writable(names.PROCESS_EXPECTED, _EXPECTED, has_sequence=True, may_truncate=False)
    yield Writable(names.PROCESS_COMPARE, _COMPARE, has_sequence=False)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line and not line.startswith("--"))
