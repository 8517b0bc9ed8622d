"""The sentence of the page of freshness: what keeps data from being fresh comes first."""

from dataclasses import replace

import pytest

from etl.engine import ListedVersion, Status
from etl.engine.taken import Taken
from etl.monitoring import Situation, State
from etl.notifications.freshness import Feed
from etl.web.pages.freshness import _state
from tests.unit.monitoring.test_verdict import NOW, SITUATIONS, ago, now, status

TAKEN = Taken(({"in_table": "in_Client", "taken_at": ago(hours=1)}, {"in_table": "in_Claim", "taken_at": ago(hours=2)}))
VERSION = ListedVersion("out_1", "1", "1", "live", 100, "", 0, 7, NOW, NOW, NOW, None, None, True, None, lag_seconds=75)
LATE = Feed(NOW, ago(days=1), None, ago(hours=1), None)
SHOWN = status(out_versions=(VERSION, replace(VERSION, state="current", schema_name="out_2")))


def behind(found: Status) -> Status:
    return replace(found, out_versions=tuple(replace(one, behind=3) for one in found.out_versions))


@pytest.mark.parametrize(
    ("situation", "taken", "state"),
    [
        (replace(SITUATIONS[State.DISK_FULL][0], feed=LATE), TAKEN, "held_up"),
        (now(SHOWN, feed=LATE), Taken(), "late"),
        (now(SHOWN), Taken(), "never"),
        (SITUATIONS[State.RUNNING][0], TAKEN, "running"),
        (now(status(out_versions=(VERSION,))), TAKEN, "unseen"),
        (now(behind(SHOWN)), TAKEN, "behind"),
        (now(SHOWN), TAKEN, "good"),
    ],
)
def test_states(situation: Situation, taken: Taken, state: str) -> None:
    found, values = _state(situation, taken)
    assert found == state
    assert values.get("at") == (ago(hours=1) if taken.tables else None)
    assert values.get("version") == ("out_2" if state in ("behind", "good") else None)
