"""What was measured, as numbers for the JSON file and as a table beside what was asked for."""

import statistics
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.bench.contestants import Measured
from scripts.bench.kafka.rounds import Results

ASKED = {"first_load": 1.25, "out": 1.25, "narrow": 1.0, "two_workers": 0.7, "single": 0.7, "memory": 600.0}
"""Ratios of processor time; `two_workers`: of the time by the clock to that of one; `narrow`: to the scaled figure of
the JDBC sink; `single`: seconds; `memory`: MiB of all processes."""

BOUNDS = {"first_load": 2.2, "known": 3.0, "again": 2.6, "out": 2.2, "narrow": 3.2}
"""The guard against regressions: ratios of processor time that a short run (50,000 records) may have."""

# Processor seconds of the JDBC sink and of the hand-written narrow way for 300,000 records, in one sitting of before.
_JDBC_SINK, _NARROW_THEN = 8.4, 4.6
_MIB = 1024 * 1024


def measurements(results: Results) -> dict[str, Any]:
    """Scenario -> medians of the rounds and their ratios."""
    found: dict[str, Any] = {}
    for name, runs in results.engine.items():
        floor = results.floor.get(name, [])
        one = _medians(runs)
        if floor:
            one |= {f"floor_{kind}": value for kind, value in _medians(floor).items()}
            one["cpu_ratio"] = _ratio(one["cpu_seconds"], one["floor_cpu_seconds"])
            one["ratio"] = _ratio(one["seconds"], one["floor_seconds"])
        found[name] = one
    if "first_load_2" in found and "first_load" in found:
        found["first_load_2"]["to_one_worker"] = _ratio(
            found["first_load_2"]["seconds"], found["first_load"]["seconds"]
        )
    if "narrow" in found:
        narrow = found["narrow"]
        narrow["jdbc_sink_cpu_seconds"] = round(narrow["floor_cpu_seconds"] * _JDBC_SINK / _NARROW_THEN, 3)
        narrow["to_jdbc_sink"] = _ratio(narrow["cpu_seconds"], narrow["jdbc_sink_cpu_seconds"])
    if results.single:
        ordered = sorted(results.single)
        found["single"] = {
            "records": len(ordered),
            "p50_seconds": round(statistics.median(ordered), 4),
            "p99_seconds": round(ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)], 4),
        }
    return found


def _medians(runs: Sequence[Measured]) -> dict[str, float]:
    def median(kind: str) -> float:
        return round(float(statistics.median(getattr(run, kind) for run in runs)), 4)

    return {
        "seconds": median("run_seconds"),
        "cpu_seconds": median("cpu_seconds"),
        "process_cpu_seconds": median("process_cpu_seconds"),
        "wal_bytes": int(median("wal_bytes")),
        "rss_bytes": max(run.rss_bytes for run in runs),
    }


def _ratio(value: float, base: float) -> float:
    return round(value / base, 3) if base else 0.0


def broken(found: dict[str, Any]) -> list[str]:
    """A sentence for each bound that does not hold."""
    return [
        f"{name}: {found[name]['cpu_ratio']:.2f} times the floor's processor time, more than {bound}"
        for name, bound in BOUNDS.items()
        if name in found and found[name]["cpu_ratio"] > bound
    ]


_COLUMNS = (
    "scenario", "cpu s", "process", "floor cpu s", "process", "ratio", "asked", "s", "floor s", "ratio", "MB WAL",
    "floor", "MiB",
)  # fmt: skip


def show(console: Console, found: dict[str, Any]) -> None:
    """The table."""
    table = Table(title=f"{found['rows']:,} records, PostgreSQL {found['server']}, {found['repeats']} rounds")
    for number, head in enumerate(_COLUMNS):
        table.add_column(head, justify="right" if number else "left", overflow="fold")
    for name, one in found.items():
        if isinstance(one, dict) and "cpu_seconds" in one:
            table.add_row(*_cells(name, one))
    console.print(table)
    console.print("cpu: processor seconds of the process and of its sessions; asked: the highest ratio of these")
    for line in _sentences(found):
        console.print(line)


def _cells(name: str, one: dict[str, Any]) -> list[str]:
    def of(key: str, form: str = ".2f") -> str:
        return f"{one[key]:{form}}" if key in one else ""

    def megabytes(key: str) -> str:
        return f"{one[key] / 1e6:.0f}" if key in one else ""

    asked = f"{ASKED[name]}" if name in ("first_load", "out") else ""
    return [
        name,
        of("cpu_seconds"),
        of("process_cpu_seconds"),
        of("floor_cpu_seconds"),
        of("floor_process_cpu_seconds"),
        of("cpu_ratio"),
        asked,
        of("seconds"),
        of("floor_seconds"),
        of("ratio"),
        megabytes("wal_bytes"),
        megabytes("floor_wal_bytes"),
        f"{one['rss_bytes'] / _MIB:.0f}",
    ]


def _sentences(found: dict[str, Any]) -> list[str]:
    said = []
    if "to_one_worker" in (two := found.get("first_load_2", {})):
        said.append(f"two workers take {two['to_one_worker']:.2f} of the time of one (asked {ASKED['two_workers']})")
    if narrow := found.get("narrow"):
        said.append(
            f"narrow: {narrow['to_jdbc_sink']:.2f} of the JDBC sink's processor time (asked {ASKED['narrow']}), "
            f"which is {narrow['jdbc_sink_cpu_seconds']:.2f} s scaled by the hand-written way"
        )
    if single := found.get("single"):
        said.append(
            f"one record is seen in the out_ table after {single['p50_seconds']:.3f} s (p50) and "
            f"{single['p99_seconds']:.3f} s (p99 of {single['records']}; asked {ASKED['single']})"
        )
    if peaks := [one["rss_bytes"] for one in found.values() if isinstance(one, dict) and "rss_bytes" in one]:
        said.append(f"memory of the processes: {max(peaks) / _MIB:.0f} MiB at the most (asked {ASKED['memory']:.0f})")
    return said
