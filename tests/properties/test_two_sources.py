"""Random histories of two sources on one store: runs of the in_ tables and batches of records, alone and at once.

What comes of a run and a batch at once is what one of the orders gives in which their tasks may follow each other.
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from etl.embedded import EmbeddedServer
from tests.fix_company import APART, ONE, PreparedTemplates, Row, copied_site, superuser
from tests.fix_database import fresh_database
from tests.properties.injected_faults import inject_fault, must_be_found, replace
from tests.properties.interleaving import COMMIT, Interleaving, SwitchPoint
from tests.properties.model import Policy
from tests.properties.orders import (
    Both,
    Part,
    account,
    batch_parts,
    deliver,
    differences,
    facts,
    in_every_order,
    looking_first,
    looks_of_batch,
    looks_of_run,
    run_parts,
    without_unit,
)
from tests.properties.two_sources import DOCUMENTS, LINK_ROWS, Batch, Delivery, batch, delivery
from tests.properties.two_sources_site import SiteUnderTest

# A few histories of few steps, the same each time; the long checks play many others.
_EXAMPLES = int(os.environ.get("ETL_PROPERTY_EXAMPLES", "12"))
IS_LONG = "ETL_PROPERTY_EXAMPLES" in os.environ
SEEDS = [random.randrange(1 << 32) if IS_LONG else n for n in range(_EXAMPLES // 4)]
# Histories that have found a fault of the engine: a row left to the next pass, whose instance a batch makes meanwhile;
# and one in which a batch removes what the run has not made yet.
FOUND = [3167970765, 73]
_STEPS = 3
# Histories in which an injected fault must be found.
MOST = 100
_AIMS = ("", "", "stage", "update store_demo", "insert into store_demo", "boi_reference", "pg_advisory", COMMIT)


@contextmanager
def played(
    server: EmbeddedServer,
    templates: PreparedTemplates,
    layout: str,
    folder: Path,
    made: type[SiteUnderTest] = SiteUnderTest,
    documents: dict[str, str] = DOCUMENTS,
    **settings: Any,
) -> Iterator[SiteUnderTest]:
    with ExitStack() as stack:
        prepared = templates.of(documents, layout)
        copies = [stack.enter_context(fresh_database(server, one)) for one in prepared.databases]
        lease: Any = {"leaseSeconds": 3600, "heartbeatSeconds": 600}
        site = copied_site(prepared, copies, folder, documents, **lease, **settings)
        stack.callback(site.partner.session.close)
        yield made(site, stack.enter_context(site.runtime()))


def stops(choose: random.Random) -> list[SwitchPoint]:
    drawn = []
    for _ in range(choose.randint(0, 3)):
        contains = choose.choice(_AIMS)
        drawn.append(SwitchPoint(contains, choose.randint(1, 4) if contains else choose.randint(1, 60)))
    return drawn


class History:
    """One store's life. `worlds`: all that the model allows so far."""

    site_of: type[SiteUnderTest] = SiteUnderTest
    documents: Sequence[dict[str, str]] = (DOCUMENTS,)

    def __init__(self, real: SiteUnderTest, seed: int, choose: random.Random, policy: Policy) -> None:
        self.real, self.seed, self.choose, self.policy = real, seed, choose, policy
        self.worlds = [Both(real.runtime.company)]
        self.log: list[str] = []
        self.number = 0

    def step(self) -> None:
        acts = [self.run, self.batch, self.both, self.both, self.both]
        self.choose.choice(acts)()

    def _deliver(self, given: Delivery) -> None:
        self.real.deliver(given)
        for world in self.worlds:
            deliver(world, given)

    def run(self) -> int:
        """Returns its number, as all of these do."""
        given = self._delivery(self._next())
        self.log.append(str(given))
        self._deliver(given)
        number = self.real.run()
        self._follow([in_every_order(self.worlds, run_parts(self.policy, has_full_set=bool(given.full)))])
        self._look()
        found, expected = self.real.account(number), [account(world) for world in self.worlds]
        if found not in expected:
            wrong = [*differences(expected[0], found), f"seed {self.seed}: its receipts and errors"]
            pytest.fail("\n".join([*self.log, *wrong]))
        return number

    def batch(self) -> int:
        given = self._drawn(self._next())
        self.log.append(str(given))
        number = self.real.merge(given)
        self._follow([in_every_order(self.worlds, self._parts(given))], without=LINK_ROWS)  # the next run writes these
        return number

    def _delivery(self, step: int) -> Delivery:
        return delivery(self.choose, step)

    def _drawn(self, step: int) -> Batch:
        return batch(self.choose, step)

    def _parts(self, given: Batch) -> list[Part]:
        return batch_parts(given)

    def both(self) -> tuple[int, int]:
        """Returns the numbers of both units."""
        given, records = self._delivery(self._next()), self._drawn(self.number)
        mine, others = stops(self.choose), stops(self.choose)
        is_run_first = self.choose.random() < 0.5
        self.log.append(f"{given}\nat once, first the run: {is_run_first}, {mine} {others}\n{records}")
        self._deliver(given)
        engines = list({id(one): one for one in (self.real.runtime.engine, self.real.runtime.store_engine)}.values())
        with psycopg.connect(**superuser(self.real.site.store_database), autocommit=True) as observer:
            interleaving = Interleaving(observer, (mine, others))
            if is_run_first:
                units = interleaving.play(engines, self.real.run, lambda: self.real.merge(records))
            else:
                units = interleaving.play(engines, lambda: self.real.merge(records), self.real.run)
        self._quiet_run(self._orders(records, has_full_set=bool(given.full)))
        return units

    def _orders(self, given: Batch, *, has_full_set: bool) -> Iterator[list[Both]]:
        """What may come of a run and a batch at once; the second is asked for where the first does not explain it."""
        run, of_batch = run_parts(self.policy, has_full_set=has_full_set), self._parts(given)
        yield in_every_order(self.worlds, run, of_batch)
        looks = looks_of_run(self.policy, has_full_set=has_full_set)
        run, of_batch = looking_first(run, looks), looking_first(of_batch, looks_of_batch(given))
        yield in_every_order(self.worlds, run, of_batch)

    def undo(self) -> None:
        """Of two units that were at once one is reverted, and then the other."""
        units = list(self.both())
        self.choose.shuffle(units)
        undone: dict[int, int] = {}
        for unit in units:
            wanted = without_unit(self.real.instances(), self.real.changes(), unit, undone, self.real.pinned())
            undone[self.real.undo(unit)] = unit
            found = self.real.instances()
            wrong = [
                (row, found[key]) for key, row in wanted.items() if found[key] != row and not _meets(key, row, found)
            ]
            assert wrong == [], "\n".join([*self.log, f"seed {self.seed}: undo of {units}, at {unit}"])
        self.real.site.partner.hand_over()
        self.real.run()
        self._look()

    def _quiet_run(self, orders: Iterable[list[Both]]) -> None:
        """Nothing is delivered: what waited and has come is linked."""
        self.real.site.partner.hand_over()
        self.real.run()
        self._follow(in_every_order(worlds, run_parts(self.policy)) for worlds in orders)
        self._look()

    def _follow(self, orders: Iterable[list[Both]], without: Sequence[str] = ()) -> None:
        """Keeps the worlds that are like the store, of the first of `orders` that has any."""
        found = self.real.facts()
        wrong: list[list[str]] = []
        for worlds in orders:
            wrong = [self._wrong(facts(world), found, without) for world in worlds]
            fitting = [world for world, its in zip(worlds, wrong, strict=True) if not its]
            if fitting:
                self.worlds = fitting
                return
        nearest = min(wrong, key=len)
        pytest.fail(
            "\n".join([*self.log, f"seed {self.seed}: of {len(wrong)} orders none gives this; the nearest:", *nearest])
        )

    @staticmethod
    def _wrong(expected: dict[str, object], actual: dict[str, object], without: Sequence[str]) -> list[str]:
        subjects = (name for name in expected if expected[name] != actual[name] and name not in without)
        return [f"{name}\n  model: {expected[name]}\n  real:  {actual[name]}" for name in subjects]

    def _look(self) -> None:
        assert list(self.real.wrong_origins()) == [], "\n".join(self.log)
        assert self.real.wrong_in_out() == [], "\n".join(self.log)

    def _next(self) -> int:
        self.number += 1
        return self.number


