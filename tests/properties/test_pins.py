"""Random histories in which a person pins values between and beside runs and batches of records.

As test_records_and_rows: pins are acts of the history, and the model knows what they hold back and what ends them.
"""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from etl.embedded import EmbeddedServer
from etl.errors import EtlError
from tests.fix_company import APART, ONE, PreparedTemplates, superuser
from tests.properties import test_records_and_rows
from tests.properties.injected_faults import inject_fault, replace
from tests.properties.interleaving import Interleaving
from tests.properties.model.world import Pin
from tests.properties.orders import Both, Part, after, in_every_order, run_parts
from tests.properties.test_two_sources import MOST, SEEDS, play_all, stops
from tests.properties.two_sources import DOCUMENTS, LINK_ROWS, UNIQUE, PinOf, pin_of

_FIRST = 2_000


def pin_part(chosen: PinOf) -> Part:
    def pin(world: Both) -> None:
        known = world.known(chosen.bo, chosen.in_id)
        if known is None or known.state == "REMOVED":
            return
        if chosen.field == UNIQUE[chosen.bo] and chosen.value is not None:
            live = (one for one in world.instances[chosen.bo].values() if one.state != "REMOVED" and one is not known)
            if any(one.values.get(chosen.field) == chosen.value for one in live):
                return
        key = (known.id, chosen.field)
        source = world.pins[key].source if key in world.pins else known.values.get(chosen.field)
        world.pins[key] = Pin(source, chosen.until_changed)
        known.values = known.values | {chosen.field: chosen.value}

    return pin


def unpin_part(chosen: PinOf) -> Part:
    def unpin(world: Both) -> None:
        known = world.known(chosen.bo, chosen.in_id)
        if known and known.state != "REMOVED":
            world.pins.pop((known.id, chosen.field), None)

    return unpin


class History(test_records_and_rows.History):
    """Most of its steps pin something."""

    def step(self) -> None:
        if not self._present():
            self.run()
        acts = [self.run, self.batch, self.pin, self.pin, self.pin, self.unpin, self.pin_beside_a_run, self.both]
        for _ in range(2):
            self.choose.choice(acts if self._present() else [self.run])()

    def _present(self) -> list[tuple[str, str]]:
        return sorted((bo, one.in_id) for bo, of in self.worlds[0].instances.items() for one in of.values())

    def _chosen(self, what: str) -> PinOf:
        chosen = pin_of(self.choose, self._present())
        self.log.append(f"{what} {chosen}")
        return chosen

    def pin(self) -> None:
        """Some are undone at once: then all is as before."""
        chosen = self._chosen("pin")
        unit = self.real.pin(chosen)
        if unit and self.choose.random() < 0.3:
            self.log.append("undone")
            self.real.undo(unit)
            self._follow([self.worlds], without=LINK_ROWS)
        else:
            self._follow([[after(world, pin_part(chosen)) for world in self.worlds]], without=LINK_ROWS)
        self._look()

    def unpin(self) -> None:
        chosen = self._chosen("unpin")
        self.real.unpin(chosen)
        self._follow([[after(world, unpin_part(chosen)) for world in self.worlds]], without=LINK_ROWS)

    def pin_beside_a_run(self) -> None:
        given, chosen = self._delivery(self._next()), self._chosen("pin at once")
        mine, others = stops(self.choose), stops(self.choose)
        self.log.append(f"{given}, {mine} {others}")
        self._deliver(given)
        engines = list({id(one): one for one in (self.real.runtime.engine, self.real.runtime.store_engine)}.values())
        with psycopg.connect(**superuser(self.real.site.store_database), autocommit=True) as observer:
            Interleaving(observer, (mine, others)).play(engines, self.real.run, lambda: self.real.pin(chosen))
        worlds = in_every_order(self.worlds, run_parts(self.policy), [pin_part(chosen)])
        self._quiet_run([worlds])


@pytest.mark.parametrize("layout", [ONE, APART])
def test_pins_beside_sources(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, layout: str, tmp_path: Path
) -> None:
    play_all(server, prepared_templates, layout, tmp_path, (_FIRST + seed for seed in SEEDS[:-1] or SEEDS), History)


def nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "pinned_fields", replace(r"where bo = :bo", "where false"))


def no_pin_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "end_pins", replace(r"and p\.until_changed", "and false"))


def an_undo_forgets_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves the pin, and takes the value back."""
    inject_fault(monkeypatch, "undo_begun", replace(r"where t\.run = any", "where false and t.run = any"))


def a_pin_waits_for_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "shut_out", lambda _: "select 1")


FAULTS = (nothing_is_held, no_pin_ends, an_undo_forgets_pins, a_pin_waits_for_no_source)


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_pins_is_found(
    fault: Callable[[pytest.MonkeyPatch], None],
    server: EmbeddedServer,
    prepared_templates: PreparedTemplates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared_templates.of(DOCUMENTS, ONE)
    fault(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception, EtlError)) as found:
        play_all(server, prepared_templates, ONE, tmp_path, range(MOST), History)
    print(str(found.value)[-2000:])
