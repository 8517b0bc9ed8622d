"""What other roles hold on the in_ tables: carried over to new columns and tables, and what is missing of it.

Columns are granted one by one (grants.py says why), so a new one would shut out roles that write rows. A role gets on a
new column what it holds on all the others that a partner writes, and, if it inserts rows with all fields, on a new
field what it holds on all fields. It gets on a new table what it holds on all its siblings, or for links on all tables
of the object that has the field. A role that was granted less gets nothing new.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.privileges.grants import LATER_WRITTEN, Writable, writable
from etl.metadata import Company, names
from etl.quoting import fold, identifier

_sql = SqlTemplates(__package__)

_WRITES = ("insert", "update")
_WHOLE = ("select", "insert", "update", "delete", "truncate")
_TO_GRANT = " with grant option"


@dataclass(frozen=True)
class Grant:
    description: str
    sql: str


@dataclass(frozen=True)
class Missing:
    """What `role` (SQL text) may not do, although it may on similar tables or columns; `sql` is the statement that
    grants it."""

    role: str
    what: str
    sql: str

    @property
    def command(self) -> str:
        """The command or statement that grants it; `etl grants` takes no role whose name needs quotes."""
        if self.role == "public" or self.role.startswith('"'):
            return self.sql
        return f"`etl grants --partner {self.role} --apply`, which also takes away what a partner does not need"


@dataclass(frozen=True)
class _Held:
    """(name of a table or sequence, privilege, role) -> its columns; None: the whole.

    What a role may grant to others stands there as a privilege of its own: "insert with grant option".
    """

    privileges: dict[tuple[str, str, str], frozenset[str] | None]

    @property
    def roles(self) -> list[str]:
        return list(dict.fromkeys(role for _, _, role in self.privileges))

    def on_whole(self, name: str, privilege: str, role: str) -> bool:
        return self.privileges.get((name, privilege, role), frozenset()) is None

    def on(self, name: str, privilege: str, role: str, columns: Collection[str]) -> frozenset[str]:
        """Those of the columns on which the role has the privilege."""
        held = self.privileges.get((name, privilege, role), frozenset())
        return frozenset(columns) if held is None else held & frozenset(columns)


@dataclass(frozen=True)
class _Live:
    """The existing objects: table -> columns, and the privileges on it. `written`: table -> what a partner writes of
    it."""

    columns: dict[str, frozenset[str]]
    written: dict[str, Writable]
    held: _Held

    @property
    def siblings(self) -> list[str]:
        """Existing tables of rows and of links."""
        fixed = {fold(one) for one in (names.FILE_STORAGE, names.PROCESS_TRACKING, *LATER_WRITTEN)}
        return [name for name in self.written if name in self.columns and name not in fixed]

    def there(self, name: str) -> frozenset[str]:
        """The existing columns of a table that a partner writes."""
        return frozenset(map(_fold, self.written[name].columns)) & self.columns[name]

    def fields(self, name: str) -> frozenset[str]:
        """Those of them that the metadata names."""
        return frozenset(map(_fold, self.written[name].fields)) & self.columns[name]

    def family(self, name: str) -> list[str]:
        """For a link table: the tables of rows and links of the object that has the field; none for others."""
        owner = self.written[name].owner
        if not owner:
            return []
        return [one for one in self.siblings if one == fold(owner) or self.written[one].owner == owner]

    def holds(self, name: str, privilege: str, role: str, columns: Collection[str]) -> bool:
        """Whether a role has the privilege on all of the columns, of which there must be one."""
        return bool(columns) and self.held.on(name, privilege, role, columns) == frozenset(columns)


def inherited_grants(connection: Connection, company: Company, schema: str) -> list[Grant]:
    """The grants on the columns and tables which a schema still lacks; to be executed when these are made."""
    live = _read_live(connection, company, schema)
    found: list[Grant] = []
    for name, one in live.written.items():
        for role in live.held.roles:
            privileges = _of_columns(live, name, role) if name in live.columns else _of_table(live, name, role)
            found += _grants(privileges, schema, one.table, role)
        if name not in live.columns and one.has_sequence:
            found += _of_sequence(live, schema, one)
    return found


def missing_privileges(connection: Connection, company: Company, schema: str) -> list[Missing]:
    """The columns and tables that roles that write rows may not write."""
    live = _read_live(connection, company, schema)
    found: list[Missing] = []
    writers = [role for role in live.held.roles if any(_writes(live, name, role) for name in live.siblings)]
    for name in live.written:
        if name not in live.columns:
            continue
        these = [role for role in writers if _writes(live, name, role)]
        for role in these:
            found += _lacking(live, name, role, schema)
        if name in live.siblings:
            found += [_shut_out(live, name, role, schema) for role in _expected(live, name, writers, these)]
    return found


def _expected(live: _Live, name: str, writers: list[str], these: list[str]) -> list[str]:
    """Roles that write all other tables of an object, one link table at least, but not this link table; one of all
    writers if no role writes the table.
    """
    others = [sibling for sibling in live.family(name) if sibling != name]
    has_links = any(live.written[sibling].owner for sibling in others)
    found = [
        role
        for role in writers
        if has_links and role not in these and all(_writes(live, sibling, role) for sibling in others)
    ]
    return found if these or found else writers[:1]


def _shut_out(live: _Live, name: str, role: str, schema: str) -> Missing:
    table = f"{schema}.{live.written[name].table}"
    target = f"{identifier(schema)}.{identifier(live.written[name].table)}"
    return Missing(
        role,
        f"{role} may not write {table}, as it does other tables",
        _grant("select, insert, update, delete", target, role),
    )


def _read_live(connection: Connection, company: Company, schema: str) -> _Live:
    written = {fold(one.table): one for one in writable(company)}
    sequences = [one.sequence for one in written.values() if one.has_sequence]
    asked = {"schema": fold(schema), "names": [*written, *sequences]}
    columns = {row.name: frozenset(row.columns) for row in fetch_all(connection, _sql("live_columns"), asked)}
    privileges: dict[tuple[str, str, str], frozenset[str] | None] = {}
    for row in fetch_all(connection, _sql("holders"), asked):
        for privilege in (row.privilege, row.privilege + _TO_GRANT) if row.is_grantable else (row.privilege,):
            key = (row.name, privilege, row.role)
            before = privileges.get(key, frozenset())
            is_whole = row.column_name is None or before is None
            privileges[key] = None if is_whole else (before or frozenset()) | {row.column_name}
    return _Live(columns, written, _Held(privileges))


def _of_columns(live: _Live, name: str, role: str) -> Iterator[tuple[str, str]]:
    """(privilege, "" or _TO_GRANT) on the columns that a table lacks."""
    one = live.written[name]
    new = [text for text in one.columns if _fold(text) not in live.columns[name]]
    of_fields = [text for text in new if text in one.fields]
    fields = live.fields(name)
    inserts = live.holds(name, "insert", role, fields | {"in_id"}) and bool(fields)
    for privilege in ("select", *_WRITES) if new else ():
        if live.held.on_whole(name, privilege, role):
            continue
        all_of_it = live.columns[name] if privilege == "select" else live.there(name)
        for columns, beside in ((new, all_of_it), (of_fields, fields if inserts else frozenset[str]())):
            if columns and live.holds(name, privilege, role, beside):
                option = _TO_GRANT if live.holds(name, privilege + _TO_GRANT, role, beside) else ""
                yield f"{privilege} ({', '.join(columns)})", option
                break


def _of_table(live: _Live, name: str, role: str) -> Iterator[tuple[str, str]]:
    """(privilege, "" or _TO_GRANT) on a table that is missing."""
    one = live.written[name]
    groups = [group for group in (live.siblings, live.family(name)) if group]
    for privilege in _WHOLE:
        if privilege == "truncate" and not one.may_truncate:
            continue
        for option in (_TO_GRANT, ""):
            held = privilege + option
            if any(all(live.held.on_whole(beside, held, role) for beside in group) for group in groups):
                yield privilege, option
                break
            if privilege in _WRITES and any(
                all(live.holds(beside, held, role, live.there(beside)) for beside in group) for group in groups
            ):
                yield f"{privilege} ({', '.join(one.columns)})", option
                break


def _of_sequence(live: _Live, schema: str, one: Writable) -> Iterator[Grant]:
    beside = [live.written[name].sequence for name in live.siblings if live.written[name].has_sequence]
    for role in live.held.roles if beside else ():
        for option in (_TO_GRANT, ""):
            if all(live.held.on_whole(sequence, "usage" + option, role) for sequence in beside):
                target = f"sequence {identifier(schema)}.{identifier(one.sequence)}"
                description = f"grant usage on sequence {schema}.{one.sequence} to {role}{option}"
                yield Grant(description, _grant("usage", target, role, option))
                break


def _grants(privileges: Iterator[tuple[str, str]], schema: str, table: str, role: str) -> Iterator[Grant]:
    """A statement for what the role gets, and one for what it may grant to others."""
    listed: defaultdict[str, list[str]] = defaultdict(list)
    for held, option in privileges:
        listed[option].append(held)
    target = f"{identifier(schema)}.{identifier(table)}"
    for option, of_it in listed.items():
        text = ", ".join(of_it)
        yield Grant(f"grant {text} on {schema}.{table} to {role}{option}", _grant(text, target, role, option))


def _grant(privileges: str, target: str, role: str, option: str = "") -> str:
    return f"grant {privileges} on {target} to {role}{option};"


def _writes(live: _Live, name: str, role: str) -> bool:
    return bool(live.held.on(name, "insert", role, live.there(name)))


def _lacking(live: _Live, name: str, role: str, schema: str) -> Iterator[Missing]:
    one = live.written[name]
    columns = live.there(name)
    table, target = f"{schema}.{one.table}", f"{identifier(schema)}.{identifier(one.table)}"
    for privilege in _WRITES:
        held = live.held.on(name, privilege, role, columns)
        lacking = sorted(columns - held)
        if lacking and (held or privilege == "insert"):
            texts = ", ".join(sorted((text for text in one.columns if _fold(text) in lacking), key=_fold))
            what = f"{role} may not {privilege} {', '.join(lacking)} of {table}, as it does the other columns"
            yield Missing(role, what, _grant(f"{privilege} ({texts})", target, role))
    if one.has_sequence and not any(live.held.on_whole(one.sequence, held, role) for held in ("usage", "update")):
        what = f"{role} may not use the sequence of {table}, so it cannot insert rows"
        yield Missing(role, what, _grant("usage", f"sequence {identifier(schema)}.{identifier(one.sequence)}", role))


def _fold(text: str) -> str:
    """The catalog's name of a column that is written as SQL."""
    return fold(text.strip('"'))
