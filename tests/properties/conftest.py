"""Here small batches take every way that large ones take."""

import pytest

from etl.inbound import repeated


@pytest.fixture(autouse=True)
def no_chunk_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "FROM_ROWS", 1)
