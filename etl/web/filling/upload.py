"""An upload as the spool keeps it: who sent what, what its check has found, whether it was loaded."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from etl.web.roles import Role


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class FilledTable(_Kept):
    """A table that an upload fills, as its check found it: `rows` fit, `rejected` do not, `known` keys are there
    already, `repeated` rows have the key of an earlier one."""

    source: str
    table: str
    columns: tuple[str, ...]
    rows: int
    rejected: int
    rounded: int
    known: int
    repeated: int


class Check(_Kept):
    """A check of all rows. `error`: why nothing could be checked; `is_cancelled`: someone did not want to wait."""

    id: str
    ended_at: datetime
    tables: tuple[FilledTable, ...] = ()
    error: str = ""
    is_cancelled: bool = False


class Load(_Kept):
    """A load that was begun. `transaction`: its number in the database, by which the server knows whether it was
    committed; `is_committed` notes the answer."""

    transaction: str
    rows: int
    is_handed_over: bool
    begun_at: datetime
    is_committed: bool = False


class Step(StrEnum):
    """How far an upload has come."""

    CHECKING = "checking"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CHECKED = "checked"
    UNSURE = "unsure"
    LOADED = "loaded"


class Upload(_Kept):
    """`file_name`: what its sender calls it, never a path; `stored`: its name in the spool, one of ours; `digest`:
    SHA-256 in hexadecimal digits; `role`: that of its owner; `table`: "" for those that file or sheets are named after.
    """

    token: str
    company: str
    owner: str
    role: Role
    file_name: str
    stored: str
    bytes: int
    digest: str
    received_at: datetime
    table: str = ""
    sheet: str = ""
    encoding: str = "utf-8"
    delimiter: str = ""
    check: Check | None = None
    load: Load | None = None

    @property
    def step(self) -> Step:
        """How far it has come; UNSURE: the server has to be asked whether its load was committed."""
        if self.load:
            return Step.LOADED if self.load.is_committed else Step.UNSURE
        if self.check is None:
            return Step.CHECKING
        if self.check.error:
            return Step.FAILED
        return Step.CANCELLED if self.check.is_cancelled else Step.CHECKED

    @property
    def rows(self) -> int:
        """Rows that fit."""
        return sum(one.rows for one in self.check.tables) if self.check else 0

    @property
    def rejected(self) -> int:
        """Rows that do not fit."""
        return sum(one.rejected for one in self.check.tables) if self.check else 0
