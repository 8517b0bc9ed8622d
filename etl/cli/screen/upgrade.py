"""An upgrade for people: what it needs, how far it is."""

from collections.abc import Iterator

from etl.monitoring.backup_checks import drilled
from etl.operations import ChangeProgress, UpgradeFindings
from etl.operations.upgrade import ChangeState, RecordedChange
from etl.quoting import printable

_MIB = 1024 * 1024

_WORDS = {
    "pending": "has not begun",
    "made": "is made",
    ChangeState.FILLING.value: "is being filled",
    ChangeState.READY.value: "is filled and follows",
    ChangeState.SWITCHED.value: "is switched; the former table is kept",
    ChangeState.FINISHED.value: "is finished",
}


def finding_lines(found: UpgradeFindings) -> Iterator[str]:
    for one in found.migrations:
        yield f"{one['schema']}: {one['part']} {one['version']} ({one['name']}) is pending, {one['kind']}."
    for need in found.needs:
        yield f"{need.change}: {need.table}, {need.rows} rows by statistics, {_mib(need.table_bytes)}; {need.state}."
        yield (
            f"  needs {_mib(need.data_bytes)} of data and {_mib(need.wal_bytes)} of WAL, and by a sample "
            f"{need.seconds:.1f} s without runs, three times that beside them."
        )
        for lock in need.locks:
            yield f"  {lock}"
    if found.needs and not found.free:
        yield "free: not known from here; look at the server's disks"
    for folder, left in found.free.items():
        yield f"free: {_mib(left)} in {printable(folder)}"
    if found.needs:
        seconds = sum(need.seconds for need in found.needs)
        yield f"all fills: {seconds:.1f} s without runs, {3 * seconds:.1f} s beside them; then one stop for each table"
    for key in found.renamed:
        yield f"renamed: {printable(key)}"
    for program in found.programs:
        yield f"connected: {printable(str(program))}"
    if found.backup:
        yield f"last backup: {found.backup.taken_at:%F %T %Z}, {found.backup.location}; {drilled(found.backup)}"
    for warning in found.warnings:
        yield f"warning: {printable(warning)}"
    for obstacle in found.obstacles:
        yield f"in the way: {printable(obstacle)}"
    if not found.is_needed:
        yield "Nothing to do."


def progress_line(found: ChangeProgress) -> str:
    line = f"{found.name} in {found.schema} {_WORDS[found.state]}"
    if found.state == ChangeState.FILLING.value:
        line += f": {found.percent:.1f} % of the pages, {found.rows} rows"
        if found.seconds_left is not None:
            line += f", {found.rows_per_second:.0f} rows/s, {found.seconds_left:.0f} s left"
    elif found.state in (ChangeState.READY.value, ChangeState.SWITCHED.value):
        line += f": {found.rows} rows were copied"
    return f"{line}. Next: `{found.next_command}`." if found.next_command else f"{line}."


def statement_lines(found: ChangeProgress) -> Iterator[str]:
    for one in found.statements:
        yield f"{one.command} on {printable(one.table)}: {one.phase}, {one.done} of {one.total}"


def window_line(recorded: RecordedChange) -> str:
    """After a window."""
    return f"{recorded.name}: {recorded.next_page} of {recorded.pages} pages, {recorded.rows} rows"


def _mib(number: float) -> str:
    return f"{number / _MIB:.1f} MiB"
