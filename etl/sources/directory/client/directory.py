"""A directory as it can be asked: all accounts or an error, all groups, the schema."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import Final, TypeVar

import ldap
from ldap.controls import SimplePagedResultsControl
from ldap.filter import escape_filter_chars

from etl.errors import EnvironmentFault, TransientFault
from etl.settings import DirectorySettings
from etl.sources.directory.account import Account, account_of, guid_of
from etl.sources.directory.client.connection import connect, refusal_of
from etl.sources.directory.client.faults import translated
from etl.sources.directory.filters import GROUPS, any_guid, users_filter
from etl.sources.directory.groups import Group, Groups, group_of
from etl.sources.directory.mapping import read_attributes
from etl.sources.directory.names import same_name
from etl.sources.directory.ranges import whole
from etl.sources.directory.sign_in import SignInGuard

# How often a read whose connection is lost begins again, each time from its first page.
_READS: Final = 3
_OF_GROUPS: Final = ("objectGUID", "objectSid", "memberOf")
_OF_THE_ROOT: Final = ("defaultNamingContext", "schemaNamingContext")

Attributes = Mapping[str, Sequence[bytes]]
Made = TypeVar("Made")


@contextmanager
def connected(settings: DirectorySettings, guard: SignInGuard) -> Iterator["OpenDirectory"]:
    """A signed-in directory, closed at the end."""
    directory = OpenDirectory(settings, guard)
    try:
        yield directory
    finally:
        directory.close()


class OpenDirectory:
    """etl.sources.directory.access.Directory by python-ldap."""

    def __init__(self, settings: DirectorySettings, guard: SignInGuard) -> None:
        self._settings, self._guard = settings, guard
        self._connection, self.host = connect(settings, guard)

    def close(self) -> None:
        """The connection may be lost already, or closed: then the library has no object for it any more."""
        with suppress(ldap.LDAPError, AttributeError):
            self._connection.unbind_ext()

    def prove_base(self) -> None:
        with self._translated("the base cannot be read"):
            self._asked(self._settings.base, ldap.SCOPE_BASE, "(objectClass=*)", ("objectClass",))

    def unknown_attributes(self, names: Collection[str]) -> list[str]:
        known = set[str]()
        alternatives = "".join(f"(lDAPDisplayName={escape_filter_chars(name)})" for name in names)
        with self._translated("the schema cannot be read"):
            schema = self._root("schemaNamingContext")
            for _, found in self._asked(
                schema, ldap.SCOPE_ONELEVEL, f"(&(objectClass=attributeSchema)(|{alternatives}))", ("lDAPDisplayName",)
            ):
                known |= {value.decode().lower() for value in whole(found, self._none)["ldapdisplayname"]}
        return [name for name in names if name.lower() not in known]

    def accounts(self) -> list[Account]:
        filter_, attributes = users_filter(self._settings.user_filter), read_attributes(self._settings)
        return self._read(lambda: self._settings.base, filter_, attributes, account_of, "accounts cannot be read")

    def find(self, login: str) -> Account | None:
        wanted = escape_filter_chars(login)
        filter_ = f"(&{users_filter(self._settings.user_filter)}(sAMAccountName={wanted}))"
        attributes = read_attributes(self._settings)
        found = self._read(lambda: self._settings.base, filter_, attributes, account_of, "an account cannot be read")
        if len(found) > 1:
            raise EnvironmentFault(f"{len(found)} accounts below {self._settings.base} have the login {login!r}")
        return found[0] if found else None

    def refusal_of(self, dn: str, password: str) -> str:
        return refusal_of(self._settings, self.host, dn, password)

    def dns_of(self, guids: Collection[str]) -> dict[str, str]:
        if not guids:
            return {}
        found = self._read(
            self._domain, any_guid(guids), ("objectGUID",), _guid_and_dn, "accounts cannot be looked for"
        )
        return dict(found)

    def groups(self) -> Groups:
        return Groups(tuple(self._read(self._domain, GROUPS, _OF_GROUPS, group_of, "groups cannot be read")))

    def _domain(self) -> str:
        return self._root("defaultNamingContext")

    def groups_of(self, account: Account, *, nested: bool) -> Groups:
        found = dict[str, Group]()
        seen = set[str]()
        waiting = list(account.member_of)
        while waiting:
            asked = {same_name(dn): dn for dn in waiting if same_name(dn) not in seen}
            seen |= set(asked)
            read = self._retried("groups cannot be read", partial(self._groups_named, tuple(asked.values())))
            found |= {group.dn: group for group in read}
            waiting = [dn for group in read for dn in group.member_of] if nested else []
        return Groups(tuple(found.values()))

    def _groups_named(self, names: Sequence[str]) -> list[Group]:
        """The groups of these DNs; all are asked for before the first answer is waited for."""
        numbers = [self._connection.search_ext(dn, ldap.SCOPE_BASE, GROUPS, list(_OF_GROUPS)) for dn in names]
        found = list[Group]()
        for number in numbers:
            # One of another domain, or that was deleted meanwhile, is none.
            with suppress(ldap.NO_SUCH_OBJECT, ldap.REFERRAL, ldap.INVALID_DN_SYNTAX):
                _, entries, _, _ = self._connection.result3(number, timeout=self._settings.read_seconds)
                for dn, attributes in _without_referrals(entries):
                    found.append(group_of(dn, whole(attributes, partial(self._attribute, dn))))
        return found

    def _read(
        self,
        base: Callable[[], str],
        filter_: str,
        attributes: Collection[str],
        make: Callable[[str, Attributes], Made],
        doing: str,
    ) -> list[Made]:
        """All entries. A read is never continued on another connection, since pages belong to theirs."""

        def read() -> list[Made]:
            return [
                make(dn, whole(found, partial(self._attribute, dn)))
                for dn, found in self._pages(base(), filter_, attributes)
            ]

        return self._retried(doing, read)

    def _retried(self, doing: str, read: Callable[[], list[Made]]) -> list[Made]:
        """A whole read, again on a new connection where the connection is lost."""
        for attempt in range(1, _READS + 1):
            try:
                with self._translated(doing):
                    return read()
            except TransientFault:
                if attempt == _READS:
                    raise
                self.close()
                self._connection, self.host = connect(self._settings, self._guard)
        raise AssertionError

    def _pages(self, base: str, filter_: str, attributes: Collection[str]) -> Iterator[tuple[str, Attributes]]:
        page = SimplePagedResultsControl(True, size=self._settings.page_size, cookie="")
        while True:
            number = self._connection.search_ext(
                base, ldap.SCOPE_SUBTREE, filter_, list(attributes), serverctrls=[page]
            )
            _, entries, _, controls = self._connection.result3(number, timeout=self._settings.read_seconds)
            yield from _without_referrals(entries)
            answers = [one for one in controls if one.controlType == SimplePagedResultsControl.controlType]
            if not answers:
                raise EnvironmentFault(f"{self.host} ends an answer without saying whether it is whole")
            page.cookie = answers[0].cookie
            if not page.cookie:
                return

    def _asked(self, base: str, scope: int, filter_: str, attributes: Collection[str]) -> list[tuple[str, Attributes]]:
        """The entries of a question that is answered at once."""
        number = self._connection.search_ext(base, scope, filter_, list(attributes))
        _, entries, _, _ = self._connection.result3(number, timeout=self._settings.read_seconds)
        return list(_without_referrals(entries))

    def _attribute(self, dn: str, name: str) -> Attributes:
        """One attribute of one entry."""
        [(_, attributes)] = self._asked(dn, ldap.SCOPE_BASE, "(objectClass=*)", (name,)) or [("", {})]
        return attributes

    def _root(self, name: str) -> str:
        """A name that the controller says of itself."""
        [value] = self._attribute("", name).get(name, ()) or [b""]
        if not value:
            raise EnvironmentFault(f"{self.host} is no domain controller: it does not say {name}")
        return value.decode()

    def _none(self, name: str) -> Attributes:
        return {}

    def _translated(self, doing: str) -> AbstractContextManager[None]:
        return translated(doing, self._settings, self.host)


def _guid_and_dn(dn: str, attributes: Attributes) -> tuple[str, str]:
    return guid_of(dn, attributes), dn


def _without_referrals(entries: list[tuple[str | None, Attributes]]) -> Iterator[tuple[str, Attributes]]:
    """A search of the whole domain also names other controllers, in entries without a DN."""
    return ((dn, attributes) for dn, attributes in entries if dn is not None)
