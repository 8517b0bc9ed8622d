"""Sign-ins: a random cookie, of which only the digest is kept."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from etl.database import execute, fetch_all
from etl.errors import EnvironmentFault, EtlError
from etl.web.identity.own_sign_ins import OwnSignIns
from etl.web.identity.principal import EVERY_COMPANY, Principal
from etl.web.identity.store import WebStore, sql
from etl.web.identity.users import digest_of
from etl.web.incoming import Incoming
from etl.web.roles import Role

_BYTES = 32
_LONGEST_COOKIE = 100


@dataclass(frozen=True)
class SessionLimits:
    """How long a sign-in lasts without use, and at most."""

    idle_minutes: int = 60
    longest_hours: int = 12


class Sessions:
    """The sign-ins in the schema `etl_web`."""

    def __init__(self, store: WebStore, limits: SessionLimits | None = None) -> None:
        self._store, self._limits = store, limits or SessionLimits()

    def begin(self, user: str, incoming: Incoming) -> str:
        """A new sign-in; returns the value of its cookie. One that the browser had before ends: it may be another's."""
        token = secrets.token_urlsafe(_BYTES)
        values = {
            "token_digest": digest_of(token),
            "user_name": user,
            "address": incoming.address,
            "user_agent": incoming.headers.get("user-agent", ""),
            "longest_hours": self._limits.longest_hours,
        }
        with self._store.writing() as connection:
            execute(connection, sql("end_session"), {"token_digest": digest_of(cookie_value(incoming))})
            execute(connection, sql("add_session"), values)
        return token

    def principal(self, incoming: Incoming) -> Principal | None:
        """The user of the request's cookie, None without a sign-in that still lasts."""
        token = cookie_value(incoming)
        if not token or len(token) > _LONGEST_COOKIE:
            return None
        name, digest = f"etl-web:{incoming.request_id}", digest_of(token)
        with self._store.reading(name) as connection:
            rows = fetch_all(connection, sql("find_session"), {"token_digest": digest, **vars(self._limits)})
        if not rows:
            return None
        if rows[0].is_to_be_noted:
            # On a standby nothing can be written: reading continues.
            with suppress(EnvironmentFault), self._store.writing(name) as connection:
                execute(connection, sql("note_session"), {"token_digest": digest})
        return _principal(rows, digest)

    def followed(self, incomings: Sequence[Incoming]) -> list[Principal | None]:
        """The users of many open pages at once, None for those whose sign-in has ended. That is no use of it."""
        digests = [digest_of(cookie_value(one)) for one in incomings]
        with self._store.reading("etl-web:stream") as connection:
            values = {"token_digests": list(set(digests)), **vars(self._limits)}
            rows = fetch_all(connection, sql("find_followed"), values)
        of_digest: dict[bytes, list[Any]] = {}
        for row in rows:
            of_digest.setdefault(bytes(row.token_digest), []).append(row)
        return [_principal(of_digest.get(digest, []), digest) for digest in digests]

    def of_token(self, incoming: Incoming) -> Principal | None:
        """The program of the request's token, None for one that means nothing."""
        digest = digest_of(incoming.token.get_secret_value())
        with self._store.reading(f"etl-web:{incoming.request_id}") as connection:
            rows = fetch_all(connection, sql("find_token"), {"token_digest": digest})
        return next((Principal(row.name, {row.company or EVERY_COMPANY: Role(row.role)}) for row in rows), None)

    def own(self, principal: Principal) -> OwnSignIns | None:
        """The sign-ins of the one who asks, None for one who has not signed in here."""
        if principal.session is None:
            return None
        return OwnSignIns(self._store, principal.name, principal.session, vars(self._limits))

    def keep_language(self, user: str, language: str) -> None:
        """Notes the language that a user has chosen. Where that cannot be written, the browser alone remembers it."""
        with suppress(EtlError), self._store.writing() as connection:
            execute(connection, sql("set_language"), {"name": user, "language": language})

    def end(self, incoming: Incoming) -> None:
        """A sign-out."""
        with self._store.writing() as connection:
            execute(connection, sql("end_session"), {"token_digest": digest_of(cookie_value(incoming))})


def _principal(rows: Sequence[Any], digest: bytes) -> Principal | None:
    """The user of a sign-in: a row for each role."""
    if not rows:
        return None
    roles = {row.company: Role(row.role) for row in rows if row.role}
    return Principal(rows[0].user_name, roles, rows[0].language, digest)


def cookie_name(incoming: Incoming) -> str:
    """`__Host-` makes browsers refuse the cookie for other hosts, other paths and without TLS."""
    return "__Host-etl" if incoming.is_secure else "etl"


def cookie_value(incoming: Incoming) -> str:
    """The cookie of a sign-in, as it came."""
    return incoming.cookies.get(cookie_name(incoming), "")


def cookie(incoming: Incoming, value: str) -> tuple[str, str]:
    """The header that sets the cookie; an empty value removes it."""
    path = "/; Secure" if incoming.is_secure else (incoming.prefix or "/")
    end = "" if value else "; Max-Age=0"
    return "Set-Cookie", f"{cookie_name(incoming)}={value}; Path={path}; HttpOnly; SameSite=Lax{end}"
