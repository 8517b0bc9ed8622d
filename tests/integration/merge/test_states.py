"""Instances in the states ARCHIVED and TEST, as records set them, when rows of in_ tables meet them."""

import pytest

from etl.errors import RunStopped
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site
from tests.integration.merge.conftest import Inbound

_IN = "needLoadFromInTables: true"
UNIQUE = {
    "Clerk": f"""
code: Clerk
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Mail, type: INPUT_EMAIL, isUnique: true, {_IN}}}
""",
}
BOTH_STATES = pytest.mark.parametrize("state", ["ARCHIVED", "TEST"])


def put(site: Site, bo: str, state: str, condition: str = "true") -> None:
    """As the merge of records does it."""
    site.look(
        f"with old as (select _id, _state from {STORE}.bo_{bo} where {condition}), "
        f"changed as (update {STORE}.bo_{bo} set _state = %s where {condition} returning _id) "
        f"insert into {STORE}.journal (run, bo, instance, change, before) "
        f"select 1, %s, _id, 'changed', jsonb_build_object('_state', _state) from old",
        [state, bo],
    )


@BOTH_LAYOUTS
@BOTH_STATES
def test_a_row_changes_the_fields_and_leaves_the_state(inbound: Inbound, state: str) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    inbound.merge()
    put(inbound.site, "Client", state)
    inbound.partner.redeliver("in_Client", {"in_id": "a", "name": "Anne"})
    inbound.merge()
    assert (inbound.golden()["a"]["name"], inbound.golden()["a"]["_state"]) == ("Anne", state)
    inbound.partner.redeliver("in_Client", {"in_id": "a", "removed": True})
    [receipt] = [one for one in inbound.merge().receipts if one.claimed]
    assert (receipt.removed, inbound.golden()["a"]["_state"]) == (1, "REMOVED")
    inbound.partner.redeliver("in_Client", {"in_id": "a", "name": "Anne"})
    inbound.merge()
    assert inbound.golden()["a"]["_state"] == "ACTUAL"


@BOTH_LAYOUTS
@BOTH_STATES
def test_undo_gives_the_state_back(inbound: Inbound, state: str) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    inbound.merge()
    put(inbound.site, "Client", state)
    inbound.partner.redeliver("in_Client", {"in_id": "a", "removed": True})
    inbound.merge()
    run = inbound.site.value("select max(id) from in_tables.run")
    assert inbound.site.etl("undo", str(run)).code == 0
    assert inbound.golden()["a"]["_state"] == state


@BOTH_LAYOUTS
@BOTH_STATES
def test_they_hold_their_unique_values(make_site: MakeSite, state: str) -> None:
    """A new row with such a value is merged into the instance that has it, as with an ACTUAL one."""
    site = make_site(UNIQUE)
    site.partner.fill("in_Clerk", {"in_id": "a", "name": "Anna", "mail": "anna@x.org"})
    site.partner.hand_over()
    site.run()
    put(site, "Clerk", state)
    site.partner.redeliver("in_Clerk", {"in_id": "b", "name": "Anne", "mail": "Anna@x.org"})
    site.partner.hand_over()
    site.run()
    rows = site.look(f"select _in_id, name, _state from {STORE}.bo_Clerk")
    assert [tuple(row.values()) for row in rows] == [("a", "Anne", state)]
    assert [error["code"] for error in site.errors()] == ["MERGED_BY_VALUE"]


@BOTH_LAYOUTS
@BOTH_STATES
def test_links_to_them_are_links(inbound: Inbound, both_ways: None, state: str) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    inbound.partner.fill("in_Claim", {"in_id": "k", "title": "Claim"})
    inbound.merge()
    put(inbound.site, "Client", state)
    put(inbound.site, "Claim", state)
    inbound.partner.fill("in_Claim_Watcher", {"claim_id": "k", "watcher_id": "a"})
    inbound.merge()
    assert inbound.links("Watcher") == [("k", "a")]
    assert inbound.waiting() == []


@BOTH_LAYOUTS
@BOTH_STATES
def test_the_code_or_id_of_such_a_dictionary_row_is_a_value(inbound: Inbound, state: str) -> None:
    inbound.partner.fill("in_Level", {"in_id": "1", "code": "gold"}, {"in_id": "2", "code": "gone"})
    inbound.merge()
    put(inbound.site, "Level", state, "_in_id = '1'")
    put(inbound.site, "Level", "REMOVED", "_in_id = '2'")
    of_gold = inbound.golden("Level")["1"]["_id"]
    rows: list[Row] = [
        {"in_id": "a", "level": "gold"},
        {"in_id": "b", "level": of_gold},
        {"in_id": "c", "level": "gone"},
    ]
    inbound.partner.fill("in_Client", *rows)
    inbound.merge()
    assert {in_id: row["level"] for in_id, row in inbound.golden().items()} == {"a": "gold", "b": "gold"}
    assert [fault[0] for fault in inbound.faults()] == ["c"]


@BOTH_LAYOUTS
@pytest.mark.parametrize(
    ("key", "rows", "said"),
    [
        ("maxRemovedShare", [{"in_id": f"c-{n}", "removed": True} for n in range(200)], "remove 200 of 200"),
        ("maxBlankedShare", [{"in_id": f"c-{n}", "name": None} for n in range(200)], "name.* of 200|200 of 200"),
        ("maxChangedShare", [{"in_id": f"c-{n}", "name": "new"} for n in range(200)], "change 200 of 200"),
    ],
)
@BOTH_STATES
def test_the_guards_count_them(inbound: Inbound, state: str, key: str, rows: list[Row], said: str) -> None:
    site = inbound.site
    site.partner.fill("in_Client", *({"in_id": f"c-{n}", "name": f"Name {n}"} for n in range(200)))
    inbound.merge()
    put(site, "Client", state, "_in_id <> 'c-0'")
    site.set(**{key: 30})
    site.partner.redeliver("in_Client", *rows)
    site.partner.hand_over()
    with pytest.raises(RunStopped, match=f"(?i){said}"):
        site.run()
    assert set(site.partner.statuses("in_Client")) == {""}
