"""The sign-ins of one user, as that user sees and ends them."""

from dataclasses import dataclass, field
from datetime import datetime

from etl.database import execute, fetch_all
from etl.web.identity.store import WebStore, sql


@dataclass(frozen=True)
class SignIn:
    """A sign-in that lasts. `is_current`: the one that asks."""

    id: int
    address: str
    user_agent: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_current: bool


@dataclass(frozen=True)
class OwnSignIns:
    """`digest`: of the cookie that asks; `limits`: how long a sign-in lasts, as the statements take it."""

    store: WebStore = field(repr=False)
    user: str
    digest: bytes = field(repr=False)
    limits: dict[str, int]

    def all(self) -> list[SignIn]:
        """Those that last, the one that asks first, then those used last; a hundred at most."""
        values = {"user_name": self.user, "token_digest": self.digest, **self.limits}
        with self.store.reading() as connection:
            return [SignIn(**row._mapping) for row in fetch_all(connection, sql("list_sign_ins"), values)]

    def end(self, number: int) -> bool:
        """Ends one; returns whether the user has it."""
        with self.store.writing() as connection:
            return execute(connection, sql("end_sign_in"), {"id": number, "user_name": self.user}) == 1

    def end_others(self) -> int:
        """Ends all but the one that asks; returns how many."""
        values = {"user_name": self.user, "token_digest": self.digest}
        with self.store.writing() as connection:
            return execute(connection, sql("end_other_sign_ins"), values)
