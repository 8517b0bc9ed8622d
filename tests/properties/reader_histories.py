"""A random history of a company with readers: runs, records of a topic, both at once, runs that die, undo, versions."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from etl.engine import Runtime, build_version, roll_back_version, run_once, switch_version
from etl.errors import ConfigurationError
from tests.fix_company import Site, superuser
from tests.properties.interleaving import Interleaving
from tests.properties.interruption import Crash, Interruption, interrupting
from tests.properties.readers import ACTS, READERS, Readers
from tests.properties.test_two_sources import stops
from tests.properties.topic import TopicUnderTest, as_records
from tests.properties.two_sources import Batch, batch, delivery

_MOST_VERSIONS: Final = 3
# A run of these few rows sends about as many.
_STATEMENTS: Final = 250


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
        self.versions = 1
        self.steps = 0

    def play(self, steps: int) -> None:
        """Begins with a run, as there is no store before."""
        acts: list[Callable[[], None]] = [self.run, self.run, self.records, self.records, self.both, self.crash]
        acts += [self.undo, self.undo, self.raise_version, self.switch, self.roll_back]
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

    def crash(self) -> None:
        """A run that dies, if it lives so long, and the one that takes its work over."""
        self._deliver()
        at, is_hard = self.choose.randint(1, _STATEMENTS), self.choose.random() < 0.5
        try:
            with interrupting(self.real.runtime.engine, Interruption(at, is_hard=is_hard)):
                run_once(self.real.runtime)
        except Crash:
            self.real.runtime = self.stack.enter_context(self.real.site.runtime())
            if self.real.site.look("select to_regclass('in_tables.run') as there")[0]["there"]:
                self.real.site.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '1 day'")
        else:
            return
        for _ in range(self.choose.randint(0, 2)):
            self.readers.act(self.choose.randint(0, 2), self.choose.choice(READERS), self.choose.choice(ACTS))
        run_once(self.real.runtime)

    def undo(self) -> None:
        """Of a run or a batch of records."""
        if self.units:
            self.real.undo(self.units.pop(self.choose.randrange(len(self.units))))

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
        self.real.deliver(delivery(self.choose, self.steps))

    def _batch(self) -> Batch:
        return as_records(batch(self.choose, self.steps))
