"""Random histories of everything that decides whose value counts: rows and full sets of in_ tables, records of a topic,
the order of sources, source times, pins, undos, and deliveries that come again; alone and at once.

As test_records_and_rows. What the metadata say of sources and times is another in each history. The model has the store
with its links, who has written each field, pins, the ids of full sets, and what a run says of its rows.
"""

from collections.abc import Callable
from dataclasses import replace as with_other
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from etl.embedded import EmbeddedServer
from tests.fix_company import APART, ONE, PreparedTemplates, superuser
from tests.properties import test_records_and_rows
from tests.properties.acts import pin_part, undone, unpin_part
from tests.properties.injected_faults import inject_fault, must_be_found, replace
from tests.properties.interleaving import Interleaving
from tests.properties.orders import Both, after, distinct, in_every_order, run_parts
from tests.properties.test_two_sources import IS_LONG, MOST, SEEDS, play_all, stops
from tests.properties.two_sources import (
    BY_ORDER,
    BY_ORDER_AND_TIME,
    BY_TIME,
    DOCUMENTS,
    FIELDS,
    LINK_ROWS,
    NOW,
    Batch,
    Delivery,
    PinOf,
    has_times,
    pin_of,
    records_with_times,
    with_times,
)

_FIRST = 4_000
_CHOICES = (DOCUMENTS, BY_ORDER, BY_TIME, BY_ORDER_AND_TIME)
# Together one history of each.
_SHORT = {ONE: (0, 3), APART: (1, 2)}


class History(test_records_and_rows.History):
    """`units`: those that can be undone, the newest last, each with the worlds before it and whether it is an undo."""

    documents = _CHOICES
    given: Delivery | None = None
    share_of_full_sets = 0.25

    def step(self) -> None:
        self.units: list[tuple[int, list[Both], bool]] = getattr(self, "units", [])
        if not self._present():
            self._note(self.run)
        acts: list[Callable[[], object]] = [
            *(lambda: self._note(self.run), lambda: self._note(self.run), lambda: self._note(self.batch)),
            *(lambda: self._note(self.batch), lambda: self._note(self.pin), lambda: self._note(self.pin)),
            *(lambda: self._note(self.unpin), self.undo_newest, self.undo_newest, self.at_once),
            self.undo_before_full_sets,
        ]
        for _ in range(3):
            self.choose.choice(acts if self._present() else acts[:2])()

    def _note(self, act: Callable[[], int]) -> None:
        before = self.worlds
        if unit := act():
            self.units.append((unit, before, False))

    def at_once(self) -> None:
        """Of two units that were at once neither is the newest."""
        self.choose.choice([self.both, self.pin_beside_a_run])()
        self.units.clear()

    def _delivery(self, step: int) -> Delivery:
        """Some come again as they were; some are full sets."""
        again = self.given if self.choose.random() < 0.15 else None
        drawn = _later(again, step) if again else super()._delivery(step)
        if has_times(self.worlds[0].company) and not again:
            drawn = with_times(self.choose, drawn)
        full = [bo for bo in FIELDS if self.choose.random() < self.share_of_full_sets]
        self.given = drawn if again else with_other(drawn, full=tuple(full))
        return self.given

    def _drawn(self, step: int) -> Batch:
        drawn = super()._drawn(step)
        return records_with_times(self.choose, drawn) if has_times(self.worlds[0].company) else drawn

    def _present(self) -> list[tuple[str, str]]:
        return sorted((bo, one.in_id) for bo, of in self.worlds[0].instances.items() for one in of.values())

    def _chosen(self, what: str) -> PinOf:
        chosen = pin_of(self.choose, self._present())
        self.log.append(f"{what} {chosen}")
        return chosen

    def pin(self) -> int:
        chosen = self._chosen("pin")
        unit = self.real.pin(chosen)
        self._follow([[after(world, pin_part(chosen)) for world in self.worlds]], without=LINK_ROWS)
        if unit:
            self._look()
        return unit

    def unpin(self) -> int:
        chosen = self._chosen("unpin")
        unit = self.real.unpin(chosen)
        self._follow([[after(world, unpin_part(chosen)) for world in self.worlds]], without=LINK_ROWS)
        return unit

    def undo_newest(self) -> None:
        """Then all is as before; the next undo may be of this one, or of the unit before."""
        if not self.units:
            return
        unit, before, is_undo = self.units.pop()
        self.log.append(f"undo {unit}")
        number, now = self.real.undo(unit), self.worlds
        self._follow([distinct([undone(one, now[0]) for one in before])], without=LINK_ROWS)
        self._look()
        if is_undo or self.choose.random() < 0.5:
            self.units.append((number, now, not is_undo))

    def undo_before_full_sets(self) -> None:
        """What only an undone run has brought is not missed in a full set."""
        self._note(self.run)
        self.undo_newest()
        self.share_of_full_sets = 1.0
        self._note(self.run)
        self.share_of_full_sets = History.share_of_full_sets

    def pin_beside_a_run(self) -> None:
        given, chosen = self._delivery(self._next()), self._chosen("pin at once")
        mine, others = stops(self.choose), stops(self.choose)
        self.log.append(f"{given}, {mine} {others}")
        self._deliver(given)
        engines = list({id(one): one for one in (self.real.runtime.engine, self.real.runtime.store_engine)}.values())
        with psycopg.connect(**superuser(self.real.site.store_database), autocommit=True) as observer:
            Interleaving(observer, (mine, others)).play(engines, self.real.run, lambda: self.real.pin(chosen))
        parts = run_parts(self.policy, has_full_set=bool(given.full))
        self._quiet_run([in_every_order(self.worlds, parts, [pin_part(chosen)])])


