"""The scenarios: what the partner delivers, and what must be true afterwards. Engine and floor take turns."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from scripts.bench.contestants import Contestant, Engine, Floor, Measured
from scripts.bench.engine import run_etl
from scripts.bench.files import BareExport, BareFill, Export, Fill, compare_files, filled, write_file
from scripts.bench.judge import WrongResult, compare, compare_apart, digests, written
from scripts.bench.results import Results
from scripts.bench.server import Server

CHAIN = ("first_load", "unchanged", "changed_1", "delta_1", "delta_alone", "idle")
"""One after the other on the same tables: each begins where the one before has left them, all need the first."""

BESIDE = ("first_load_2", "three_databases", "fill", "export_parquet", "export_csv", "delta_small_store", "startup")
"""Further ones in the same round, each on tables of its own or on those of the first load."""

ON_DEMAND = ("first_load_copies", "first_load_prepared")

ALONE = ("growth", "handovers")
"""Each is played without others, on tables of its own: scripts/bench/growth."""

_STARTS = 5
_SMALLER = 10
"""`delta_small_store` brings as many rows as `delta_alone`, into a store of a tenth."""


@dataclass
class Round:
    """One repetition on fresh databases."""

    server: Server
    rows: int
    number: int
    results: Results
    tell: Callable[[str], None]

    def play(self, wanted: Collection[str]) -> None:
        """The first load, and what is asked for of the others."""
        engine, floor = Engine(self.server, "engine"), Floor(self.server, "floor")
        for one in (engine, floor):
            one.make()
        self._scenario("first_load", engine, floor)
        for one in (engine, floor):
            one.tidy()
        self._first_loads(wanted, floor)
        self._exports(wanted)
        for name in CHAIN[1:]:
            if name in wanted:
                self._scenario(name, engine, floor)
        if "startup" in wanted:
            self._startup(engine)
        for one in (engine, floor):
            one.drop()
        if "fill" in wanted:
            self._fill()
        if "delta_small_store" in wanted:
            self._small_store()

    def _scenario(self, name: str, engine: Engine, floor: Floor) -> None:
        for one in (engine, floor):
            one.tidy()
            self._deliver(one, name)
            one.tidy()
        with engine.session() as session:
            before = written(session)
        self._turns(name, engine, floor)
        with engine.session() as session, floor.session() as other:
            compare(digests(session), digests(other), name)
            rows = written(session) - before
        if name in ("unchanged", "idle") and rows:
            raise WrongResult(f"{name} wrote {rows} rows of store and out_ tables")

    def _turns(self, name: str, engine: Contestant, floor: Contestant) -> None:
        for contestant in (engine, floor) if self.number % 2 else (floor, engine):
            self._note(name, contestant.run(), is_floor=contestant is floor)

    def _deliver(self, one: Contestant, name: str) -> None:
        """What the partner does before the scenario; before `idle` nothing."""
        match name:
            case "changed_1":
                one.feed("fill", rows=self.rows, version=1)
            case "delta_1":
                one.feed("touch")
            case "delta_alone":
                one.feed("fill_delta", rows=self.rows, every=100)
            case "idle":
                pass
            case _:
                one.feed("fill", rows=self.rows, version=0)

    def _first_loads(self, wanted: Collection[str], floor: Floor) -> None:
        """The same first load in other ways; the floor's tables say what must come of it."""
        others = {
            "first_load_2": Engine(self.server, "engine_2", workers=2),
            "three_databases": Engine(self.server, "engine_3", apart=True),
            "first_load_copies": Engine(self.server, "engine_copies", copies=True),
            "first_load_prepared": Engine(self.server, "engine_prepared", prepared=True),
        }
        for name, engine in others.items():
            if name not in wanted:
                continue
            engine.make()
            self._deliver(engine, name)
            engine.tidy()
            self._note(name, engine.run())
            with floor.session() as other:
                expected = digests(other)
            if engine.apart:
                compare_apart(engine, expected, name)
            else:
                with engine.session() as session:
                    compare(digests(session), expected, name)
            engine.drop()

    def _exports(self, wanted: Collection[str]) -> None:
        for form in ("parquet", "csv"):
            if f"export_{form}" in wanted:
                engine, floor = Export(self.server, "engine", form=form), BareExport(self.server, "engine")
                self._turns(f"export_{form}", engine, floor)
                compare_files(engine, floor)

    def _fill(self) -> None:
        """The same file; afterwards the tables hold the same rows."""
        engine, floor = Fill(self.server, "engine_fill"), BareFill(self.server, "floor_fill")
        write_file(self.server, self.rows)
        for one in (engine, floor):
            one.make()
        self._turns("fill", engine, floor)
        with engine.session() as session, floor.session() as other:
            compare(filled(session), filled(other), "fill")
        for one in (engine, floor):
            one.drop()

    def _small_store(self) -> None:
        engine, floor = Engine(self.server, "engine_small"), Floor(self.server, "floor_small")
        small = self.rows // _SMALLER
        for one in (engine, floor):
            one.make()
            one.feed("fill", rows=small, version=0)
            one.work()
            one.tidy()
            one.feed("fill_delta", rows=small, every=100 // _SMALLER)
            one.tidy()
        self._turns("delta_small_store", engine, floor)
        with engine.session() as session, floor.session() as other:
            compare(digests(session), digests(other), "delta_small_store")
        for one in (engine, floor):
            one.drop()

    def _startup(self, engine: Engine) -> None:
        """Processor time of commands that people type."""
        for name, arguments in {"help": ["--help"], "status": ["status"]}.items():
            for _ in range(_STARTS):
                ended = run_etl(engine.home, *arguments)
                self.results.startup.setdefault(name, []).append(ended.cpu_seconds)

    def _note(self, name: str, measured: Measured, *, is_floor: bool = False) -> None:
        self.results.note(name, measured, is_floor=is_floor)
        self.tell(f"{name:18} round {self.number}  {'floor ' if is_floor else 'engine'} {measured.seconds:8.2f} s")
