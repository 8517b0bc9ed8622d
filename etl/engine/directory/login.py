"""A user signs in by the directory: the password is checked there, then the user is synchronized."""

import logging
from dataclasses import dataclass
from typing import Final

from etl.engine.directory.opened import directory_source, reader_of
from etl.engine.directory.outcome import SyncOutcome
from etl.engine.directory.sync import sync_one
from etl.engine.runtime import Runtime

_log = logging.getLogger("AdMigration")
_roles_log = logging.getLogger("tracer_ad_1")

_LONGEST: Final = 256
# With the right password only: the account is disabled, or has expired.
_SWITCHED_OFF: Final = ("data 533", "data 701")


@dataclass(frozen=True)
class Login:
    """Whether a user is let in. `login`: as the directory writes it, "" where it does not know the account; `reason` is
    for the log, never for the user, whom every refusal tells the same."""

    is_let_in: bool
    login: str = ""
    reason: str = ""
    outcome: SyncOutcome | None = None


def login(runtime: Runtime, typed: str, password: str) -> Login:
    """Checks a password and synchronizes the user. Raises EnvironmentFault where the directory is away, and what
    `sync_one` raises: what was known before lets no user in."""
    found = _login(runtime, typed, password)
    if not found.is_let_in:
        _log.info("login %r is refused: %s", typed[:_LONGEST], found.reason)
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
    entry, refusal = reader_of(runtime).check_password(name, password)
    if entry is None:
        return Login(False, reason="no account below adBase that matches adUserFilter has this login")
    if refusal and not any(code in refusal for code in _SWITCHED_OFF):
        return Login(False, entry.login, refusal)
    _roles_log.debug("%s has the roles %s", entry.login, "; ".join(sorted(entry.roles)) or "none")
    seconds = runtime.settings.directory.login_wait_seconds
    outcome = sync_one(runtime, source, entry.login, wait_seconds=seconds)
    if refusal or not entry.is_active:
        return Login(False, entry.login, refusal or "the account is disabled or has expired", outcome)
    if outcome.left_out:
        return Login(False, entry.login, outcome.left_out[0].reason, outcome)
    return Login(True, entry.login, outcome=outcome)
