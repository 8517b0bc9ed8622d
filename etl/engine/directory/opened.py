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
    open_directory,
    person_values,
    refuse_unknown,
    same_name,
)
from etl.sources.directory.fields import person_fields, refuse_unusable
from etl.sources.directory.people.values import AD_GUID, EMAIL, STATUS, Entry, SyncRules, Vanished
from etl.sources.directory.read import DirectoryRead
from etl.sources.directory.stored.projection import project

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

    return SettingsReader(settings, tuple(code for code in settings.attributes if code in known), clock)


@dataclass(frozen=True)
class SettingsReader:
    """Reads the directory of the settings; `fields`: codes of Person whose values come from attributes."""

    settings: DirectorySettings
    fields: tuple[str, ...]
    clock: Callable[[], datetime]

    def read_all(self) -> DirectoryRead:
        """All accounts and groups; raises where one of them cannot be read whole."""
        with self._opened() as directory:
            return self._read(directory, directory.accounts())

    def read_one(self, login: str) -> DirectoryRead:
        """The account of a login, if it is below the base and matches the filter."""
        with self._opened() as directory:
            found = directory.find(login)
            return self._read(directory, [found] if found else [])

    def dns_of(self, guids: Collection[str]) -> Mapping[str, str]:
        """GUID -> DN of these accounts, wherever they are in the domain; without those that are not there."""
        with open_directory(self.settings) as directory:
            return directory.dns_of(guids)

    def check_password(self, login: str, password: str) -> tuple[Entry | None, str]:
        """The account of a login, None where there is none, and why it is refused with this password, "" if not."""
        with self._opened() as directory:
            found = directory.find(login)
            if found is None:
                return None, ""
            [entry] = self._read(directory, [found]).entries
            return entry, directory.refusal_of(found.dn, password)

    @contextmanager
    def _opened(self) -> Iterator[Directory]:
        with open_directory(self.settings) as directory:
            refuse_unknown(directory, self.settings)
            yield directory

    def _read(self, directory: Directory, accounts: Sequence[Account]) -> DirectoryRead:
        groups = directory.groups() if self.settings.group_field else Groups(())
        now = self.clock()
        return DirectoryRead(
            [self._entry(one, groups, now) for one in accounts],
            directory.host,
            {same_name(group.dn): group.guid for group in groups.listed},
            groups.primary(accounts),
            tuple(f"{one.login or one.dn}: {bad.attribute} {bad.reason}" for one in accounts for bad in one.bad_values),
        )

    def _entry(self, account: Account, groups: Groups, now: datetime) -> Entry:
        names = groups.names_of(account, nested=self.settings.has_nested_groups) if self.settings.group_field else ()
        values = person_values(account, self.settings, self.fields, now)
        return Entry(
            account.guid,
            account.login,
            account.dn,
            {code: value for code, value in values.items() if code not in _DECIDED},
            not account.is_inactive(now),
            frozenset(names),
        )
