"""The sentence of the page of freshness: what keeps data from being fresh comes first."""

from dataclasses import replace

import pytest

from etl.engine import ListedVersion, Status
from etl.engine.imported import ImportedRows
from etl.monitoring import Situation, State
from etl.notifications.freshness import Feed
from etl.web.pages.freshness import _state
from tests.unit.monitoring.test_verdict import NOW, SITUATIONS, ago, now, status

IMPORTED = ImportedRows(
    ({"in_table": "in_Client", "taken_at": ago(hours=1)}, {"in_table": "in_Claim", "taken_at": ago(hours=2)})
)
VERSION = ListedVersion("out_1", "1", "1", "live", 100, "", 0, 7, NOW, NOW, NOW, None, None, True, None, lag_seconds=75)
LATE = Feed(NOW, ago(days=1), None, ago(hours=1), None)
SHOWN = status(out_versions=(VERSION, replace(VERSION, state="current", schema_name="out_2")))


def behind(found: Status) -> Status:
    return replace(found, out_versions=tuple(replace(one, behind=3) for one in found.out_versions))


@pytest.mark.parametrize(
    ("situation", "imported", "state"),
    [
        (replace(SITUATIONS[State.DISK_FULL][0], feed=LATE), IMPORTED, "held_up"),
        (now(SHOWN, feed=LATE), ImportedRows(), "late"),
        (now(SHOWN), ImportedRows(), "never"),
        (SITUATIONS[State.RUNNING][0], IMPORTED, "running"),
        (now(status(out_versions=(VERSION,))), IMPORTED, "unseen"),
        (now(behind(SHOWN)), IMPORTED, "behind"),
        (now(SHOWN), IMPORTED, "good"),
    ],
)
def test_states(situation: Situation, imported: ImportedRows, state: str) -> None:
    found, values = _state(situation, imported)
    assert found == state
    assert values.get("at") == (ago(hours=1) if imported.tables else None)
    assert values.get("version") == ("out_2" if state in ("behind", "good") else None)
