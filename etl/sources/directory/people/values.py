"""The values on both sides of a sync: entries of the directory, people and groups of the store, and the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EMAIL: Final = "email"
STATUS: Final = "status"
AD_GUID: Final = "adGuid"
ACCESS_LEVEL: Final = "accessLevel"

ACTUAL: Final = "ACTUAL"
REMOVED: Final = "REMOVED"
_ROOT: Final = "root"


class Vanished(StrEnum):
    """What happens to a person who is not in a complete read."""

    DEACTIVATE = "deactivate"
    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True)
class SyncRules:
    """What the configuration says of a sync. `manages_groups`: memberships follow the directory; `keeps_manual_groups`
    spares groups without a role. `access_level` is given at creation only. Shares are percent, None of any share."""

    manages_groups: bool = False
    keeps_manual_groups: bool = False
    vanished: Vanished = Vanished.DEACTIVATE
    status_active: str = "ACTIVE"
    status_inactive: str = "INACTIVE"
    access_level: str = "ACCESS_ALLOWED"
    max_vanished_share: int = 10
    max_leave_share: int = 30
    max_blanked_share: int | None = None


@dataclass(frozen=True)
class Entry:
    """A user of the directory. `guid` is the objectGUID as lower-case text with dashes; `values` are the mapped fields
    of Person, without those that the sync decides; `roles` the normalized DNs of all his groups."""

    guid: str
    login: str
    dn: str = ""
    values: Mapping[str, str | None] | None = None
    is_active: bool = True
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StoredPerson:
    """A person of the store. `values`: by code, choices by their codes. `guid` to `is_vanished` are what the last syncs
    noted; `guid` is "" where none has met this person."""

    instance: str
    state: str
    values: Mapping[str, str | None]
    guid: str = ""
    login: str = ""
    dn: str = ""
    status_written: str = ""
    is_vanished: bool = False

    @property
    def email(self) -> str:
        return self.values.get(EMAIL) or ""

    @property
    def known_guid(self) -> str:
        """His objectGUID, "" for one whom the directory does not own."""
        return self.guid or (self.values.get(AD_GUID) or "").strip().lower()

    @property
    def status(self) -> str:
        return self.values.get(STATUS) or ""

    @property
    def is_internal(self) -> bool:
        """Whether he is registered in the platform itself: his e-mail address is one, or he is root."""
        return "@" in self.email or self.email.casefold() == _ROOT


@dataclass(frozen=True)
class StoredGroup:
    """A group of the store with the instances of its members. `role` is the normalized DN, "" where it has none;
    `is_held`: its role has another DN in the directory now, so its memberships wait for a correction."""

    instance: str
    role: str = ""
    members: frozenset[str] = frozenset()
    is_held: bool = False


@dataclass(frozen=True)
class StoredState:
    """What the store has when a sync is planned."""

    people: Sequence[StoredPerson]
    groups: Sequence[StoredGroup] = ()


def login_fault(login: str) -> str:
    """Why a login cannot be that of a person from the directory; "" if it can."""
    if not login.strip():
        return "the login is empty"
    if "@" in login:
        return "the login contains @, as only those of internal people do"
    if login.strip().casefold() == _ROOT:
        return "the login is that of the internal person root"
    if "\x00" in login:
        return "the login contains a zero byte"
    return ""
