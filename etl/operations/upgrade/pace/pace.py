"""When the fill of a large table pauses: on an operator's word, while others work, and while WAL waits for someone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from getpass import getuser
from socket import gethostname
from typing import Any, Final, TypeVar

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all, part_states, transaction
from etl.engine import Runtime
from etl.errors import ConfigurationError
from etl.quoting import printable
from etl.store import STORE, Holds

_sql = SqlTemplates(__package__)

Done = TypeVar("Done")

FULL_SPEED: Final = 100
# While others work in the database, the fill does for a third of the time at most.
_BESIDE_OTHERS: Final = 33
_LONGEST_PAUSE: Final = 30.0
_POLL_SECONDS: Final = 1.0
# As much WAL may wait to be archived, or for a standby, before the fill waits too.
_MOST_WAL: Final = 1024**3


@dataclass(frozen=True)
class Pace:
    """What an operator has said: `speed` is the share of the time that a fill may work, in percent."""

    is_paused: bool = False
    speed: int = FULL_SPEED
    changed_by: str = ""
    changed_at: datetime | None = None

    def __str__(self) -> str:
        """After "the fill is"."""
        since = f" since {self.changed_at:%F %T %Z} by {printable(self.changed_by)}" if self.changed_at else ""
        if self.is_paused:
            return f"paused{since}: `etl upgrade resume` ends that"
        if self.speed < FULL_SPEED:
            return f"limited to {self.speed} % of the time{since}"
        return f"not limited{since}"


def read_pace(connection: Connection, schema: str) -> Pace:
    """The pace that the store notes; full speed where none was said."""
    [state] = part_states(connection, schema, [STORE])
    if not state.has("fill_pace"):
        return Pace()
    rows = fetch_all(connection, _sql("read_pace", schema=schema))
    return Pace(**rows[0]._mapping) if rows else Pace()


def set_pace(runtime: Runtime, *, is_paused: bool | None = None, speed: int | None = None) -> Pace:
    """Pauses or resumes fills, or says how fast they may be; a fill that is under way obeys after its window. Raises
    ConfigurationError where there is no store yet, or one of before."""
    schema = runtime.store.schema
    by = f"{getuser()} on {gethostname()}"[:128]
    with transaction(runtime.store_engine) as connection:
        [state] = part_states(connection, schema, [STORE])
        state.refuse_writing(is_upgrade=True)
        if not state.has("fill_pace"):
            raise ConfigurationError(f"the store {schema} has no such tables yet: `etl upgrade start` makes them")
        execute(connection, _sql("set_pace", schema=schema), {"is_paused": is_paused, "speed": speed, "changed_by": by})
        return read_pace(connection, schema)


def waiting_wal(connection: Connection) -> list[str]:
    """What more WAL would make worse, for people: an archive that takes none, a slot or a standby that is behind."""
    rows = fetch_all(connection, _sql("wal_kept"))
    return [_described(row) for row in rows if row.is_failing or row.bytes > _MOST_WAL]


def _described(row: Any) -> str:
    if row.is_failing:
        return f"WAL is not archived: archive_command or archive_library has failed at {row.failed_at:%F %T %Z}"
    if row.kind == "archive":
        return f"{_mib(row.bytes)} of WAL wait to be archived"
    if row.kind == "standby":
        return f"the standby {printable(row.name)} is {_mib(row.bytes)} of WAL behind"
    return f"the replication slot {printable(row.name)} keeps {_mib(row.bytes)} of WAL for its reader"


def _mib(number: int) -> str:
    return f"{number // 1024**2:,} MiB"


def _pace_and_reasons(connection: Connection, schema: str) -> tuple[Pace, list[str]]:
    """The pace, and why an operator lets the fill wait: it is paused, or the company is on hold."""
    pace = read_pace(connection, schema)
    reasons = [str(pace)] if pace.is_paused else []
    return pace, reasons + [str(one) for one in Holds(schema).all(connection) if not one.host]


def waits_for(runtime: Runtime) -> list[str]:
    """Why a fill waits now, or would wait; in the databases of import and store."""
    with transaction(runtime.store_engine) as connection:
        _, found = _pace_and_reasons(connection, runtime.store.schema)
    for engine in dict.fromkeys((runtime.store_engine, runtime.engine)):
        with transaction(engine) as connection:
            found += waiting_wal(connection)
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Pacing:
    """Lets a fill in `engine` proceed window by window. `show` is called with why it waits, whenever that changes."""

    store_engine: sqlalchemy.Engine
    schema: str
    engine: sqlalchemy.Engine
    show: Callable[[str], None]

    def in_turn(self, act: Callable[[], Done]) -> Done:
        """Waits until it may, acts, and pauses for a time in proportion: by the speed, and while others work."""
        pace = self._wait()
        began = time.monotonic()
        done = act()
        with transaction(self.engine) as connection:
            [found] = fetch_all(connection, _sql("others_work"))
        share = min(pace.speed, _BESIDE_OTHERS) if found.others_work else pace.speed
        time.sleep(min((time.monotonic() - began) * (FULL_SPEED / share - 1), _LONGEST_PAUSE))
        return done

    def _wait(self) -> Pace:
        shown: list[str] = []
        while True:
            with transaction(self.store_engine) as connection:
                pace, reasons = _pace_and_reasons(connection, self.schema)
            if not reasons:
                with transaction(self.engine) as connection:
                    reasons = waiting_wal(connection)
            if not reasons:
                if shown:
                    self.show("it continues")
                return pace
            if reasons != shown:
                shown = reasons
                self.show(f"it waits: {'; '.join(reasons)}")
            time.sleep(_POLL_SECONDS)
