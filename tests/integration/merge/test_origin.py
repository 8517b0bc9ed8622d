"""The journal says which row of a unit made a change."""

import json
import re
from pathlib import Path

import pytest

from etl.engine import undo
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site
from tests.integration.merge.conftest import Inbound

PAGE = Path(__file__).parents[3] / "docs/store.md"
SEEN = """
code: Seen
orderIndex: 1
fields:
  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true}
nativeFields:
  - {code: IN_MIGRATION_UPDATED_AT, needUploadToOutTable: true}
"""


def changes(site: Site, after: int = 0) -> list[tuple[str, str | None]]:
    """(change, origin), without the row ids of in_ tables where several tables count alike."""
    rows = site.look(f"select change, origin from {STORE}.journal where n > %s order by n", [after])
    return [(row["change"], row["origin"]) for row in rows]


def last(site: Site) -> int:
    return int(site.value(f"select coalesce(max(n), 0) from {STORE}.journal"))


def row_id(inbound: Inbound, table: str, in_id: str) -> str:
    return str(inbound.partner(f"select id from {table} where in_id = %s", [in_id])[0]["id"])


@BOTH_LAYOUTS
def test_instances(inbound: Inbound, layout: str) -> None:
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Client", {"in_id": "gap"}, {"in_id": "a", "name": "Anna"})
    partner("delete from in_Client where in_id = 'gap'")
    inbound.merge()
    assert changes(site) == [("created", row_id(inbound, "in_Client", "a"))]
    expected: list[tuple[str, dict[str, object]]] = [
        ("changed", {"name": "Anne"}),
        ("removed", {"removed": True}),
        ("returned", {"removed": False}),
    ]
    for change, values in expected:
        before = last(site)
        partner.redeliver("in_Client", {"in_id": "a", "name": "Anne", **values})
        inbound.merge()
        assert changes(site, before) == [(change, row_id(inbound, "in_Client", "a"))]


@BOTH_LAYOUTS
def test_of_several_rows_the_one_that_counts(inbound: Inbound, layout: str) -> None:
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    inbound.merge()
    [instance] = site.look(f"select _id from {STORE}.bo_Client")
    before = last(site)
    partner.redeliver(
        "in_Client",
        {"in_id": "a1", "out_id": instance["_id"], "name": "One"},
        {"in_id": "a2", "out_id": instance["_id"], "name": "Two"},
    )
    inbound.merge()
    assert changes(site, before) == [("changed", row_id(inbound, "in_Client", "a2"))]


@BOTH_LAYOUTS
@pytest.mark.usefixtures("both_ways")
def test_links(inbound: Inbound, layout: str) -> None:
    """The ids as the row gave them, whatever letters they have; two pairs would read alike with a blank between."""
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Claim", *({"in_id": one} for one in ("k", "k 1", 'k "1"', "k\\")))
    partner.fill("in_Client", *({"in_id": one} for one in ("1 c", "c", "c,d", "Ж")))
    inbound.merge()
    before = last(site)
    pairs = [("k", "1 c"), ("k 1", "c"), ('k "1"', "c,d"), ("k\\", "Ж")]
    partner.fill("in_Claim_Watcher", *({"claim_id": owner, "watcher_id": target} for owner, target in pairs))
    inbound.merge()
    found = changes(site, before)
    assert {change for change, _ in found} == {"linked"}
    assert sorted(tuple(json.loads(origin or "")) for _, origin in found) == sorted(pairs)
    before = last(site)
    partner("update in_Claim_Watcher set removed = true, in_status = '' where watcher_id = '1 c'")
    inbound.merge()
    assert changes(site, before) == [("unlinked", '["k", "1 c"]')]


@BOTH_LAYOUTS
def test_a_link_whose_end_arrives_later(inbound: Inbound, layout: str) -> None:
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Claim", {"in_id": "k"})
    partner.fill("in_Claim_Watcher", {"claim_id": "k", "watcher_id": "late"})
    inbound.merge()
    partner("delete from in_Claim_Watcher")
    partner.fill("in_Client", {"in_id": "late"})
    before = last(site)
    inbound.merge()
    assert changes(site, before) == [
        ("created", row_id(inbound, "in_Client", "late")),
        ("linked", '["k", "late"]'),
    ]


