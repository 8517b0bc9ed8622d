"""Here small batches take every way that large ones take, and no log is kept."""

import logging
from collections.abc import Iterator

import pytest

from etl.merge.links import merge as links
from etl.merge.rows import repeated
from tests.properties.injected_faults import INJECTED, check_all_are_injected


@pytest.fixture(autouse=True)
def no_chunk_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "FROM_ROWS", 1)
    monkeypatch.setattr(links, "JOIN_FROM_ROWS", 1)


@pytest.fixture(autouse=True)
def no_log_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest keeps each record until the test ends: gigabytes here, and seconds each time they are gone through."""
    monkeypatch.setattr(logging.getLogger("in_pg_migration"), "propagate", False)


@pytest.fixture(autouse=True)
def faults_are_injected() -> Iterator[None]:
    INJECTED.clear()
    yield
    check_all_are_injected()
