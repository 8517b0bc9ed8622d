"""What a company must be after a sync, computed from what ldapsearch prints of a domain."""

import base64
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fix_directory import Domain

_WANTED = "(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))"
_ATTRIBUTES = (
    *("objectGUID", "sAMAccountName", "sn", "givenName", "displayName", "title"),
    *("userAccountControl", "accountExpires", "memberOf"),
)
_DISABLED = 2
# 2020 in intervals of 100 ns since 1601: the only account of the domain that expires did so before.
_LONG_AGO = 132_000_000_000_000_000


@dataclass(frozen=True)
class Expected:
    """A person, and the first parts of the names of the account's groups."""

    guid: str
    login: str
    surname: str
    name: str | None
    position: str | None
    status: str
    groups: frozenset[str]


def expected(domain: Domain) -> dict[str, Expected]:
    """Login -> person, of all accounts but those with logins of internal users."""
    found = {}
    for block in domain.ldif(_WANTED, *_ATTRIBUTES).split("\n\n"):
        values = _values(block)
        if "sAMAccountName" in values:
            one = _person(values)
            if "@" not in one.login and one.login.lower() != "root":
                found[one.login] = one
    return found


def members(people: Mapping[str, Expected], roles: Mapping[str, str]) -> dict[str, list[str]]:
    """Group of the company -> logins; `roles`: group -> the first part of the name of its group in the domain."""
    return {
        group: sorted(one.login for one in people.values() if role and role in one.groups)
        for group, role in roles.items()
    }


def _values(block: str) -> dict[str, list[bytes]]:
    values: dict[str, list[bytes]] = {}
    for line in filter(None, block.splitlines()):
        name, _, value = line.partition(": ")
        raw = base64.b64decode(value) if name.endswith(":") else value.encode()
        values.setdefault(name.strip(":"), []).append(raw)
    return values


def _person(values: Mapping[str, list[bytes]]) -> Expected:
    def text(attribute: str) -> str | None:
        found = sorted(one.decode().strip() for one in values.get(attribute, ()) if b"\0" not in one)
        return found[0] if found and found[0] else None

    login = text("sAMAccountName") or ""
    surname, name = text("sn"), text("givenName")
    if not surname and not name:
        first, _, rest = (text("displayName") or login).partition(" ")
        surname, name = first, rest.strip() or None
    expires = int(text("accountExpires") or 0)
    is_off = int(text("userAccountControl") or 0) & _DISABLED or 0 < expires < _LONG_AGO
    [guid] = values["objectGUID"]
    return Expected(
        str(uuid.UUID(bytes_le=guid)),
        login,
        surname or "",
        name,
        text("title"),
        "INACTIVE" if is_off else "ACTIVE",
        frozenset(_first_part(one.decode()) for one in values.get("memberOf", ())),
    )


def _first_part(dn: str) -> str:
    """`CN=A\\2C B,OU=…` -> `A, B`."""
    part = re.split(r"(?<!\\),", dn, maxsplit=1)[0].partition("=")[2]
    escapes = re.compile(rb"\\([0-9A-Fa-f]{2})|\\(.)")
    return escapes.sub(lambda one: bytes.fromhex(one[1].decode()) if one[1] else one[2], part.encode()).decode()