@BOTH_LAYOUTS
def test_a_link_that_gives_way_and_a_full_set(inbound: Inbound, layout: str) -> None:
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Claim", {"in_id": "k"})
    partner.fill("in_Client", {"in_id": "a"}, {"in_id": "b"})
    for field in ("Client", "Team"):
        partner.fill(f"in_Claim_{field}", {"claim_id": "k", f"{field}_id": "a"})
    inbound.merge()
    before = last(site)
    for field in ("Client", "Team"):
        partner.redeliver(f"in_Claim_{field}", {"claim_id": "k", f"{field}_id": "b"})
    inbound.merge()
    assert sorted(changes(site, before), key=str) == [
        ("linked", '["k", "b"]'),
        ("linked", '["k", "b"]'),
        ("unlinked", '["k", "b"]'),
        ("unlinked", None),
    ]


@BOTH_LAYOUTS
def test_files(inbound: Inbound, layout: str) -> None:
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Client", {"in_id": "a", "photo": "f1"})
    inbound.merge()
    before = last(site)
    partner.fill("in_fileStorage", {"file_id": "f1", "content": b"scan", "file_name": "scan.png"})
    inbound.merge()
    assert changes(site, before) == [("changed", "f1")]


@BOTH_LAYOUTS
def test_rows_that_only_touch(make_site: MakeSite, layout: str) -> None:
    site = make_site({"Seen": SEEN})
    inbound = Inbound(site)
    site.partner.fill("in_Seen", {"in_id": "gap"}, {"in_id": "a", "name": "Anna"})
    site.partner("delete from in_Seen where in_id = 'gap'")
    inbound.merge()
    before = last(site)
    site.partner.redeliver("in_Seen", {"in_id": "a", "name": "Anna"})
    inbound.merge()
    assert changes(site, before) == [("touched", row_id(inbound, "in_Seen", "a"))]


@BOTH_LAYOUTS
def test_an_undo_has_none(inbound: Inbound, layout: str) -> None:
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Client", {"in_id": "a"})
    run = inbound.merge().run
    assert run
    before = last(site)
    with site.runtime() as runtime:
        undo(runtime, run)
    assert changes(site, before) == [("removed", None)]


def documented() -> str:
    """The query of the page on the store's tables."""
    [query] = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert isinstance(query, str)
    return query


@BOTH_LAYOUTS
def test_the_documented_query_says_where_a_value_comes_from(inbound: Inbound, layout: str) -> None:
    site, partner = inbound.site, inbound.partner
    partner.fill("in_Client", {"in_id": "other"}, {"in_id": "C-1", "name": "Anna"})
    partner.fill("in_Claim", {"in_id": "K-1"})
    first = inbound.merge().run
    first_row = row_id(inbound, "in_Client", "C-1")
    partner.redeliver("in_Client", {"in_id": "C-1", "name": "Anne"})
    partner.fill("in_Claim_Watcher", {"claim_id": "K-1", "watcher_id": "C-1"})
    second = inbound.merge().run
    assert second
    with site.runtime() as runtime:
        undone = undo(runtime, second).as_run
    found = site.look(documented(), at=site.store_database)
    source = site.value("select source from in_tables.run_fence", at=site.database)
    shown = [_shown(row) for row in found]
    changed = row_id(inbound, "in_Client", "C-1")
    assert sorted(shown[:2], key=str) == [
        (source, undone, "undo", "changed", None, "name", None),
        (source, undone, "undo", "unlinked", "Watcher", None, None),
    ]
    assert shown[2:] == [
        (source, second, "run", "linked", "Watcher", None, '["K-1", "C-1"]'),
        (source, second, "run", "changed", None, "name", changed),
        (source, first, "run", "created", None, None, first_row),
    ]
    assert all(row["started_at"] for row in found)


def _shown(row: Row) -> tuple[object, ...]:
    column = next(iter(row["before"]), None) if row["before"] and not row["field"] else None
    return (row["source"], row["unit"], row["unit_kind"], row["change"], row["field"], column, row["origin"])
