"""A running migration: the live view of `etl status --watch` and of `etl run`, and its one-line form for pipes."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from etl.cli.screen.tables import duration_text, plain_table, runners_table
from etl.engine import Status
from etl.monitoring import Progress, progress
from etl.quoting import printable

_BAR_WIDTH = 30
_SHOWN_TIME = "%H:%M:%S"


def live_view(found: Status) -> RenderableType:
    return Group(*_parts(found))


def run_view(found: Status) -> RenderableType:
    """The bars of the running run; empty without one."""
    if not _is_running(found):
        return Text("")
    so_far = progress(found.tasks, found.looked_at)
    return Group(_bars(so_far), Text(_pace(so_far)))


def line(found: Status) -> str:
    """The state as one line, which changes only when something has happened."""
    parts = [found.company]
    if found.run:
        parts.append(f"run {found.run['run']} {found.run['state']}")
    if _is_running(found):
        so_far = progress(found.tasks, found.looked_at)
        parts += [f"{kind.kind} {kind.done}/{kind.tasks}" for kind in so_far.kinds if kind.done + kind.running > 0]
        parts.append(f"{so_far.rows_done:,} of {so_far.rows:,} rows")
        parts += _reasons(found)
    else:
        parts.append(found.reason)
    parts += list(_counts(found))
    return printable(" · ".join(parts))


def _parts(found: Status) -> Iterator[RenderableType]:
    yield Text(f"{found.company}  schema {found.in_schema}  {found.looked_at:%F %T} (the database's clock)", "bold")
    if found.marker:
        marker = {name: found.marker[name] for name in ("id", "load_status", "ins_inkafka_status")}
        yield Text("marker  " + "  ".join(f"{name}={value}" for name, value in marker.items()))
    yield Text(printable(found.reason))
    if found.run:
        yield Text(_run_line(found.run, found.looked_at))
    if found.tasks:
        so_far = progress(found.tasks, found.looked_at)
        yield _bars(so_far)
        if _is_running(found):
            yield Text(_pace(so_far))
            yield from (Text(printable(reason), "bold red") for reason in _reasons(found))
    if found.runners and _is_running(found):
        yield runners_table(found.runners)
    for text in _counts(found):
        yield Text(text)
    if found.out_versions:
        columns = ["schema", "followed_at", "behind", "lag"]
        rows = [
            [one.schema_name, f"{one.followed_at:%F %T}", f"{one.behind:,}", duration_text(one.lag_seconds)]
            for one in found.out_versions
        ]
        yield plain_table(columns, rows, numbers={"behind", "lag"})


def _is_running(found: Status) -> bool:
    return bool(found.run and found.run["state"] == "running")


def _reasons(found: Status) -> list[str]:
    """Why running tasks wait."""
    return sorted({row["error"] for row in found.tasks if row["state"] == "running" and row["error"]})


def _run_line(run: dict[str, object], now: datetime) -> str:
    started, finished = run["started_at"], run["finished_at"]
    parts = [f"run {run['run']} {run['state']}"]
    if isinstance(started, datetime):
        until = finished if isinstance(finished, datetime) else now
        parts.append(f"since {started:%F %T}, {duration_text(max(0.0, (until - started).total_seconds()))}")
    if run["state"] == "running":
        beat = run["beat_age"]
        parts.append(f"heartbeat {beat:.0f} s ago" if isinstance(beat, float) else "given up by its runner")
    if run["message"]:
        parts.append(printable(str(run["message"])))
    return "  ".join(parts)


def _bars(so_far: Progress) -> Table:
    table = Table.grid(padding=(0, 2))
    for kind in so_far.kinds:
        if kind.kind == "NOP":
            continue
        bar = ProgressBar(total=1.0, completed=kind.share, width=_BAR_WIDTH)
        rows = f"{kind.rows_done:,} / {kind.rows:,} rows" if kind.rows else ""
        table.add_row(kind.kind, bar, f"{kind.done}/{kind.tasks}", rows, f"{kind.running} running" * bool(kind.running))
    return table


def _pace(so_far: Progress) -> str:
    if so_far.rows_per_second is None or so_far.seconds_left is None:
        return f"{so_far.rows_done:,} / {so_far.rows:,} rows"
    left = f"about {duration_text(so_far.seconds_left)} left" if so_far.rows_done < so_far.rows else "finishing"
    return f"{so_far.rows_done:,} / {so_far.rows:,} rows  {so_far.rows_per_second:,.0f} rows/s  {left}"


def _counts(found: Status) -> Iterator[str]:
    errors = sum(row["rows"] for row in found.errors)
    waiting = sum(row["links"] for row in found.waiting)
    if errors:
        yield f"{errors:,} errors of this run"
    if waiting:
        yield f"{waiting:,} waiting links"
    for version in found.out_versions:
        if version.behind:
            yield f"{version.schema_name} is {version.behind:,} changes behind"