def _meets(key: tuple[str, str], row: Row, found: dict[tuple[str, str], Row]) -> bool:
    """Whether another instance has the name that this one would get back."""
    others = [one for its, one in found.items() if its != key and one["_state"] != "REMOVED"]
    return row.get("name") is not None and any(one.get("name") == row["name"] for one in others)


def play(
    server: EmbeddedServer,
    templates: PreparedTemplates,
    layout: str,
    folder: Path,
    seed: int,
    history_of: type[History] = History,
) -> None:
    choose = random.Random(seed)
    folder = folder / f"{layout} {seed}".replace(" ", "_")
    folder.mkdir()
    policy = Policy(keep_on_null=choose.random() < 0.5, max_value_bytes=1000)
    null_policy = "keep" if policy.keep_on_null else "clear"
    documents = history_of.documents[seed % len(history_of.documents)]
    with played(server, templates, layout, folder, history_of.site_of, documents, nullPolicy=null_policy) as real:
        history = history_of(real, seed, choose, policy)
        for _ in range(_STEPS):
            history.step()
        history.undo()


def play_all(
    server: EmbeddedServer,
    templates: PreparedTemplates,
    layout: str,
    folder: Path,
    seeds: Iterable[int],
    history_of: type[History] = History,
) -> None:
    for seed in seeds:
        play(server, templates, layout, folder, seed, history_of)


