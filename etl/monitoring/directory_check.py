"""`etl ad check`: a directory is asked as a synchronization would ask it; nothing is written."""

import os
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from etl.database import SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine import Runtime, has_store, open_runtime, read_configuration
from etl.engine.directory import guard_of, known_people
from etl.errors import ConfigurationError, EtlError
from etl.metadata import names
from etl.monitoring.directory_vanished import check_vanished
from etl.monitoring.finding import Finding, error, ok, warning
from etl.quoting import fold
from etl.settings import DirectorySettings, Encryption
from etl.sources.directory import (
    Account,
    Directory,
    Groups,
    SignInGuard,
    needed_attributes,
    open_directory,
    person_values,
    refuse_unknown,
    same_name,
    unguarded,
)
from etl.sources.directory.certificates import bare, end_of_certificate
from etl.sources.directory.fields import GROUP, person_fields, refuse_unusable
from etl.sources.directory.groups import unparsed
from etl.sources.directory.people.values import login_fault

_sql = SqlTemplates(__package__)

_SOON: Final = timedelta(days=30)
_SAMPLES: Final = 5
# How many of a kind a message names.
_NAMED: Final = 5


def check_directory(
    url: str, company: str | None, environ: Mapping[str, str] = os.environ, *, tries_again: bool = False
) -> Iterator[Finding]:
    """Yields the findings; stops early where the rest depends on what is wrong. Raises ConfigurationError for faults of
    the configuration. `tries_again`: signs in although the same account and password were refused before."""
    settings, found = read_configuration(url, company, environ)
    directory = settings.directory
    refuse_unusable(directory, found)
    yield ok("configuration", f"{directory.path}: accounts below {directory.base}")
    yield from _check_encryption(directory)
    yield from _check_controllers(directory)
    groups, accounts = Groups(()), list[Account]()
    with ExitStack() as stack:
        runtime = _opened_runtime(stack, url, company, environ)
        guard = _guard(runtime, tries_again=tries_again)
        try:
            with open_directory(directory, guard) as opened:
                yield ok("sign in", f"{directory.username or 'the Kerberos ticket'} at {opened.host}")
                yield from _check_schema(opened, directory)
                accounts, groups = opened.accounts(), opened.groups()
                vanished = list(check_vanished(_known(runtime), accounts, opened, directory.path))
        except ConfigurationError:
            raise
        except EtlError as fault:
            yield error("directory", str(fault), "settle what the message names, then check again")
            return
        yield from _check_accounts(accounts, directory)
        yield from vanished
        yield from _samples(accounts, directory, person_fields(found))
        if directory.group_field:
            yield from _check_groups(runtime, directory, groups, accounts)


def _opened_runtime(stack: ExitStack, url: str, company: str | None, environ: Mapping[str, str]) -> Runtime | EtlError:
    """The runtime until the stack ends, or why it cannot be opened: the directory is checked without it, too."""
    try:
        return stack.enter_context(open_runtime(url, company, environ))
    except EtlError as fault:
        return fault


def _guard(runtime: Runtime | EtlError, *, tries_again: bool) -> SignInGuard:
    """By what the store remembers; a check continues without one that is away."""
    if isinstance(runtime, EtlError):
        return unguarded
    try:
        with read_only_transaction(runtime.store_engine):
            return guard_of(runtime, tries_again=tries_again)
    except EtlError:
        return unguarded


def _check_encryption(settings: DirectorySettings) -> Iterator[Finding]:
    if settings.sends_open_password:
        found = f"none: the password of {settings.username} travels readable"
        yield warning("encryption", found, f"set useSSL=true or adStartTls=true in {settings.path}")
    elif settings.uses_kerberos:
        yield ok("encryption", "by Kerberos")
    else:
        yield ok("encryption", f"{settings.encryption}, port {settings.port}")


def _check_controllers(settings: DirectorySettings) -> Iterator[Finding]:
    """Each controller, also those that are only asked when others are away."""
    report = warning if len(settings.hosts) > 1 else error
    for host in settings.hosts:
        what, where = f"controller {host}", f"port {settings.port}"
        try:
            addresses = {str(one[4][0]) for one in socket.getaddrinfo(bare(host), None, proto=socket.IPPROTO_TCP)}
        except OSError as fault:
            yield report(what, f"its name is not known: {fault.strerror}", f"correct adHost in {settings.path}")
            continue
        try:
            yield _of_connection(what, ", ".join(sorted(addresses)), settings, host)
        except ssl.SSLCertVerificationError as fault:
            do = "let adCaFile name the authority of this certificate, and adHost a name that stands in it"
            yield error(what, f"the certificate is refused: {fault.verify_message}", do)
        except OSError as fault:
            do = f"start it, open {where} in firewalls, or correct adHost and adPort in {settings.path}"
            yield report(what, f"{where}: {fault.strerror or fault}", do)


