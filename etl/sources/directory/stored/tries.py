"""How often passwords are tried at login: fewer times than lock an account, by all processes together."""

import hashlib
from dataclasses import dataclass

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_one, transaction

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Tries:
    """At most `most` tries without a right password; the next one is welcome `minutes` after the last of them."""

    engine: sqlalchemy.Engine
    schema: str
    most: int
    minutes: int

    def take(self, login: str) -> int:
        """Counts a try, before the directory is asked; or the seconds until the next one, and nothing is counted."""
        values = {"login": _digest(login), "most": self.most, "minutes": self.minutes}
        with transaction(self.engine) as connection:
            if execute(connection, _sql("take_try", schema=self.schema), values):
                return 0
            row = fetch_one(connection, _sql("wait_of_tries", schema=self.schema), values)
        return row.seconds if row else 1

    def give_back(self, login: str) -> None:
        """The directory did not check the password."""
        with transaction(self.engine) as connection:
            execute(connection, _sql("return_try", schema=self.schema), {"login": _digest(login)})

    def forget(self, login: str) -> None:
        """The password was right."""
        with transaction(self.engine) as connection:
            execute(connection, _sql("forget_tries", schema=self.schema), {"login": _digest(login)})

    def clean(self, connection: Connection) -> None:
        """Forgets tries that count no more."""
        execute(connection, _sql("clean_tries", schema=self.schema), {"minutes": self.minutes})


def _digest(login: str) -> str:
    """Of a login as it compares; users sometimes type their password there."""
    return hashlib.sha256(login.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()
