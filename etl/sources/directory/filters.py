"""LDAP filters: which accounts are read, and which attributes a filter names (RFC 4515)."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

# Users of the directory, without contacts, computers, and accounts of services that it manages itself; then without
# Administrator, Guest and krbtgt.
USERS: Final = "(&(sAMAccountType=805306368)(!(isCriticalSystemObject=TRUE)))"
GROUPS: Final = "(objectCategory=group)"

_ATTRIBUTE: Final = re.compile(r"\(\s*([A-Za-z][A-Za-z0-9-]*)[^()=~<>:]*(?::[^()=]*)?[~<>]?=")


def users_filter(user_filter: str) -> str:
    """The filter of all accounts that are read."""
    return f"(&{USERS}{user_filter})" if user_filter else USERS


def any_guid(guids: Iterable[str]) -> str:
    """The filter of the entries with one of these objectGUIDs."""
    values = ("".join(f"\\{byte:02x}" for byte in UUID(guid).bytes_le) for guid in guids)
    return f"(|{''.join(f'(objectGUID={value})' for value in values)})"


def named_attributes(text: str) -> tuple[str, ...]:
    """The attributes that a filter names, each once."""
    return tuple(dict.fromkeys(_ATTRIBUTE.findall(text)))
