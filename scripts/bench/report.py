"""What a person sees: a table of the scenarios against the goals, and pictures."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.bench.results import Measurements

GOALS = {
    "first_load": 1.25,
    "first_load_2": 0.75,
    "unchanged": 1.25,
    "changed_1": 1.25,
    "delta_1": 1.5,
    "delta_alone": 1.5,
    "three_databases": 1.6,
    "fill": 3.0,
}
"""Ratios by the clock, for a million rows of each kind."""

_COLUMNS = ("scenario", "engine s", "floor s", "ratio", "goal", "run", "cpu", "WAL", "MB WAL", "MiB")
_MIB = 1024 * 1024


# A pipe or a file has no width: a line is then as long as it must be.
_PIPE_WIDTH = 1000


def console() -> Console:
    """Standard output; nothing of a table is cut, whether or not it is a terminal."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def show(console: Console, found: Measurements) -> None:
    """The table of one size."""
    table = Table(title=f"{found['rows']:,} rows of each kind, PostgreSQL {found['server']}")
    for number, head in enumerate(_COLUMNS):
        table.add_column(head, justify="right" if number else "left", overflow="fold")
    for name, one in found.items():
        if isinstance(one, dict) and "seconds" in one:
            table.add_row(*_cells(name, one))
    console.print(table)
    console.print("ratio: by the clock, the start of the process included; run: without it; cpu: of processor time")
    for line in _sentences(found):
        console.print(line)


def _cells(name: str, one: dict[str, Any]) -> list[str]:
    ratios = [f"{one[kind]:.2f}" if kind in one else "" for kind in ("run_ratio", "cpu_ratio", "wal_ratio")]
    return [
        name,
        f"{one['seconds']:.2f}",
        f"{one['floor_seconds']:.2f}" if "floor_seconds" in one else "",
        f"{one['ratio']:.2f}" if "ratio" in one else "",
        f"{GOALS[name]}" if name in GOALS else "",
        *ratios,
        f"{one['wal_bytes'] / 1e6:.0f}",
        f"{one['rss_bytes'] / _MIB:.0f}",
    ]


def _sentences(found: Measurements) -> Iterator[str]:
    if "three_databases" in found:
        yield "three_databases is compared with the engine's own first_load, in one database"
    delta = found.get("delta_alone", {})
    if "to_small_store_seconds" in delta:
        yield (
            f"the same delta into a tenth of the store: ratio {delta['to_small_store_seconds']:.2f} by the clock, "
            f"{delta['to_small_store_cpu_seconds']:.2f} of processor time (goal 1.3); the floor's "
            f"{delta['floor_to_small_store_seconds']:.2f} and {delta['floor_to_small_store_cpu_seconds']:.2f}"
        )
    if "idle" in found:
        yield f"idle tick: {found['idle']['database_seconds'] * 1000:.1f} ms of database time (goal 10)"
    if "startup" in found:
        started = found["startup"]
        yield f"etl --help: {started['help_cpu_seconds']:.2f} s of processor time (goal 0.3)"
        yield f"etl status: {started['status_cpu_seconds']:.2f} s of processor time (goal 0.6)"


def draw(folder: Path, sizes: list[Measurements]) -> list[Path]:
    """Pictures of time against rows, and of each task's share at the largest size. Needs the extra `bench`."""
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    return [_draw_time(folder / "time.png", sizes), _draw_shares(folder / "shares.png", sizes[-1])]


def _draw_time(file: Path, sizes: list[Measurements]) -> Path:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5))
    rows = [one["rows"] for one in sizes]
    for number, name in enumerate(("first_load", "unchanged", "changed_1", "delta_1")):
        if all(name in one for one in sizes):
            axes.plot(rows, [one[name]["seconds"] for one in sizes], f"C{number}o-", label=f"{name}: engine")
            axes.plot(rows, [one[name]["floor_seconds"] for one in sizes], f"C{number}o:", label=f"{name}: floor")
    axes.set(xlabel="rows of each kind", ylabel="seconds", xscale="log", yscale="log")
    axes.legend()
    figure.savefig(file, bbox_inches="tight")
    pyplot.close(figure)
    return file


def _draw_shares(file: Path, found: Measurements) -> Path:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(11, 5))
    bars = [(f"{name}\n{side}", one[parts]) for name, one, side, parts in _bars(found)]
    names = list(dict.fromkeys(part for _, parts in bars for part in parts))
    colours = pyplot.get_cmap("nipy_spectral", len(names))
    for number, part in enumerate(names):
        below = [sum(list(parts.values())[: list(parts).index(part)]) if part in parts else 0 for _, parts in bars]
        heights = [parts.get(part, 0.0) for _, parts in bars]
        axes.bar([name for name, _ in bars], heights, bottom=below, label=part, color=colours(number))
    axes.set(ylabel="seconds")
    axes.legend(bbox_to_anchor=(1.01, 1), fontsize="x-small")
    figure.savefig(file, bbox_inches="tight")
    pyplot.close(figure)
    return file


def _bars(found: Measurements) -> list[tuple[str, dict[str, Any], str, str]]:
    chosen = [name for name in ("first_load", "unchanged", "changed_1", "delta_1") if name in found]
    series = {"engine": "tasks", "floor": "floor_steps"}
    return [(name, found[name], side, parts) for name in chosen for side, parts in series.items()]
