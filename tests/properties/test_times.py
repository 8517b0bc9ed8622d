"""Random histories of rows, records and pins that say of when they are, beside sources in their order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from etl.errors import EtlError
from tests.fix_company import APART, ONE, PreparedTemplates
from tests.properties import test_sources
from tests.properties.injected_faults import inject_fault, replace
from tests.properties.test_two_sources import MOST, SEEDS, play_all
from tests.properties.two_sources import BY_TIME, Batch, Delivery, records_with_times, with_times

_FIRST = 4_000


class History(test_sources.History):
    """As that of sources."""

    documents = BY_TIME

    def _delivery(self, step: int) -> Delivery:
        return with_times(self.choose, super()._delivery(step))

    def _drawn(self, step: int) -> Batch:
        return records_with_times(self.choose, super()._drawn(step))


@pytest.mark.parametrize("layout", [ONE, APART])
def test_the_newest_of_each_field(
    server: EmbeddedServer, prepared_templates: PreparedTemplates, layout: str, tmp_path: Path
) -> None:
    play_all(server, prepared_templates, layout, tmp_path, (_FIRST + seed for seed in SEEDS[:-1] or SEEDS), History)


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
    inject_fault(monkeypatch, "stage_rows", replace(r"then owners\.newest end", "then null end"))


def of_a_batch_a_row_with_values_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "stage_duplicates", replace(r"is not true as _comes_later", "is null as _comes_later"))


FAULTS = (
    no_time_is_noted,
    older_news_counts,
    a_row_without_a_time_counts,
    no_time_of_a_state_is_noted,
    an_older_removal_counts,
    an_older_row_returns,
    an_older_state_counts,
    a_removal_without_a_time_has_none,
    of_a_batch_a_row_with_values_counts,
)


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_times_is_found(
    fault: Callable[[pytest.MonkeyPatch], None],
    server: EmbeddedServer,
    prepared_templates: PreparedTemplates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared_templates.of(BY_TIME, ONE)
    fault(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception, EtlError)) as found:
        play_all(server, prepared_templates, ONE, tmp_path, range(MOST), History)
    print(str(found.value)[-2000:])
