"""Whatever happens to a company, each reader that confirms ends with exactly the out_ tables, and misses no change.

The machine of test_in_migration: its partners, runs, crashes and switches, with readers beside them.
"""

from functools import partial

import hypothesis
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from etl.embedded import EmbeddedServer
from etl.errors import EtlError
from tests.fix_database import Database
from tests.properties.injected_faults import Change, inject_fault, nothing, replace
from tests.properties.partner import ACTS
from tests.properties.readers import Readers
from tests.properties.test_in_migration import ENDINGS, SETTINGS, InMigration


class WithReaders(InMigration):
    """After each step of the company some readers ask, read, confirm, or are killed before."""

    @rule(data=st.data(), acts=st.lists(st.sampled_from(ACTS), max_size=4), ending=st.sampled_from(ENDINGS))
    def live(self, data: st.DataObject, acts: list[str], ending: str) -> None:
        super().live(data=data, acts=acts, ending=ending)
        if not hasattr(self, "readers"):
            self.readers = Readers(self.real)
        if not self.world.run:
            for _ in range(data.draw(st.integers(0, 3))):
                self.readers.act(data)

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
    with pytest.raises((AssertionError, EtlError)):
        check(server, template, quick)
