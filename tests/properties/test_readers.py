"""Whatever happens to a company, each reader that confirms ends with exactly the out_ tables, and misses no change.

The machine of test_in_migration: its partners, runs, crashes and switches, with readers beside them. And
histories in which records are merged too, and runs and batches are reverted.
"""

import os
import random
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import cast

import hypothesis
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from etl.embedded import EmbeddedServer
from tests.fix_company import APART, ONE, PreparedTemplates
from tests.fix_database import Database
from tests.properties.injected_faults import Change, inject_fault, must_be_found, nothing, replace
from tests.properties.partner import ACTS
from tests.properties.reader_histories import ReaderHistory
from tests.properties.readers import ACTS as ACTS_OF_READERS
from tests.properties.readers import READERS, Readers
from tests.properties.test_in_migration import ENDINGS, SETTINGS, InMigration
from tests.properties.test_two_sources import played
from tests.properties.topic import TopicUnderTest
from tests.properties.two_sources import DOCUMENTS

READER_ACTS = st.tuples(st.integers(0, 2), st.sampled_from(READERS), st.sampled_from(ACTS_OF_READERS))
# Histories of records and undo, the same each time; the long checks play others.
_EXAMPLES = int(os.environ.get("ETL_PROPERTY_EXAMPLES", "8"))
SEEDS = [random.randrange(1 << 32) if "ETL_PROPERTY_EXAMPLES" in os.environ else n for n in range(_EXAMPLES // 8)]
_STEPS = 12


class WithReaders(InMigration):
    """After each step of the company some readers ask, read, confirm, or are killed before."""

    @rule(data=st.data(), acts=st.lists(st.sampled_from(ACTS), max_size=4), ending=st.sampled_from(ENDINGS))
    def live(self, data: st.DataObject, acts: list[str], ending: str) -> None:
        super().live(data=data, acts=acts, ending=ending)
        if not hasattr(self, "readers"):
            self.readers = Readers(self.real)
        if not self.world.run:
            for _ in range(data.draw(st.integers(0, 3))):
                self.readers.act(*data.draw(READER_ACTS))

    def teardown(self) -> None:
        try:
            if hasattr(self, "readers"):
                self.readers.finish()
        finally:
            super().teardown()


def check(server: EmbeddedServer, template: Database, chosen: hypothesis.settings, seed: int | None = None) -> None:
    machine = partial(WithReaders, server, template)
    if seed is not None:
        machine = hypothesis.seed(seed)(machine)
    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[arg-type]


@pytest.mark.nightly
def test_each_reader_ends_with_the_out_tables(server: EmbeddedServer, template: Database) -> None:
    check(server, template, SETTINGS)


def play_all(
    server: EmbeddedServer, templates: PreparedTemplates, layout: str, folder: Path, seeds: Iterable[int]
) -> None:
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        with ExitStack() as stack:
            real = stack.enter_context(played(server, templates, layout, place, TopicUnderTest, copyTables=False))
            history = ReaderHistory(cast(TopicUnderTest, real), seed, stack)
            try:
                history.play(_STEPS)
            finally:
                print("\n".join(history.observed.log))


@pytest.mark.parametrize("layout", [ONE, pytest.param(APART, marks=pytest.mark.nightly)])
def test_each_reader_ends_with_the_out_tables_after_records_and_undo(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, layout: str, tmp_path: Path
) -> None:
    play_all(server, prepared_templates, layout, tmp_path, SEEDS)


FAULTS: dict[str, tuple[str, Change]] = {
    "updates are not noted": ("note_rows", lambda sql: nothing(sql) if "after update" in sql else sql),
    "what leaves is not noted": ("note_rows", lambda sql: nothing(sql) if "after delete" in sql else sql),
    "a confirmation skips what came after the question": (
        "confirm_function",
        replace(
            r"set from_position = mine\.upto_position",
            "set from_position = (select max(v.reader_position) from store_demo.out_version v "
            "where v.schema_name = mine.schema_name)",
        ),
    ),
    "what was confirmed comes again": ("changes_view", replace(r"c\.position > r\.from_position", "c.position >= 0")),
    "a clean-up deletes what was not confirmed": ("keep_from", replace(r"coalesce\(min\(.*?\)\), v\.", "(v.")),
}


@pytest.mark.nightly
@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(
    fault: str, server: EmbeddedServer, template: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject_fault(monkeypatch, *FAULTS[fault])
    quick = settings(SETTINGS, max_examples=300, phases=[Phase.generate], database=None, report_multiple_bugs=False)
    with must_be_found():
        check(server, template, quick)


@pytest.mark.nightly
@pytest.mark.negative_control
def test_a_fault_beside_records_and_undo_is_found(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared_templates.of(DOCUMENTS, ONE)
    inject_fault(monkeypatch, *FAULTS["what leaves is not noted"])
    with must_be_found():
        play_all(server, prepared_templates, ONE, tmp_path, range(100))
