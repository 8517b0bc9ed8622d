"""How fast the fill of large tables may be, for people."""

from datetime import UTC, datetime

import pytest

from etl.operations.upgrade import Pace

AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        (Pace(), "not limited"),
        (Pace(changed_by="ann on h", changed_at=AT), "not limited since 2026-05-04 03:02:01 UTC by ann on h"),
        (Pace(speed=20), "limited to 20 % of the time"),
        (
            Pace(speed=20, changed_by="ann", changed_at=AT),
            "limited to 20 % of the time since 2026-05-04 03:02:01 UTC by ann",
        ),
        (Pace(is_paused=True), "paused: `etl upgrade resume` ends that"),
        (
            Pace(is_paused=True, speed=20, changed_by="ann", changed_at=AT),
            "paused since 2026-05-04 03:02:01 UTC by ann: `etl upgrade resume` ends that",
        ),
    ],
)
def test_it_is_said_for_each_pace(pace: Pace, expected: str) -> None:
    assert str(pace) == expected
