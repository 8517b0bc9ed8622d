"""Users with passwords and their roles; tokens of programs. What `etl web user` and `etl web token` do."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from etl.database import Connection, execute, fetch_all
from etl.errors import ConfigurationError
from etl.web.identity.audit import Entry, note_within, shown
from etl.web.identity.passwords import hash_of
from etl.web.identity.principal import EVERY_COMPANY
from etl.web.identity.store import WebStore, sql
from etl.web.roles import Role

_NAME = re.compile(r"[^\W_][\w.@-]{0,99}")
_TOKEN_BYTES = 32
# The address of what was not asked for over HTTP.
_COMMAND = "etl web"


@dataclass(frozen=True)
class User:
    """A user with the roles by company; `last_seen_at` of the sign-ins that have not ended."""

    name: str
    roles: dict[str, Role]
    last_seen_at: datetime | None


@dataclass(frozen=True)
class Token:
    """A token of a program. `company`: "" for all."""

    name: str
    company: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    is_expired: bool


class Users:
    """The users in the schema `etl_web`. `by`: the account of this machine that changes them, for the audit."""

    def __init__(self, store: WebStore, by: str = "") -> None:
        self._store, self._by = store, by

    def add(self, name: str, password: str, role: Role, companies: Sequence[str] = ()) -> None:
        """A new user, or one with another password and role; earlier sign-ins end."""
        kept = {"name": _checked(name), "password_hash": hash_of(password)}
        with self._store.writing() as connection:
            execute(connection, sql("add_user"), kept)
            _set_roles(connection, name, role, companies)
            self._note(connection, "user.add", name, role=role, companies=companies)

    def set_role(self, name: str, role: Role | None, companies: Sequence[str] = ()) -> None:
        """Another role in these companies, or in all; None takes it away. Earlier sign-ins end."""
        with self._store.writing() as connection:
            _refuse_unknown(fetch_all(connection, sql("find_user"), {"name": name}), name)
            _set_roles(connection, name, role, companies)
            self._note(connection, "user.role", name, role=role or "none", companies=companies)

    def remove(self, name: str) -> None:
        """The user, with roles and sign-ins."""
        with self._store.writing() as connection:
            _refuse_unknown([1] * execute(connection, sql("remove_user"), {"name": name}), name)
            self._note(connection, "user.remove", name)

    def all(self) -> list[User]:
        """All users, in order of their names."""
        found: dict[str, User] = {}
        with self._store.reading() as connection:
            for row in fetch_all(connection, sql("list_users")):
                user = found.setdefault(row.name, User(row.name, {}, row.last_seen_at))
                if row.role:
                    user.roles[row.company] = Role(row.role)
        return list(found.values())

    def add_token(self, name: str, role: Role, company: str = EVERY_COMPANY, days: int = 365) -> str:
        """A new token for a program; it is shown once, only its digest is kept."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        values = {"name": _checked(name), "company": company, "role": role, "days": days}
        with self._store.writing() as connection:
            execute(connection, sql("remove_token"), {"name": name})
            execute(connection, sql("add_token"), values | {"token_digest": digest_of(token)})
            self._note(connection, "token.add", name, role=role, companies=[company] if company else [], days=days)
        return token

    def tokens(self) -> list[Token]:
        """All tokens, in order of their names."""
        with self._store.reading() as connection:
            rows = fetch_all(connection, sql("list_tokens"))
        return [Token(**{**row._mapping, "role": Role(row.role)}) for row in rows]

    def remove_token(self, name: str) -> None:
        """The token means nothing from now on."""
        with self._store.writing() as connection:
            if not execute(connection, sql("remove_token"), {"name": name}):
                raise ConfigurationError(f"there is no token {name!r}: `etl web token list` shows all")
            self._note(connection, "token.remove", name)

    def end_sign_ins(self) -> int:
        """Ends all sign-ins, as after a restore; returns how many."""
        with self._store.writing() as connection:
            self._note(connection, "user.end_sign_ins", "")
            return execute(connection, sql("end_all_sessions"))

    def _note(self, connection: Connection, action: str, target: str, **parameters: object) -> None:
        """In the audit, with the change itself. It belongs to no company."""
        given = {
            name: ", ".join(one) if isinstance(one, list | tuple) else str(one) for name, one in parameters.items()
        }
        entry = Entry("", self._by, "", _COMMAND, "", action, target, shown(given, frozenset()))
        note_within(connection, entry, "done", "")


def digest_of(token: str) -> bytes:
    """What is kept of a token or a cookie. It is random, so no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _set_roles(connection: Any, name: str, role: Role | None, companies: Iterable[str]) -> None:
    for company in list(companies) or [EVERY_COMPANY]:
        values = {"name": name, "company": company}
        if role is None:
            execute(connection, sql("remove_role"), values)
        else:
            execute(connection, sql("set_role"), values | {"role": role})
    execute(connection, sql("end_sessions"), {"name": name})


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} cannot be a name: write letters, digits, . @ _ and -, at most 100")
    return name


def _refuse_unknown(found: Sequence[object], name: str) -> None:
    if not found:
        raise ConfigurationError(f"there is no user {name!r}: `etl web user list` shows all")