def _of_connection(what: str, addresses: str, settings: DirectorySettings, host: str) -> Finding:
    if settings.encryption is Encryption.NONE:
        socket.create_connection((bare(host), settings.port), settings.connect_seconds).close()
        return ok(what, f"{addresses}, port {settings.port} is open")
    end = end_of_certificate(settings, host)
    left = end - datetime.now(UTC)
    found = f"{addresses}, its certificate is good for {left.days} days"
    return warning(what, found, "have it renewed in time") if left <= _SOON else ok(what, found)


def _check_schema(opened: Directory, settings: DirectorySettings) -> Iterator[Finding]:
    refuse_unknown(opened, settings)
    yield ok("base", f"{settings.base}; the directory has all {len(needed_attributes(settings))} attributes")


def _check_accounts(accounts: list[Account], settings: DirectorySettings) -> Iterator[Finding]:
    if not accounts:
        do = f"correct adBase or adUserFilter in {settings.path}, or let {settings.username} read the accounts there"
        yield error("accounts", "0: a synchronization takes no empty answer", do)
        return
    now = datetime.now(UTC)
    inactive = sum(account.is_inactive(now) for account in accounts)
    yield ok("accounts", f"{len(accounts):,}, of which {inactive:,} are disabled or have expired")
    if left_out := [f"{account.dn}: {why}" for account in accounts if (why := login_fault(account.login))]:
        yield warning(
            "left out", _some(left_out), "give these accounts another login, or leave them out by adUserFilter"
        )
    bad = [f"{account.login}: {one.attribute} {one.reason}" for account in accounts for one in account.bad_values]
    if bad:
        yield warning("skipped values", _some(bad), "correct these values in the directory")


def _known(runtime: Runtime | EtlError) -> Mapping[str, str]:
    """Whom syncs have met; none where the store cannot be read, which the check of groups and `etl check` report."""
    if isinstance(runtime, EtlError):
        return {}
    try:
        return known_people(runtime)
    except EtlError:
        return {}


def _samples(accounts: Iterable[Account], settings: DirectorySettings, fields: Iterable[str]) -> Iterator[Finding]:
    now, codes = datetime.now(UTC), tuple(fields)
    for account in islice((one for one in accounts if not login_fault(one.login)), _SAMPLES):
        values = person_values(account, settings, codes, now)
        yield ok(f"sample {account.login}", ", ".join(f"{code}={value or ''}" for code, value in values.items()))


def _check_groups(
    runtime: Runtime | EtlError, settings: DirectorySettings, groups: Groups, accounts: list[Account]
) -> Iterator[Finding]:
    try:
        if isinstance(runtime, EtlError):
            raise runtime
        roles = _roles(runtime)
    except EtlError as fault:
        yield error("groups", str(fault), "start the server, or correct its settings: the store has the working groups")
        return
    if not roles:
        field = f"{GROUP}.{settings.group_field}"
        yield warning("groups", f"no working group has a value in {field}", "write the DN of a group of the directory")
        return
    yield from _check_roles(roles, groups, accounts, nested=settings.has_nested_groups)


def _check_roles(
    roles: list[tuple[str, str]], groups: Groups, accounts: list[Account], *, nested: bool
) -> Iterator[Finding]:
    counts: dict[str, int] = {}
    for account in accounts:
        for name in groups.names_of(account, nested=nested):
            counts[name] = counts.get(name, 0) + 1
    primary = groups.primary(accounts)
    odd = set(unparsed(role for _, role in roles))
    for group, role in roles:
        what, name = f"group {group}", same_name(role)
        members = counts.get(name, 0)
        if role in odd:
            do = "write its distinguishedName"
            yield warning(what, f"{role} is no DN, so it is compared as text: {members:,} accounts", do)
        elif not members and groups.find(role) is None:
            yield warning(what, f"the directory has no group {role}", "correct it, or it gets no members from there")
        elif alone := primary.get(name):
            found = f"{role} is the primary group of {alone:,} accounts, which do not count as its members"
            yield warning(what, found, "name another group, or give these accounts another primary group")
        else:
            yield ok(what, f"{role}: {members:,} accounts")


def _roles(runtime: Runtime) -> list[tuple[str, str]]:
    """Name and DN of the working groups that have one; none without a store."""
    golden, role = names.store_table(GROUP), runtime.settings.directory.group_field
    schema = runtime.store.schema
    with read_only_transaction(runtime.store_engine) as connection:
        if not has_store(connection, runtime):
            return []
        there = relations(connection, schema, [golden]).get(fold(golden))
        if there is None or fold(role) not in there.columns:
            return []
        rows = fetch_all(connection, _sql("group_roles", store_schema=schema, golden=golden, role=role), {})
        return [(str(row.name), str(row.role)) for row in rows]


def _some(texts: list[str]) -> str:
    rest = len(texts) - _NAMED
    return f"{len(texts):,}: " + "; ".join(texts[:_NAMED]) + (f"; and {rest:,} more" if rest > 0 else "")
