"""A random history of a company with readers: runs, some of full sets, records of a topic, both at once, runs that die
or beside which readers act, pins, joins, splits, erasures, undos, versions. Ids leave and come back."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from etl.engine import Runtime, build_version, join, roll_back_version, run_once, split, switch_version, undo
from etl.errors import ConfigurationError
from etl.operations.erase import erase
from etl.operations.installation import open_installation
from tests.fix_company import STORE, Site, superuser
from tests.properties.interleaving import Interleaving
from tests.properties.interruption import Crash, Interruption, interrupting
from tests.properties.readers import ACTS, BESIDE, READERS, Readers
from tests.properties.test_two_sources import stops
from tests.properties.topic import TopicUnderTest, as_records
from tests.properties.two_sources import FIELDS, Batch, PinOf, batch, delivery, pin_of

_MOST_VERSIONS: Final = 3
# A run of these few rows sends about as many statements.
_STATEMENTS: Final = 250
# How many of them have a text, at most.
_AIMS: Final = {"": _STATEMENTS, "out_demo": 20, "journal": 20}
_PATIENCE: Final = "20ms"


@dataclass
class ObservedTopic:
    """What readers ask of a company, where its out_ tables are."""

    real: TopicUnderTest
    observer: psycopg.Connection[dict[str, Any]]
    log: list[str] = field(default_factory=list)

    @property
    def site(self) -> Site:
        return self.real.site

    @property
    def runtime(self) -> Runtime:
        return self.real.runtime

    def look(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        cursor = self.observer.execute(query, parameters)
        return list(cursor.fetchall()) if cursor.description else []


class ReaderHistory:
    """One company's life; after each step some readers act."""

    def __init__(self, real: TopicUnderTest, seed: int, stack: ExitStack) -> None:
        self.real, self.choose, self.stack = real, random.Random(seed), stack
        place = superuser(real.site.out_database)
        observer = psycopg.connect(**place, autocommit=True, row_factory=dict_row)
        self.observed = ObservedTopic(real, stack.enter_context(observer), [f"seed {seed}"])
        self.readers = Readers(self.observed)
        self.units: list[int] = []
        self.pins: list[PinOf] = []
        self.versions = 1
        self.steps = 0

    def play(self, steps: int) -> None:
        """Begins with a run, as there is no store before."""
        acts: list[Callable[[], None]] = [self.run, self.run, self.records, self.records, self.both, self.crash]
        acts += [self.beside, self.beside, self.pin, self.unpin, self.join, self.split, self.split, self.erase]
        acts += [self.undo, self.undo, self.undo, self.raise_version, self.switch, self.roll_back]
        self.run()
        for _ in range(steps):
            act = self.choose.choice(acts)
            self.observed.log.append(f"-- {act.__name__}")
            self.steps += 1
            act()
            for _ in range(self.choose.randint(0, 4)):
                self.readers.act(self.choose.randint(0, 2), self.choose.choice(READERS), self.choose.choice(ACTS))
        self.observed.log.append("-- the end")
        self.readers.finish()
        self.real.site.partner.hand_over()
        run_once(self.real.runtime)
        self.readers.finish()
        assert self.real.wrong_in_out() == []

    def run(self) -> None:
        self._deliver()
        self.units.append(self.real.run())

    def records(self) -> None:
        self.units.append(self.real.merge(self._batch()))

    def both(self) -> None:
        """A run and a batch whose statements take turns."""
        self._deliver()
        given, turns = self._batch(), (stops(self.choose), stops(self.choose))
        runtime = self.real.runtime
        engines = list({id(one): one for one in (runtime.engine, runtime.store_engine)}.values())
        with psycopg.connect(**superuser(self.real.site.store_database), autocommit=True) as observer:
            interleaving = Interleaving(observer, turns)
            self.units += interleaving.play(engines, self.real.run, lambda: self.real.merge(given))

    def beside(self) -> None:
        """A run; before some of its statements readers act."""
        self._deliver()
        runtime = self.real.runtime
        engines = list(dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)))
        self.observed.look(f"set lock_timeout = '{_PATIENCE}'")
        with ExitStack() as stack:
            for _ in range(self.choose.randint(1, 4)):
                contains, most = self.choose.choice([*_AIMS.items()])
                one = Interruption(self.choose.randint(1, most), self._act_beside, contains=contains)
                stack.enter_context(interrupting(self.choose.choice(engines), one))
            self.units.append(self.real.run())
        self.observed.look("reset lock_timeout")

    def _act_beside(self) -> None:
        self.readers.act_beside(self.choose.randint(0, 5), self.choose.choice(BESIDE))

    def crash(self) -> None:
        """A run that dies, if it lives so long, and the one that takes its work over."""
        self._deliver()
        at, is_hard = self.choose.randint(1, _STATEMENTS), self.choose.random() < 0.5
        try:
            with interrupting(self.real.runtime.engine, Interruption(at, is_hard=is_hard)):
                number = run_once(self.real.runtime).run
        except Crash:
            self.real.runtime = self.stack.enter_context(self.real.site.runtime())
            if self.real.site.look("select to_regclass('in_tables.run') as there")[0]["there"]:
                self.real.site.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '1 day'")
            for _ in range(self.choose.randint(0, 2)):
                self.readers.act(self.choose.randint(0, 2), self.choose.choice(READERS), self.choose.choice(ACTS))
            number = run_once(self.real.runtime).run
        if number is not None:
            self.units.append(number)

    def pin(self) -> None:
        if present := self._present():
            chosen = pin_of(self.choose, present)
            if unit := self.real.pin(chosen):
                self._done(unit, str(chosen))
                self.pins.append(chosen)

    def unpin(self) -> None:
        """Of a pin that may have ended, as another value has come or its unit was undone."""
        if self.pins:
            chosen = self.pins.pop(self.choose.randrange(len(self.pins)))
            if unit := self.real.unpin(chosen):
                self._done(unit, str(chosen))

    def join(self) -> None:
        things = [in_id for bo, in_id in self._present() if bo == "Thing"]
        if len(things) > 1:
            kept, absorbed = self.choose.sample(things, 2)
            self._done(join(self.real.runtime, "Thing", kept, absorbed).number, f"{kept} {absorbed}")

    def split(self) -> None:
        """Of an id that a unique value, a join or an undo has given to another instance."""
        aliases = self.real.site.look(f"select in_id from {STORE}.alias where bo = 'Thing' order by in_id")
        if aliases:
            chosen = self.choose.choice(aliases)["in_id"]
            self._done(split(self.real.runtime, "Thing", chosen).number, chosen)

    def erase(self) -> None:
        """Its ids may come back, as another instance."""
        if present := self._present():
            bo, in_id = self.choose.choice(present)
            self.observed.log.append(f"{bo} {in_id}")
            site = self.real.site
            with open_installation(site.url, None, site.environ) as installation:
                erase(installation, bo, in_id, reason="asked for")

    def undo(self) -> None:
        """Of any unit but an erasure; the undo may be undone too."""
        if self.units:
            unit = self.units.pop(self.choose.randrange(len(self.units)))
            self._done(undo(self.real.runtime, unit).as_run, str(unit))

    def _done(self, unit: int | None, what: str) -> None:
        assert unit
        self.units.append(unit)
        self.observed.log.append(f"{what} as {unit}")

    def _present(self) -> list[tuple[str, str]]:
        """Objects and external ids."""
        present = "_state <> 'REMOVED' and _in_id is not null"
        found = {bo: self.real.site.look(f"select _in_id from {STORE}.bo_{bo} where {present}") for bo in FIELDS}
        return sorted((bo, row["_in_id"]) for bo, rows in found.items() for row in rows)

    def raise_version(self) -> None:
        if self.versions < _MOST_VERSIONS:
            self.versions += 1
            build_version(self.real.runtime, str(self.versions), lambda _: None)

    def switch(self) -> None:
        chosen = str(self.choose.randint(1, self.versions))
        switch_version(self.real.runtime, chosen, force=False, patience=20.0)

    def roll_back(self) -> None:
        try:
            roll_back_version(self.real.runtime, force=False, patience=20.0)
        except ConfigurationError as error:
            assert "no version was current before" in str(error)  # noqa: PT017 - the other outcome is right too

    def _deliver(self) -> None:
        given = delivery(self.choose, self.steps)
        given = replace(given, full=tuple(bo for bo in FIELDS if self.choose.random() < 0.25))
        self.observed.log.append(str(given))
        self.real.deliver(given)

    def _batch(self) -> Batch:
        return as_records(batch(self.choose, self.steps))
