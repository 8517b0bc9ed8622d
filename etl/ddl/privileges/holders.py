"""What other roles hold on the in_ tables: carried over to new columns and tables, and what is missing of it.

Columns are granted one by one (grants.py says why), so a new one would shut out whoever writes rows. A role gets on a
new column what it holds on all the others that a partner writes, and on a new table what it holds on all its siblings;
a role that somebody has given less gets nothing new.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.privileges.grants import Writable, writable
from etl.metadata import Company, names
from etl.quoting import fold, identifier

_sql = SqlTemplates(__package__)

_WRITES = ("insert", "update")
_WHOLE = ("select", "insert", "update", "delete", "truncate")


@dataclass(frozen=True)
class Grant:
    """One statement and what it does, in words."""

    description: str
    sql: str


@dataclass(frozen=True)
class Missing:
    """What `role` (SQL text) cannot do, though it does the like beside it."""

    role: str
    what: str

    @property
    def command(self) -> str:
        """What gives it."""
        if self.role == "public":
            return "grant it as you granted the other columns"
        return f"`etl grants --partner {self.role} --apply`, which also takes away what a partner does not need"


@dataclass(frozen=True)
class _Held:
    """(name of a table or sequence, privilege, role) -> its columns; None: the whole."""

    rights: dict[tuple[str, str, str], frozenset[str] | None]

    @property
    def roles(self) -> list[str]:
        return list(dict.fromkeys(role for _, _, role in self.rights))

    def on_whole(self, name: str, privilege: str, role: str) -> bool:
        return self.rights.get((name, privilege, role), frozenset()) is None

    def on(self, name: str, privilege: str, role: str, columns: Collection[str]) -> frozenset[str]:
        """Those of the columns on which the role has the privilege."""
        held = self.rights.get((name, privilege, role), frozenset())
        return frozenset(columns) if held is None else held & frozenset(columns)


@dataclass(frozen=True)
class _Live:
    """What is there: table -> columns, and the rights on it. `written`: table -> what a partner writes of it."""

    columns: dict[str, frozenset[str]]
    written: dict[str, Writable]
    held: _Held

    @property
    def siblings(self) -> list[str]:
        """Tables of rows and of links that are there."""
        fixed = {fold(names.FILE_STORAGE), fold(names.PROCESS_TRACKING)}
        return [name for name in self.written if name in self.columns and name not in fixed]

    def there(self, name: str) -> frozenset[str]:
        """The columns of a table that a partner writes and that are there."""
        return frozenset(_folded(self.written[name])) & self.columns[name]


def inherited_grants(connection: Connection, company: Company, schema: str) -> list[Grant]:
    """The grants on the columns and tables which a schema still lacks; to be executed when these are made."""
    live = _look(connection, company, schema)
    found: list[Grant] = []
    for name, one in live.written.items():
        for role in live.held.roles:
            rights = _of_columns(live, name, role) if name in live.columns else _of_table(live, name, role)
            listed = ", ".join(rights)
            if listed:
                target = f"{identifier(schema)}.{identifier(one.table)}"
                found.append(Grant(f"grant {listed} on {schema}.{one.table} to {role}", _grant(listed, target, role)))
        if name not in live.columns and one.has_sequence:
            found += _of_sequence(live, schema, one)
    return found


def missing_privileges(connection: Connection, company: Company, schema: str) -> list[Missing]:
    """What roles that write rows cannot write of them."""
    live = _look(connection, company, schema)
    found: list[Missing] = []
    writers = [role for role in live.held.roles if any(_writes(live, name, role) for name in live.siblings)]
    for name, one in live.written.items():
        if name not in live.columns:
            continue
        table = f"{schema}.{one.table}"
        these = [role for role in writers if _writes(live, name, role)]
        for role in these:
            found += [Missing(role, text) for text in _lacking(live, name, role, table)]
        if not these and name in live.siblings:
            found += [Missing(role, f"{role} may not write {table}, as it does other tables") for role in writers[:1]]
    return found


def _look(connection: Connection, company: Company, schema: str) -> _Live:
    written = {fold(one.table): one for one in writable(company)}
    sequences = [one.sequence for one in written.values() if one.has_sequence]
    asked = {"schema": fold(schema), "names": [*written, *sequences]}
    columns = {row.name: frozenset(row.columns) for row in fetch_all(connection, _sql("live_columns"), asked)}
    rights: dict[tuple[str, str, str], frozenset[str] | None] = {}
    for row in fetch_all(connection, _sql("holders"), asked):
        key = (row.name, row.privilege, row.role)
        before = rights.get(key, frozenset())
        is_whole = row.column_name is None or before is None
        rights[key] = None if is_whole else (before or frozenset()) | {row.column_name}
    return _Live(columns, written, _Held(rights))


def _of_columns(live: _Live, name: str, role: str) -> Iterator[str]:
    new = [text for text in live.written[name].columns if _fold(text) not in live.columns[name]]
    for privilege in ("select", *_WRITES) if new else ():
        old = live.columns[name] if privilege == "select" else live.there(name)
        if not live.held.on_whole(name, privilege, role) and old and live.held.on(name, privilege, role, old) == old:
            yield f"{privilege} ({', '.join(new)})"


def _of_table(live: _Live, name: str, role: str) -> Iterator[str]:
    one = live.written[name]
    for privilege in _WHOLE if live.siblings else ():
        if privilege == "truncate" and not one.may_truncate:
            continue
        if all(live.held.on_whole(sibling, privilege, role) for sibling in live.siblings):
            yield privilege
        elif privilege in _WRITES and all(
            live.held.on(sibling, privilege, role, live.there(sibling)) == live.there(sibling)
            for sibling in live.siblings
        ):
            yield f"{privilege} ({', '.join(one.columns)})"


def _of_sequence(live: _Live, schema: str, one: Writable) -> Iterator[Grant]:
    beside = [live.written[name].sequence for name in live.siblings if live.written[name].has_sequence]
    for role in live.held.roles if beside else ():
        if all(live.held.on_whole(sequence, "usage", role) for sequence in beside):
            target = f"sequence {identifier(schema)}.{identifier(one.sequence)}"
            description = f"grant usage on sequence {schema}.{one.sequence} to {role}"
            yield Grant(description, _grant("usage", target, role))


def _grant(rights: str, target: str, role: str) -> str:
    return f"grant {rights} on {target} to {role};"


def _writes(live: _Live, name: str, role: str) -> bool:
    return bool(live.held.on(name, "insert", role, live.there(name)))


def _lacking(live: _Live, name: str, role: str, table: str) -> Iterator[str]:
    columns = live.there(name)
    for privilege in _WRITES:
        held = live.held.on(name, privilege, role, columns)
        lacking = sorted(columns - held)
        if lacking and (held or privilege == "insert"):
            yield f"{role} may not {privilege} {', '.join(lacking)} of {table}, as it does the other columns"
    one = live.written[name]
    if one.has_sequence and not any(live.held.on_whole(one.sequence, right, role) for right in ("usage", "update")):
        yield f"{role} may not use the sequence of {table}, so it cannot insert rows"


def _folded(one: Writable) -> list[str]:
    return [_fold(text) for text in one.columns]


def _fold(text: str) -> str:
    """The catalog's name of a column that is written as SQL."""
    return fold(text.strip('"'))
