"""The directory of the configuration, as a sync reads it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from etl.database import server_time, transaction
from etl.engine.directory.sync import DirectorySource
from etl.engine.runtime import Runtime
from etl.settings import DirectorySettings
from etl.sources.directory import (
    Account,
    Directory,
    Groups,
    SignInGuard,
    open_directory,
    person_values,
    refuse_unknown,
    same_name,
)
from etl.sources.directory.fields import person_fields, refuse_unusable
from etl.sources.directory.people.values import AD_GUID, EMAIL, STATUS, Entry, SyncRules, Vanished
from etl.sources.directory.read import DirectoryRead
from etl.sources.directory.stored.projection import project
from etl.sources.directory.stored.sign_ins import OneTry

_DECIDED = (EMAIL, STATUS, AD_GUID)


def directory_source(runtime: Runtime) -> DirectorySource:
    """The directory of the settings with its rules; raises what `reader_of` does."""
    settings = runtime.settings.directory
    reader = reader_of(runtime)
    rules = SyncRules(
        manages_groups=bool(settings.group_field),
        keeps_manual_groups=settings.keeps_manual_groups,
        vanished=Vanished(settings.vanished),
        status_active=settings.status_active,
        status_inactive=settings.status_inactive,
        access_level=settings.access_level_new,
        max_vanished_share=settings.max_vanished_share,
        max_leave_share=settings.max_leave_share,
        max_blanked_share=runtime.settings.in_migration.max_blanked_share,
    )
    seen = project(runtime.company, reader.fields, settings.group_field)
    return DirectorySource(reader, seen, rules, same_name)


def reader_of(runtime: Runtime) -> "SettingsReader":
    """Raises ConfigurationError where no directory is named, and with every fault that the metadata show."""
    settings = runtime.settings.directory
    refuse_unusable(settings, runtime.company)
    known = person_fields(runtime.company)

    def clock() -> datetime:
        with transaction(runtime.store_engine) as connection:
            return server_time(connection)

    fields = tuple(code for code in settings.attributes if code in known)
    return SettingsReader(settings, fields, clock, guard_of(runtime))


def guard_of(runtime: Runtime, *, tries_again: bool = False) -> SignInGuard:
    """Lets a refused password be tried once only, by all who sign in."""
    return OneTry(runtime.store_engine, runtime.store.schema, tries_again)


@dataclass(frozen=True)
class SettingsReader:
    """Reads the directory of the settings; `fields`: codes of Person whose values come from attributes."""

    settings: DirectorySettings
    fields: tuple[str, ...]
    clock: Callable[[], datetime]
    guard: SignInGuard

    def read_all(self) -> DirectoryRead:
        """All accounts and groups; raises where one of them cannot be read whole."""
        with self.opened() as directory:
            return directory.read_all()

    def read_one(self, login: str) -> DirectoryRead:
        """The account of a login, if it is below the base and matches the filter."""
        with self.opened() as directory:
            return directory.read_one(login)

    def dns_of(self, guids: Collection[str]) -> Mapping[str, str]:
        """GUID -> DN of these accounts, wherever they are in the domain; without those that are not there."""
        with open_directory(self.settings, self.guard) as directory:
            return directory.dns_of(guids)

    @contextmanager
    def opened(self) -> Iterator["OpenedReader"]:
        """One connection for several questions."""
        with open_directory(self.settings, self.guard) as directory:
            refuse_unknown(directory, self.settings)
            yield OpenedReader(directory, self)


@dataclass(frozen=True)
class OpenedReader:
    """The same while the connection is open."""

    directory: Directory
    reader: SettingsReader

    def read_all(self) -> DirectoryRead:
        directory = self.directory
        accounts = directory.accounts()
        return self._read(accounts, directory.groups() if self.reader.settings.group_field else Groups(()))

    def read_one(self, login: str) -> DirectoryRead:
        settings, found = self.reader.settings, self.directory.find(login)
        if found is None:
            return self._read([], Groups(()))
        nested = settings.has_nested_groups
        groups = self.directory.groups_of(found, nested=nested) if settings.group_field else Groups(())
        return self._read([found], groups)

    def dns_of(self, guids: Collection[str]) -> Mapping[str, str]:
        return self.directory.dns_of(guids)

    def find(self, login: str) -> Account | None:
        return self.directory.find(login)

    def refusal_of(self, account: Account, password: str) -> str:
        """Why an account is refused with a password that is not empty, "" if it is not."""
        return self.directory.refusal_of(account.dn, password)

    def _read(self, accounts: Sequence[Account], groups: Groups) -> DirectoryRead:
        now = self.reader.clock()
        return DirectoryRead(
            [self._entry(one, groups, now) for one in accounts],
            self.directory.host,
            {same_name(group.dn): group.guid for group in groups.listed},
            groups.primary(accounts),
            tuple(f"{one.login or one.dn}: {bad.attribute} {bad.reason}" for one in accounts for bad in one.bad_values),
        )

    def _entry(self, account: Account, groups: Groups, now: datetime) -> Entry:
        settings = self.reader.settings
        names = groups.names_of(account, nested=settings.has_nested_groups) if settings.group_field else ()
        values = person_values(account, settings, self.reader.fields, now)
        return Entry(
            account.guid,
            account.login,
            account.dn,
            {code: value for code, value in values.items() if code not in _DECIDED},
            not account.is_inactive(now),
            frozenset(names),
        )
