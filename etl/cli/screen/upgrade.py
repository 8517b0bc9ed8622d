"""An upgrade for people: what it needs, how far it is."""

from collections.abc import Iterator

from etl.operations import UpgradeFindings, UpgradeProgress
from etl.quoting import printable
from etl.store.online import OnlineStep, State

_MIB = 1024 * 1024

_WORDS = {
    "pending": "has not begun",
    "made": "is made",
    State.FILLING.value: "is being filled",
    State.READY.value: "is filled and follows",
    State.SWITCHED.value: "is switched; the former table is kept",
    State.FINISHED.value: "is finished",
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
    for warning in found.warnings:
        yield f"warning: {printable(warning)}"
    for obstacle in found.obstacles:
        yield f"in the way: {printable(obstacle)}"
    if not found.migrations and not found.needs:
        yield "Nothing to do."


def progress_line(found: UpgradeProgress) -> str:
    line = f"{found.name} in {found.schema} {_WORDS[found.state]}"
    if found.state == State.FILLING.value:
        line += f": {found.percent:.1f} % of the pages, {found.rows} rows"
        if found.seconds_left is not None:
            line += f", {found.rows_per_second:.0f} rows/s, {found.seconds_left:.0f} s left"
    elif found.state in (State.READY.value, State.SWITCHED.value):
        line += f": {found.rows} rows were copied"
    return f"{line}. Next: `{found.next_command}`." if found.next_command else f"{line}."


def statement_lines(found: UpgradeProgress) -> Iterator[str]:
    for one in found.statements:
        yield f"{one.command} on {printable(one.table)}: {one.phase}, {one.done} of {one.total}"


def step_line(step: OnlineStep) -> str:
    """After a window."""
    return f"{step.name}: {step.next_page} of {step.pages} pages, {step.rows} rows"


def _mib(number: float) -> str:
    return f"{number / _MIB:.1f} MiB"
