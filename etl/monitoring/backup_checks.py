"""How old the last backup is, and the last drill of one."""

from collections.abc import Iterator
from typing import Final

from etl.database import read_only_transaction
from etl.engine import Runtime
from etl.monitoring.finding import Finding, ok, warning
from etl.store import BackupRecords, LastBackups

DRILL_DAYS: Final = 30
"""After these days without a drill it is not known any more that a backup can be restored."""


def check_backup(runtime: Runtime) -> Iterator[Finding]:
    with read_only_transaction(runtime.store_engine) as connection:
        last = BackupRecords(runtime.store.schema).last(connection)
    if last is None:
        yield ok("backup", "none is noted in the store: `etl backup` notes those that it makes")
        return
    found = last_backup(last)
    if last.days_since > DRILL_DAYS:
        yield warning("backup", found, "`etl restore --drill` with the folder of a backup")
    else:
        yield ok("backup", found)


def last_backup(last: LastBackups) -> str:
    """For people, of when and where it is, and when one was last restored in a drill."""
    return f"the last one is of {last.taken_at:%F %T %Z}, in {last.location}; {drilled(last)}"


def drilled(last: LastBackups) -> str:
    """For people, when a backup was last restored in a drill."""
    if last.drilled_at is None:
        return "none was restored in a drill so far"
    return f"the last drill was {last.drilled_at:%F %T %Z}"
