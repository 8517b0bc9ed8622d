"""Sign-ins of the account that reads the directory: one at a time, and a refused password is tried once only."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all, transaction
from etl.errors import EnvironmentFault
from etl.settings import DirectorySettings
from etl.sources.directory.sign_in import AccountRefused

_sql = SqlTemplates(__package__)

_SALT_BYTES: Final = 16
_SPARE_SECONDS: Final = 10
# A refused password may be a good one elsewhere, or tomorrow: what is kept of it must not be guessed quickly.
_N, _R, _P = 1 << 14, 8, 1


@dataclass(frozen=True)
class Refusal:
    """The directory has refused the account, with the settings of `fingerprint`."""

    account: str
    controller: str
    reason: str
    fingerprint: str
    refused_at: datetime

    def is_of(self, settings: DirectorySettings) -> bool:
        """Whether the settings are those that were refused."""
        salt, _, found = self.fingerprint.partition("$")
        return hmac.compare_digest(_key(settings, bytes.fromhex(salt)), found)

    def __str__(self) -> str:
        return f"{self.controller} has refused {self.account} at {self.refused_at:%Y-%m-%d %H:%M:%S} UTC: {self.reason}"


@dataclass(frozen=True)
class OneTry:
    """Guards sign-ins by what the store remembers. `tries_again`: whatever was refused before."""

    engine: sqlalchemy.Engine
    schema: str
    tries_again: bool = False

    @contextmanager
    def __call__(self, settings: DirectorySettings, controller: str) -> Iterator[None]:
        """Around a sign-in. Raises EnvironmentFault instead where the same settings were refused."""
        refused: AccountRefused | None = None
        # A runner that freezes here must not block others for ever.
        longest = {"idle_in_transaction_session_timeout": f"{settings.connect_seconds + _SPARE_SECONDS}s"}
        with transaction(self.engine, **longest) as connection:
            if not _remembers(connection, self.schema):
                yield
                return
            execute(connection, _sql("lock_refusal", schema=self.schema))
            known = read_refusal(connection, self.schema)
            if known and not self.tries_again and known.is_of(settings):
                raise EnvironmentFault(f"{known}; {advice(settings)}")
            try:
                yield
            except AccountRefused as fault:
                if not fault.spends_try:
                    raise
                refused = fault
                self._note(connection, settings, controller, fault.reason)
            else:
                if known:
                    execute(connection, _sql("forget_refusal", schema=self.schema))
        if refused:
            raise refused

    def _note(self, connection: Connection, settings: DirectorySettings, controller: str, reason: str) -> None:
        salt = secrets.token_bytes(_SALT_BYTES)
        values = {
            "account": settings.username,
            "controller": controller,
            "reason": reason,
            "fingerprint": f"{salt.hex()}${_key(settings, salt)}",
        }
        execute(connection, _sql("note_refusal", schema=self.schema), values)


def read_refusal(connection: Connection, schema: str) -> Refusal | None:
    """The refused account; None where it was let in since."""
    if not _remembers(connection, schema):
        return None
    rows = fetch_all(connection, _sql("refusal", schema=schema))
    return Refusal(**rows[0]._mapping) if rows else None


def _remembers(connection: Connection, schema: str) -> bool:
    return bool(fetch_all(connection, _sql("has_refusal", schema=schema))[0].is_there)


def advice(settings: DirectorySettings) -> str:
    """What to do about a refused account."""
    return (
        "it is not tried again, since each try counts towards the lock of the account: correct adUsername or "
        f"adPassword in {settings.path}; if the directory was corrected instead, run etl ad check --try-again"
    )


def _key(settings: DirectorySettings, salt: bytes) -> str:
    parts = (*sorted(settings.hosts), settings.username, settings.password.get_secret_value())
    data = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=_N, r=_R, p=_P, dklen=32).hex()