def _later(given: Delivery, step: int) -> Delivery:
    """The same rows; links are inserted now."""
    links = {
        name: [
            with_other(one, inserted=max(one.inserted, NOW) + timedelta(hours=step)) if one.inserted >= NOW else one
            for one in of
        ]
        for name, of in given.links.items()
    }
    return with_other(given, links=links)


@pytest.mark.parametrize("layout", [ONE, APART])
def test_whose_value_counts(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, layout: str, tmp_path: Path
) -> None:
    seeds = SEEDS if IS_LONG else _SHORT[layout]
    play_all(server, prepared_templates, layout, tmp_path, (_FIRST + seed for seed in seeds), History)


def nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "pinned_fields", replace(r"where bo = :bo", "where false"))


def no_pin_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "end_pins", replace(r"and p\.until_changed", "and false"))


def a_pin_waits_for_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "shut_out", lambda _: "select 1")


def no_field_is_owned(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_owners", replace(r"and v\.says", "and v.says and false"))


def sources_count_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"owners\.rank_(\d+) < ", r"owners.rank_\1 > "))


def no_time_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "insert_owners", replace(r"source_time = excluded\.source_time", "source_time = null"))


def older_news_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"owners\.time_(\d+) > ", r"owners.time_\1 < "))


def a_row_without_a_time_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"owners\.time_(\d+) is not null", "false"))


def no_time_of_a_state_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_owners", replace(r"\(s\._says_state, ", "(false, "))


def an_older_removal_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"owners\.newest > i\.", "owners.newest < i."))


def an_older_row_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"when g\._state = 'REMOVED' then not", "when false then not"))


def an_older_state_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"i\._state <> g\._state and", "false and"))


def a_removal_without_a_time_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"then owners\.newest end", "then cast(null as timestamptz) end"))


def of_a_batch_a_row_with_values_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_duplicates", replace(r"is not true as _comes_later", "is null as _comes_later"))


def what_is_held_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "count_rows", replace(r" as held,", " * 0 as held,"))


def full_sets_remove_what_others_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "find_missing", replace(r"and u\.source = :source and u\.kind = 'run'", ""))


def full_sets_know_no_other_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "find_missing", replace(r"where a\.bo = :bo", "where false"))


def what_is_undone_was_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "find_missing", replace(r"and j\.run <> all\(cast\(:undone as bigint\[\]\)\)", ""))


def a_full_set_that_only_removes_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "any_present", replace(r"not removed and", ""))


def rows_of_full_sets_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "delete_added", replace(r"and inserted_date = occupied_at", "and false"))


def ids_of_full_sets_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "keep_ids", replace(r"where p\.in_id", "where false and p.in_id"))


def an_undo_forgets_what_began(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pins, owners and ids of full sets stay, and the values go back."""
    inject_fault(monkeypatch, "undo_begun", replace(r"where t\.run = any", "where false and t.run = any"))


def an_undo_forgets_what_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "undo_ended", replace(r"where e\.ended_by = any", "where false and e.ended_by = any"))


FAULTS = (
    *(nothing_is_held, no_pin_ends, a_pin_waits_for_no_source, no_field_is_owned, sources_count_the_other_way),
    *(no_time_is_noted, older_news_counts, a_row_without_a_time_counts, what_is_held_is_not_counted),
    *(no_time_of_a_state_is_noted, an_older_removal_counts, an_older_row_returns, an_older_state_counts),
    *(a_removal_without_a_time_has_none, of_a_batch_a_row_with_values_counts),
    *(full_sets_remove_what_others_brought, full_sets_know_no_other_ids, what_is_undone_was_brought),
    *(a_full_set_that_only_removes_counts, rows_of_full_sets_stay, ids_of_full_sets_are_forgotten),
    *(an_undo_forgets_what_began, an_undo_forgets_what_ended),
)


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found(
    fault: Callable[[pytest.MonkeyPatch], None],
    server: EmbeddedServer,
    prepared_templates: PreparedTemplates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for documents in _CHOICES:
        prepared_templates.of(documents, ONE)
    fault(monkeypatch)
    with must_be_found():
        play_all(server, prepared_templates, ONE, tmp_path, range(MOST), History)
