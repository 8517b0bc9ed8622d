"""The values of a plan: kinds, chunks, tasks."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a task does. In the vendor's log are BEGIN, MIGRATE_SINGLE_FIELDS, MIGRATE_IN_MIGRATED_AT,
    FIX_PROCESS_TRACKING, COPY_ERR, RUN_PROCESSES (here: brings the out_ tables up to date) and NOP (a barrier)."""

    BEGIN = "BEGIN"
    CLAIM = "CLAIM"
    PLAN = "PLAN"
    UPLOAD_FILES = "UPLOAD_FILES"
    MIGRATE_DEPENDENT_ROWS = "MIGRATE_DEPENDENT_ROWS"
    MIGRATE_SINGLE_FIELDS = "MIGRATE_SINGLE_FIELDS"
    MIGRATE_BO_LINKS = "MIGRATE_BO_LINKS"
    MIGRATE_CO_LINKS = "MIGRATE_CO_LINKS"
    MAKE_INDEXES = "MAKE_INDEXES"
    MIGRATE_IN_MIGRATED_AT = "MIGRATE_IN_MIGRATED_AT"
    FIX_PROCESS_TRACKING = "FIX_PROCESS_TRACKING"
    COPY_ERR = "COPY_ERR"
    FILL_OUT = "FILL_OUT"
    RUN_PROCESSES = "RUN_PROCESSES"
    NOTIFY = "NOTIFY"
    NOP = "NOP"


# They merge a part of the rows that can be set aside while the other tasks continue.
CHUNKED = frozenset(
    {Kind.MIGRATE_DEPENDENT_ROWS, Kind.MIGRATE_SINGLE_FIELDS, Kind.MIGRATE_BO_LINKS, Kind.MIGRATE_CO_LINKS}
)
# They merge rows.
MERGING = CHUNKED | {Kind.UPLOAD_FILES, Kind.MIGRATE_IN_MIGRATED_AT}
# Any runner may perform them; all other kinds are performed by the run's owner only.
SHARED = MERGING | {Kind.CLAIM}

# No page of PostgreSQL has as many rows (a line number has 16 bits).
LINES_IN_A_PAGE = 1 << 16


@dataclass(frozen=True)
class Chunk:
    """A part of a table, `first <= position < after`; None is open. Positions are ids of in_ rows, or of link rows,
    which have no id, their ctids as numbers (see `ctid_number`), or of an out_ table to fill, the numbers of its parts.
    `rows` is how many claimed rows it held when it was planned."""

    rows: int
    first: int | None = None
    after: int | None = None

    def bounds(self, *, are_ctids: bool) -> dict[str, object]:
        """The values of `:first` and `:after` in statements: numbers, or ctids as PostgreSQL writes them."""
        both = {"first": self.first, "after": self.after}
        if not are_ctids:
            return dict(both)
        return {
            name: None if at is None else f"({at // LINES_IN_A_PAGE},{at % LINES_IN_A_PAGE})"
            for name, at in both.items()
        }


def ctid_number(page: int, line: int = 0) -> int:
    """The ctid of a link row as one number, in the same order."""
    return page * LINES_IN_A_PAGE + line


@dataclass(frozen=True)
class Claimed:
    """The chunks of one in_ table in order, claimed or to be claimed. Without rows there is no chunk.

    `in_any_order`: rows of two chunks never meet, so these may be merged side by side.
    """

    table: str
    rows: int
    chunks: tuple[Chunk, ...] = ()
    in_any_order: bool = False


@dataclass(frozen=True)
class Task:
    """A unit of a run's work. Tasks of one stage may run side by side; a stage starts when the one before is done.

    Tasks of a stage with the same `serial_key` run one after the other, in their order.
    """

    seq: int
    stage: int
    kind: Kind
    title: str
    table: str = ""
    chunk: Chunk | None = None
    serial_key: str = ""

    @property
    def part(self) -> Chunk:
        """Its chunk; a task without one has an empty chunk."""
        return self.chunk or Chunk(rows=0)
