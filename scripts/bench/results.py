"""What was measured, as numbers: medians of the rounds and their ratios."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.bench.contestants import Measured

Measurements = dict[str, Any]

_BASES = {
    "first_load_2": ("floor", "first_load"),
    "first_load_copies": ("floor", "first_load"),
    "first_load_prepared": ("floor", "first_load"),
    "three_databases": ("engine", "first_load"),
}
"""With what the runs beside the chain are compared."""


@dataclass
class Results:
    """The runs of one size, by scenario."""

    engine: dict[str, list[Measured]] = field(default_factory=dict)
    floor: dict[str, list[Measured]] = field(default_factory=dict)
    startup: dict[str, list[float]] = field(default_factory=dict)

    def note(self, scenario: str, measured: Measured, *, is_floor: bool) -> None:
        """One run more."""
        (self.floor if is_floor else self.engine).setdefault(scenario, []).append(measured)

    def measurements(self) -> Measurements:
        """Scenario -> measurements, for the JSON file."""
        found: Measurements = {name: self._measurements(name) for name in self.engine}
        if "delta_alone" in found and "delta_small_store" in found:
            for prefix, runs in (("", self.engine), ("floor_", self.floor)):
                for kind in ("seconds", "run_seconds", "cpu_seconds", "wal_bytes"):
                    ratio = _ratio(runs["delta_alone"], runs["delta_small_store"], kind)
                    found["delta_alone"][f"{prefix}to_small_store_{kind}"] = ratio
        if self.startup:
            found["startup"] = {f"{name}_cpu_seconds": _median(them) for name, them in self.startup.items()}
        return found

    def _measurements(self, name: str) -> Measurements:
        runs = self.engine[name]
        side, base = _BASES.get(name, ("floor", name))
        floor = (self.floor if side == "floor" else self.engine).get(base, [])
        found: Measurements = {"seconds": _of(runs, "seconds")}
        if floor:
            found |= {
                "floor_seconds": _of(floor, "seconds"),
                "ratio": _ratio(runs, floor, "seconds"),
                "run_ratio": _ratio(runs, floor, "run_seconds"),
                "cpu_ratio": _ratio(runs, floor, "cpu_seconds"),
                "wal_ratio": _ratio(runs, floor, "wal_bytes"),
                "compared_with": f"{side} {base}",
            }
            found |= {f"floor_{kind}": int(_of(floor, kind)) for kind in ("wal_bytes", "temp_bytes")}
            found |= {"floor_cpu_seconds": _of(floor, "cpu_seconds"), "floor_steps": _parts(floor)}
        found |= {kind: int(_of(runs, kind)) for kind in ("wal_bytes", "temp_bytes")}
        found["rss_bytes"] = max(run.rss_bytes for run in runs)
        for kind in ("run_seconds", "cpu_seconds", "process_cpu_seconds", "database_seconds"):
            found[kind] = _of(runs, kind)
        found |= {"all_seconds": [round(run.seconds, 3) for run in runs], "tasks": _parts(runs)}
        return found | {"all_floor_seconds": [round(run.seconds, 3) for run in floor]}


def _of(runs: Sequence[Measured], kind: str) -> float:
    return _median(getattr(run, kind) for run in runs)


def _ratio(runs: Sequence[Measured], base: Sequence[Measured], kind: str) -> float:
    """Of medians; 0 where the base is nothing."""
    below = _of(base, kind)
    return round(_of(runs, kind) / below, 3) if below else 0.0


def _median(values: Iterable[float]) -> float:
    return round(float(statistics.median(values)), 4)


def _parts(runs: Sequence[Measured]) -> dict[str, float]:
    names = dict.fromkeys(name for run in runs for name in run.parts)
    return {name: _median([run.parts.get(name, 0.0) for run in runs]) for name in names}
