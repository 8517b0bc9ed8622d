"""Random histories in which records of a topic and rows of in_ tables meet on one store, alone and at once.

As test_two_sources, with the batches of a topic: JSON is read and merged as by a worker, and the model folds patches.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.embedded import EmbeddedServer
from etl.sources.kafka import objects
from tests.fix_company import APART, ONE, PreparedTemplates
from tests.properties import test_two_sources
from tests.properties.injected_faults import inject_fault, must_be_found
from tests.properties.orders import Part
from tests.properties.test_two_sources import MOST, SEEDS, play_all
from tests.properties.topic import TopicUnderTest, as_records, record_parts
from tests.properties.two_sources import DOCUMENTS, Batch

# Other histories than those of test_two_sources.
_FIRST = 1_000
# Histories that have found a fault of the engine: a link that a batch made since the run's start was replaced by an
# older one; an id was that of a new instance and a further one of another. And one in which a record changes nothing
# as long as the run has not ended.
FOUND = [1087227289, 497696148, 312269578]
# The column _given, in the lines of objects.
_GIVEN = 5


class History(test_two_sources.History):
    """The batches are records of a topic."""

    site_of = TopicUnderTest

    def _drawn(self, step: int) -> Batch:
        return as_records(super()._drawn(step))

    def _parts(self, given: Batch) -> list[Part]:
        return record_parts(given)


@pytest.mark.parametrize("layout", [ONE, APART])
def test_records_and_rows_at_once(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, layout: str, tmp_path: Path
) -> None:
    play_all(server, prepared_templates, layout, tmp_path, [*FOUND, *(_FIRST + seed for seed in SEEDS)], History)


def positions_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch moves no position, and recordIds are not asked: a batch that comes again is merged again."""
    inject_fault(monkeypatch, "advance_partitions", lambda sql: f"{sql} and false")
    inject_fault(monkeypatch, "remember_records", lambda sql: "select 0 as known")


def records_are_whole_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a record does not name is cleared."""
    lines = objects._lines

    def whole(*arguments: Any) -> Iterator[str]:
        for line in lines(*arguments):
            columns = line.split("\t")
            columns[_GIVEN] = r"\\x" + "f" * (len(columns[_GIVEN]) - 3)
            yield "\t".join(columns)

    monkeypatch.setattr(objects, "_lines", whole)


FAULTS = (positions_stay, records_are_whole_images)


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_records_is_found(
    fault: Callable[[pytest.MonkeyPatch], None],
    server: EmbeddedServer,
    prepared_templates: PreparedTemplates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared_templates.of(DOCUMENTS, ONE)
    fault(monkeypatch)
    with must_be_found():
        play_all(server, prepared_templates, ONE, tmp_path, range(MOST), History)
