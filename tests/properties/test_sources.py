"""Random histories of rows, records and pins where the metadata name sources in their order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from etl.errors import EtlError
from tests.fix_company import APART, ONE, PreparedTemplates
from tests.properties import test_pins
from tests.properties.injected_faults import inject_fault, replace
from tests.properties.test_two_sources import MOST, SEEDS, play_all
from tests.properties.two_sources import BY_ORDER

_FIRST = 3_000


class History(test_pins.History):
    """As that of pins, most of it runs and batches."""

    documents = BY_ORDER

    def step(self) -> None:
        for _ in range(2):
            acts = [self.run, self.batch, self.batch, self.both, self.pin] if self._present() else [self.run]
            self.choose.choice(acts)()


@pytest.mark.parametrize("layout", [ONE, APART])
def test_sources_in_an_order(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, layout: str, tmp_path: Path
) -> None:
    play_all(server, prepared_templates, layout, tmp_path, (_FIRST + seed for seed in SEEDS[:-1] or SEEDS), History)


def no_field_is_owned(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_owners", replace(r"and v\.says", "and v.says and false"))


def sources_count_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_rows", replace(r"owners\.rank_(\d+) < ", r"owners.rank_\1 > "))


FAULTS = (no_field_is_owned, sources_count_the_other_way)


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_the_order_is_found(
    fault: Callable[[pytest.MonkeyPatch], None],
    server: EmbeddedServer,
    prepared_templates: PreparedTemplates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared_templates.of(BY_ORDER, ONE)
    fault(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception, EtlError)) as found:
        play_all(server, prepared_templates, ONE, tmp_path, range(MOST), History)
    print(str(found.value)[-2000:])
