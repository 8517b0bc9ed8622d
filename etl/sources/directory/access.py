"""The way into a directory: what can be asked, without a word about the library that asks."""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from etl.errors import ConfigurationError, Problem
from etl.settings import DirectorySettings
from etl.sources.directory.account import Account
from etl.sources.directory.groups import Groups
from etl.sources.directory.mapping import needed_attributes
from etl.sources.directory.sign_in import SignInGuard


class Directory(Protocol):
    """One signed-in connection. Every method raises EnvironmentFault or TransientFault rather than answer in part."""

    @property
    def host(self) -> str:
        """The controller that answers."""

    def prove_base(self) -> None:
        """Raises unless the base is there."""

    def unknown_attributes(self, names: Collection[str]) -> list[str]:
        """Those that the schema lacks: the directory itself never says that an attribute is unknown."""

    def accounts(self) -> list[Account]:
        """All accounts below the base that match the filter."""

    def find(self, login: str) -> Account | None:
        """The account of a login below the base that matches the filter, written as a user types it. Raises
        EnvironmentFault where several match."""

    def refusal_of(self, dn: str, password: str) -> str:
        """Why an account is refused with this password, on a connection of its own; empty if it is not. An empty
        password would sign in without an account and be accepted: it must not come here."""

    def dns_of(self, guids: Collection[str]) -> dict[str, str]:
        """GUID -> DN of these accounts, wherever they are in the domain; without those that are not there."""

    def groups(self) -> Groups:
        """All groups of the domain."""

    def groups_of(self, account: Account, *, nested: bool) -> Groups:
        """The groups of one account, with `nested` those above them too; none of others is read."""


def refuse_unknown(directory: Directory, settings: DirectorySettings) -> None:
    """Raises unless the base and all attributes of the settings are there: a directory is silent about attributes that
    it does not have, and a read would not be whole."""
    directory.prove_base()
    if unknown := directory.unknown_attributes(needed_attributes(settings)):
        message = f"the directory has no attribute {unknown[0]}: correct adUserFilter or the adAttribute. lines"
        raise ConfigurationError(Problem(message, settings.path))


def unguarded(settings: DirectorySettings, controller: str) -> AbstractContextManager[None]:
    """Lets every sign-in through."""
    return nullcontext()


def open_directory(settings: DirectorySettings, guard: SignInGuard = unguarded) -> AbstractContextManager[Directory]:
    """Connects to the first controller that can be reached, and signs in. Raises ConfigurationError if the library is
    missing, TransientFault if none can be reached, AccountRefused if the account is refused, and what the guard
    does."""
    from etl.sources.directory.client import connected

    return connected(settings, guard)
