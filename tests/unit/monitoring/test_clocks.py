"""When two clocks differ too much, and when the question only took long."""

import pytest

from etl.monitoring.server_checks import compare_clocks


@pytest.mark.parametrize(
    ("server", "before", "after", "reported"),
    [
        (100.0, 99.9, 100.1, ""),
        (102.5, 100.0, 100.0, "the server's clock is 2.5 s ahead of this host's"),
        (40.0, 100.0, 100.2, "the server's clock is 60.1 s behind this host's"),
        # Ten seconds until the answer: the server may have looked at its clock at any moment of them.
        (100.0, 95.0, 105.0, ""),
        (104.9, 95.0, 105.0, ""),
    ],
)
def test_what_is_reported(server: float, before: float, after: float, reported: str) -> None:
    finding = compare_clocks(server, before, after)
    assert (finding.found if finding.level == "warning" else "") == reported
