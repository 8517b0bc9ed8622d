"""Undo, waiting, errors, versions and clean beside a journal of two million rows, with statistics of before the run."""

import pytest

from tests.fix_company import CLAIMS, MakeSite
from tests.integration.engine.test_old_statistics import (
    OldStatistics,
    check_undo,
    check_versions_and_clean,
    check_waiting_and_errors,
    old_statistics,
)

JOURNAL_ROWS = 2_000_000


@pytest.fixture
def old(make_site: MakeSite) -> OldStatistics:
    return old_statistics(make_site(CLAIMS), JOURNAL_ROWS)


@pytest.mark.nightly
def test_all_of_it(old: OldStatistics) -> None:
    check_undo(old)
    check_waiting_and_errors(old)
    check_versions_and_clean(old)
