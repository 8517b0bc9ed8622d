"""Older values never overwrite newer ones, whatever the order in which rows and records come."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from etl.engine import explain, undo
from tests.fix_company import STORE, MakeSite, Row, Site
from tests.integration.kafka_records.test_sources import Topics

_BOTH = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
sourceTime: Changed
fields:
  - {{code: Name, type: INPUT_TEXT, {_BOTH}}}
  - {{code: Phone, type: INPUT_TEXT, sources: ["kafka:crm", in_tables], {_BOTH}}}
  - {{code: Changed, type: FULL_DATE, {_BOTH}}}
"""
}


def _at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def _client(site: Site) -> tuple[str, str, datetime]:
    [row] = site.look(f"select name, phone, changed from {STORE}.bo_client")
    return row["name"], row["phone"], row["changed"]


def _load(site: Site, *rows: Row) -> int:
    site.partner.redeliver("in_client", *rows)
    site.partner.hand_over()
    run = site.run().run
    assert run
    return run


def _row(day: int | None, name: str) -> Row:
    return {"in_id": "a", "name": name, "phone": name, "changed": _at(day) if day else None}


@pytest.mark.nightly
def test_the_newest_row_counts_in_any_order(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    for order in permutations([_row(1, "one"), _row(2, "two"), _row(None, "none")]):
        for row in order:
            _load(site, row)
        assert _client(site) == ("two", "two", _at(2)), order
        site.look(f"delete from {STORE}.bo_client; delete from {STORE}.field_owner")


def test_what_is_older_is_held_and_an_undo_gives_the_former_time_back(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    _load(site, _row(2, "two"))
    run = _load(site, _row(1, "one"))
    assert site.look(f"select held, unchanged from in_tables.migration_receipt where run = {run}") == [
        {"held": 1, "unchanged": 1}
    ]
    found = site.look(f"select column_name, code, severity from in_tables.err where run = {run} order by 1")
    assert [tuple(row.values()) for row in found] == [
        (column, "VALUE_OUTDATED", "info") for column in ("Changed", "Name", "Phone")
    ]
    newer = _load(site, _row(4, "two"))  # the same value: only the time moves
    assert site.value(f"select min(source_time) from {STORE}.field_owner where field = 'name'") == _at(4)
    with site.runtime() as runtime:
        undo(runtime, newer)
        _load(site, _row(3, "three"))
        assert _client(site) == ("three", "three", _at(3))
        [owner] = [one for one in explain(runtime, "Client", "a").owners if one["field"] == "Name"]
    assert owner["time"] == _at(3)


def test_a_time_in_the_future_rejects_the_row(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    ahead = datetime.now(UTC) + timedelta(hours=1)
    run = _load(site, _row(2, "two") | {"changed": ahead}, {"in_id": "b", "name": "b", "changed": "infinity"})
    found = site.look(f"select column_name, code, severity from in_tables.err where run = {run}")
    assert [tuple(row.values()) for row in found] == [("Changed", "SOURCE_TIME_AHEAD", "error")] * 2
    assert site.count(f"{STORE}.bo_client") == 0
    _load(site, _row(2, "two") | {"changed": datetime.now(UTC) + timedelta(minutes=1)})
    assert site.count(f"{STORE}.bo_client") == 1


def _given(day: int, **values: str) -> dict[str, Any]:
    return values | {"Changed": f"{_at(day):%Y-%m-%dT%H:%M:%SZ}"}


def test_records_beside_rows_count_field_by_field(make_site: MakeSite) -> None:
    """Before the time it counts whose source comes first."""
    site = make_site(DOCUMENTS)
    _load(site, _row(3, "row"))
    with site.runtime() as runtime:
        topics = Topics(site, runtime)
        # Of one batch, in the wrong order.
        topics.send(("other", _given(5, Name="new")), ("other", _given(4, Name="old", Phone="old")))
        assert _client(site) == ("new", "row", _at(5))
        topics.send(("crm", _given(1, Phone="crm")))  # older, of a source that counts more
        assert _client(site) == ("new", "crm", _at(5))
        _load(site, _row(6, "row"))
        assert _client(site) == ("row", "crm", _at(6))
    owners = site.look(f"select field, source, source_time from {STORE}.field_owner order by field")
    assert [(row["field"], row["source"], row["source_time"].day) for row in owners] == [
        ("_state", "in_tables", 6), ("changed", "in_tables", 6), ("name", "in_tables", 6), ("phone", "kafka:crm", 1)
    ]  # fmt: skip