@pytest.mark.parametrize("layout", [ONE, APART])
def test_two_sources_at_once(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, layout: str, tmp_path: Path
) -> None:
    play_all(server, prepared_templates, layout, tmp_path, [*FOUND, *SEEDS])


def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another source has written since the rows were staged is written over."""
    unguarded = replace(r"\w+\.xmin = \w+\._known_version", "true")
    for statement in ("update_instances", "release_values"):
        inject_fault(monkeypatch, statement, unguarded)


def no_lock_of_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are stopped where they write links: elsewhere it makes no difference."""
    monkeypatch.setitem(globals(), "_AIMS", ("link_Claim", "insert into store_demo.link_Claim", COMMIT))
    inject_fault(monkeypatch, "lock_links", replace(r"pg_advisory_xact_lock\(.*\)", ":table"))


def arrivals_alone_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """References that were written beside the transaction of their end are not looked up."""
    inject_fault(monkeypatch, "stage_references", replace(r"and r\.written_by >= ", "and false and r.written_by >= "))


def one_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    for statement in ("lock_store_fence", "raise_store_fence", "hold_store_fence"):
        inject_fault(monkeypatch, statement, replace(r":source\b", "'all'"))


def no_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is noted as a run."""
    inject_fault(monkeypatch, "begin_unit", replace(":kind", "'run'"))
    inject_fault(monkeypatch, "finish_unit", replace(":kind", "'run'"))


FAULTS = (no_guard, no_lock_of_fields, arrivals_alone_are_served, one_fence, no_unit)


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_between_sources_is_found(
    fault: Callable[[pytest.MonkeyPatch], None],
    server: EmbeddedServer,
    prepared_templates: PreparedTemplates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared_templates.of(DOCUMENTS, ONE)
    fault(monkeypatch)
    with must_be_found():
        play_all(server, prepared_templates, ONE, tmp_path, range(MOST))
