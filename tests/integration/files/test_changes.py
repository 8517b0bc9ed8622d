"""`etl.api.read_changes`: what units of work have changed in an out_ table, and where the next call continues."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from etl import api
from etl.errors import ConfigurationError, EnvironmentFault
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, STORE, MakeSite, Site


def run(site: Site, *rows: dict[str, Any]) -> int:
    site.partner.redeliver("in_Client", *rows)
    site.partner.hand_over()
    found = site.run().run
    assert found
    return found


def changes(site: Site, since: int | datetime) -> tuple[int, dict[str | None, bool]]:
    """The run to continue from; name -> whether its instance is gone."""
    with site.runtime() as runtime:
        found = api.read_changes(runtime, "Client", since)
        rows = found.table().to_pylist()
    assert len({row["system_id"] for row in rows}) == len(rows)
    assert all(row["_removed"] is (row["system_created_at"] is None) for row in rows)
    return found.run, {row["name"]: row["_removed"] for row in rows}


@BOTH_LAYOUTS
@pytest.mark.prepared
def test_the_changes_since_a_run_and_a_time(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    first = run(site, {"in_id": "a", "name": "A"}, {"in_id": "b", "name": "B"}, {"in_id": "c", "name": "C"})
    assert changes(site, first - 1) == (first, {"A": False, "B": False, "C": False})
    assert changes(site, first) == (first, {})
    between = datetime.now(UTC)
    second = run(
        site, {"in_id": "a", "name": "A", "amount": 2}, {"in_id": "b", "removed": True}, {"in_id": "d", "name": "D"}
    )
    expected = {"A": False, None: True, "D": False}
    assert changes(site, first) == (second, expected)
    assert changes(site, between) == (second, expected)
    assert changes(site, between + timedelta(days=1)) == (second, {})
    with site.runtime() as runtime:
        frame = api.data_frame(api.read_changes(runtime, "client", first).table())
    assert frame[frame["name"] == "A"]["amount"].tolist() == [Decimal(2)]


@ONLY_ONE
@pytest.mark.prepared
def test_a_unit_under_way_is_not_passed_over(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    first = run(site, {"in_id": "a", "name": "A"})
    site.look(
        f"insert into {STORE}.unit (number, source, kind, started_at) values (%s, 'kafka', 'batch', now())", [first + 1]
    )
    second = run(site, {"in_id": "a", "name": "Z"})
    assert second > first + 1
    assert changes(site, first) == (first, {"Z": False})


@ONLY_ONE
@pytest.mark.first_run
def test_what_is_refused(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    with site.runtime() as runtime:
        with pytest.raises(EnvironmentFault, match="there is no golden store yet: `etl run` makes it"):
            api.read_changes(runtime, "Client", 1)
        api.run_once(runtime)
        with pytest.raises(ConfigurationError, match=r"since run \d+, and 1 is before: read all rows by read_table"):
            api.read_changes(runtime, "Client", 1)
        with pytest.raises(ConfigurationError, match="_claim_watchers_ is a table of links"):
            api.read_changes(runtime, "_claim_watchers_", 1)
        with pytest.raises(ConfigurationError, match="`none` is no object with an out_ table"):
            api.read_changes(runtime, "none", 1)
        with pytest.raises(ConfigurationError, match="2024-01-01 00:00:00 has no zone"):
            api.read_changes(runtime, "Client", datetime(2024, 1, 1))
