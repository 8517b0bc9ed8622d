"""A user signs in by the directory: the password is checked there, then the user is synchronized."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from etl.engine.directory.opened import OpenedReader, directory_source, reader_of
from etl.engine.directory.outcome import SyncOutcome
from etl.engine.directory.sync import prepare_for_people, sync_one, tries_of
from etl.engine.hold import refuse_on_hold
from etl.engine.runtime import Runtime
from etl.errors import EtlError
from etl.sources.directory import Account
from etl.sources.directory.people.values import Entry
from etl.sources.directory.read import DirectoryRead

_log = logging.getLogger("AdMigration")
_roles_log = logging.getLogger("tracer_ad_1")

_LONGEST: Final = 256
# With the right password only: the account is disabled, or has expired.
_SWITCHED_OFF: Final = ("data 533", "data 701")
# With the right password too, but no reason to synchronize: it must be changed, or it is not the hour or place.
_RIGHT_PASSWORD: Final = (*_SWITCHED_OFF, "data 530", "data 531", "data 532", "data 773")


class TooManyTries(EtlError):
    """Too many wrong passwords of one login: the directory is not asked, and the account there is not locked."""

    exit_code = 75

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong passwords of this login: try again in {-(-seconds // 60)} minutes")
        self.seconds = seconds


@dataclass(frozen=True)
class Login:
    """Whether a user is let in. `login`: as the directory writes it, "" where it does not know the account; `reason` is
    for the log, never for the user, whom every refusal tells the same."""

    is_let_in: bool
    login: str = ""
    reason: str = ""
    outcome: SyncOutcome | None = None


def login(runtime: Runtime, typed: str, password: str) -> Login:
    """Checks a password and synchronizes the user. Raises TooManyTries after `adLoginTries` wrong passwords of one
    login, also of one that is unknown; EnvironmentFault where the directory is away; and what `sync_one` raises: what
    was known before lets no user in."""
    found = _login(runtime, typed, password)
    if not found.is_let_in:
        # What was typed may be a password: only a login that the directory knows is written.
        _log.info("%s is refused: %s", f"login {found.login!r}" if found.login else "a login", found.reason)
    return found


def _login(runtime: Runtime, typed: str, password: str) -> Login:
    if not password.strip() or "\x00" in password:
        return Login(False, reason="the password is empty or has a zero byte")
    name = typed.rpartition("\\")[2]
    if not name.strip() or "\x00" in name or len(name) > _LONGEST:
        return Login(False, reason="the login is empty, too long, or has a zero byte")
    if "@" in name:
        return Login(False, reason="a login with @ is that of an internal user")
    source = directory_source(runtime)
    refuse_on_hold(runtime)
    prepare_for_people(runtime, source)
    with reader_of(runtime).opened() as opened:
        account = opened.find(name)
        refusal = _tried(runtime, opened, account, name, password)
        if account is None:
            return Login(False, reason="no account below adBase that matches adUserFilter has this login")
        if refusal and not any(code in refusal for code in _SWITCHED_OFF):
            return Login(False, account.login, refusal)
        user = _OneUser(opened)
        seconds = runtime.settings.directory.login_wait_seconds
        outcome = sync_one(
            runtime, replace(source, directory=user), account.login, wait_seconds=seconds, is_prepared=True
        )
    if user.entry is None or user.entry.guid != account.guid:
        return Login(False, account.login, "the account is another one now", outcome)
    if refusal or not user.entry.is_active:
        return Login(False, account.login, refusal or "the account is disabled or has expired", outcome)
    if outcome.left_out:
        return Login(False, account.login, outcome.left_out[0].reason, outcome)
    return Login(True, account.login, outcome=outcome)


def _tried(runtime: Runtime, opened: OpenedReader, account: Account | None, name: str, password: str) -> str:
    """Why the directory refuses the password, "" if it does not. Counted before it is asked, so that tries at the same
    time are no more; unknown logins as well, or the limit would tell which ones are known."""
    tries, counted = tries_of(runtime), account.login if account else name
    if seconds := tries.take(counted):
        raise TooManyTries(seconds)
    if account is None:
        return ""
    try:
        refusal = opened.refusal_of(account, password)
    except EtlError:
        tries.give_back(counted)
        raise
    if not refusal or any(code in refusal for code in _RIGHT_PASSWORD):
        tries.forget(counted)
    return refusal


@dataclass
class _OneUser:
    """The directory as the sync after a right password reads it; `entry`: the user, as read last."""

    opened: OpenedReader
    entry: Entry | None = field(default=None, init=False)

    def read_all(self) -> DirectoryRead:
        return self.opened.read_all()

    def dns_of(self, guids: Collection[str]) -> Mapping[str, str]:
        return self.opened.dns_of(guids)

    def read_one(self, login: str) -> DirectoryRead:
        read = self.opened.read_one(login)
        self.entry = next(iter(read.entries), None)
        if self.entry:
            roles = "; ".join(sorted(self.entry.roles)) or "none"
            _roles_log.debug("%s has the roles %s", self.entry.login, roles)
        return read
