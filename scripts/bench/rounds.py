"""The scenarios: what the partner delivers, and what must be true afterwards. Engine and floor take turns."""

import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from scripts.bench.contestants import Contestant, Engine, Floor, Measured
from scripts.bench.judge import WrongResult, compare, digests, written
from scripts.bench.server import Server

CHAIN = ("first_load", "unchanged", "changed_1", "delta_1", "delta_alone", "idle")


@dataclass
class Result:
    """The runs of one scenario; ratios are of medians."""

    engine: list[Measured] = field(default_factory=list)
    floor: list[Measured] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """For the JSON file."""
        seconds = _median(one.seconds for one in self.engine)
        found: dict[str, object] = {"seconds": seconds}
        if self.floor:
            floor = _median(one.seconds for one in self.floor)
            found |= {"floor_seconds": floor, "ratio": round(seconds / floor, 3)}
        found |= {
            "wal_bytes": int(_median(one.wal_bytes for one in self.engine)),
            "floor_wal_bytes": int(_median([one.wal_bytes for one in self.floor] or [0])),
            "temp_bytes": int(_median(one.temp_bytes for one in self.engine)),
            "floor_temp_bytes": int(_median([one.temp_bytes for one in self.floor] or [0])),
            "rss_bytes": max(one.rss_bytes for one in self.engine),
            "cpu_seconds": _median(one.cpu_seconds for one in self.engine),
            "database_seconds": _median(one.database_seconds for one in self.engine),
            "all_seconds": [round(one.seconds, 3) for one in self.engine],
            "all_floor_seconds": [round(one.seconds, 3) for one in self.floor],
            "tasks": _parts(self.engine),
            "floor_steps": _parts(self.floor),
        }
        return found


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 6)


def _parts(runs: list[Measured]) -> dict[str, float]:
    names = dict.fromkeys(name for run in runs for name in run.parts)
    return {name: round(statistics.median([run.parts.get(name, 0.0) for run in runs]), 3) for name in names}


@dataclass
class Round:
    """One repetition of the chain on fresh databases; each step begins where the one before has left the tables."""

    server: Server
    rows: int
    number: int
    results: dict[str, Result]
    tell: Callable[[str], None]

    def play(self, scenarios: Iterable[str]) -> None:
        """Up to the last scenario that is asked for; those between are played and measured as well."""
        wanted = set(scenarios)
        last = max((CHAIN.index(name) for name in wanted if name in CHAIN), default=-1)
        engine, floor = Engine(self.server, "engine"), Floor(self.server, "floor")
        for one in (engine, floor):
            one.make()
        for name in CHAIN[: last + 1]:
            self._scenario(name, engine, floor)
        for one in (engine, floor):
            self.server.drop(one.database)

    def _scenario(self, name: str, engine: Engine, floor: Floor) -> None:
        for one in (engine, floor):
            one.tidy()
            _deliver(one, name, self.rows)
        with engine.session() as session:
            before = written(session)
        order: list[Contestant] = [engine, floor] if self.number % 2 else [floor, engine]
        result = self.results.setdefault(name, Result())
        for one in order:
            measured = one.run()
            (result.engine if one is engine else result.floor).append(measured)
            self.tell(f"{name:12} round {self.number}  {one.database:8} {measured.seconds:8.2f} s")
        self._judge(name, engine, floor, before)

    def _judge(self, name: str, engine: Engine, floor: Floor, before: int) -> None:
        with engine.session() as session, floor.session() as other:
            compare(digests(session), digests(other), name)
            rows = written(session) - before
        if name in ("unchanged", "idle") and rows:
            raise WrongResult(f"{name} wrote {rows} rows of store and out_ tables")


def _deliver(one: Contestant, name: str, rows: int) -> None:
    """What the partner does before the scenario."""
    match name:
        case "first_load" | "unchanged":
            one.feed("fill", rows=rows, version=0)
        case "changed_1":
            one.feed("fill", rows=rows, version=1)
        case "delta_1":
            one.feed("touch")
        case "delta_alone":
            one.feed("fill_delta", rows=rows, every=100)


def figures(results: Mapping[str, Result]) -> dict[str, dict[str, object]]:
    return {name: result.figures() for name, result in results.items()}
