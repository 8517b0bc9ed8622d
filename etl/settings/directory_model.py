"""The settings of Active Directory that other packages receive: frozen, complete and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr

from etl.settings.schedule import Schedule


class Encryption(StrEnum):
    """How a connection is encrypted. NONE with a Kerberos ticket is encrypted by that."""

    NONE = "none"
    START_TLS = "StartTLS"
    LDAPS = "LDAPS"


@dataclass(frozen=True)
class DirectorySettings:
    """How a directory is read, and what becomes of an account; units are in the names."""

    # Empty: there is no directory.
    hosts: tuple[str, ...]
    port: int
    encryption: Encryption
    # Path; empty: the authorities of the system.
    ca_file: str
    # Whether the account signs in by a Kerberos ticket instead of its password.
    uses_kerberos: bool
    username: str
    password: SecretStr
    base: str
    # With its parentheses; empty: all accounts of users.
    user_filter: str
    page_size: int
    connect_seconds: int
    read_seconds: int
    # Field of Person -> attribute.
    attributes: Mapping[str, str]
    # Field of PersonGroup; empty: groups have no members from the directory.
    group_field: str
    has_nested_groups: bool
    keeps_manual_groups: bool
    # deactivate, remove or keep.
    vanished: str
    # Percent.
    max_vanished_share: int
    max_leave_share: int
    login_wait_seconds: int
    # Wrong passwords of one login until it waits.
    login_tries: int
    login_tries_minutes: int
    # Empty: none.
    access_level_new: str
    status_active: str
    status_inactive: str
    # When all users are brought.
    schedule: Schedule
    # The configuration text to name in errors.
    path: str

    @property
    def is_used(self) -> bool:
        return bool(self.hosts)

    @property
    def sends_open_password(self) -> bool:
        """Whether others on the network can read the password."""
        return self.encryption is Encryption.NONE and not self.uses_kerberos
