"""Instances are joined and split, and each of it is reverted."""

import json
import shlex

import pytest

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import BOTH_LAYOUTS, MakeSite, Row, Site
from tests.fix_restore import done
from tests.searched import finds

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
PEOPLE = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Phone, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}
  - {{code: Note, type: INPUT_TEXT, sources: [in_tables, kafka], {_FLAGS}}}
  - {{code: Friends, type: BO, bo: Client, {_FLAGS}}}
""",
    "Claim": f"""
code: Claim
orderIndex: 2
fields:
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_FLAGS}}}
""",
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Ann is known as a and as a2, with the same friend; Bob and Cid are others; some links wait."""
    site = make_site(PEOPLE)
    site.partner.fill(
        "in_client",
        {"in_id": "a", "name": "Ann", "email": "ann@x.org", "phone": None},
        {"in_id": "a2", "name": "Anna", "email": None, "phone": "+1"},
        {"in_id": "b", "name": "Bob", "email": "bob@x.org", "phone": "+2"},
    )
    site.partner.fill("in_claim", *({"in_id": f"k{n}", "title": f"claim {n}"} for n in range(3)))
    ends = [("k0", "a"), ("k1", "a2"), ("k2", "late")]
    site.partner.fill("in_claim_client", *({"claim_id": owner, "client_id": target} for owner, target in ends))
    friends = [("a", "b"), ("a2", "b"), ("a2", "a"), ("b", "a2"), ("a2", "late")]
    site.partner.fill("in_client_friends", *({"client_id": one, "friends_id": other} for one, other in friends))
    site.run()
    site.partner.hand_over()
    return site


def content(site: Site, *, also_removed: bool = True) -> dict[str, list[Row]]:
    """The store without times."""
    live = "" if also_removed else "where _state <> 'REMOVED'"
    queries = {
        "clients": f"select _id, _in_id, _state, name, email, phone from store_demo.bo_client {live} order by 1",
        "aliases": "select in_id, instance, run from store_demo.alias order by 1",
        "friends": "select _owner, _target from store_demo.link_client_friends order by 1, 2",
        "claims": "select _owner, _target from store_demo.link_claim_client order by 1, 2",
        "pins": "select field, instance, value, run from store_demo.pin order by 1, 2",
        "owners": "select field, instance, source, run from store_demo.field_owner order by 1, 2",
        "waits": "select field, owner_in_id, owner, target_value from store_demo.boi_reference order by 1, 2, 3, 4",
        "out": "select system_id, name, email, phone from out_demo.client order by 1",
        "out friends": "select client_id, friends_id from out_demo._client_friends_ order by 1, 2",
    }
    return {name: site.look(query) for name, query in queries.items()}


def _repair(site: Site, *words: str) -> Row:
    found: Row = json.loads(done(site.etl(*words, "--json")).out)
    return found


def _live(site: Site) -> list[tuple[str, str, str | None, str | None]]:
    rows = site.look("select _in_id, name, email, phone from store_demo.bo_client where _state = 'ACTUAL' order by 1")
    return [tuple(row.values()) for row in rows]


@BOTH_LAYOUTS
def test_joined_instances_are_one_for_rows_with_either_id(site: Site) -> None:
    before = content(site)
    shown = _repair(site, "join", "Client", "a", "a2")
    assert content(site) == before
    joined = _repair(site, "join", "Client", "a", "a2", "--apply")
    assert shown["counters"] == joined["counters"]
    assert _live(site) == [("a", "Ann", "ann@x.org", "+1"), ("b", "Bob", "bob@x.org", "+2")]
    ann = joined["instance"]
    assert [row["_target"] for row in content(site)["claims"]] == [ann, ann]
    assert len(content(site)["friends"]) == 2
    site.partner.redeliver("in_client", {"in_id": "a2", "name": "Anne"}, {"in_id": "late", "name": "Late"})
    site.run()
    assert [name for _, name, *_ in _live(site)] == ["Anne", "Bob", "Late"]
    assert len(content(site)["friends"]) == 3
    assert site.look("select system_id from out_demo.client where name = 'Anne'") == [{"system_id": ann}]


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_rows_that_are_offered_again_follow_their_external_id(site: Site) -> None:
    """A run has written their out_id, which would count first."""

    def offer(name: str) -> str:
        site.partner(f"update in_client set name = '{name}', in_status = '' where in_id = 'a2'")
        site.partner.hand_over()
        site.run()
        [row] = site.look("select in_status, out_id from in_tables.in_client where in_id = 'a2'", at=site.database)
        assert row["in_status"] == "DONE"
        [found] = site.look(f"select _id from store_demo.bo_client where name = '{name}'")
        assert row["out_id"] == found["_id"]
        return str(found["_id"])

    joined = _repair(site, "join", "Client", "a", "a2", "--apply")
    assert offer("joined") == joined["instance"]
    split = _repair(site, "split", "Client", "a2", "--apply")
    assert offer("split") == joined["other"]
    undone = _repair(site, "join", "Client", "a", "a2", "--apply")
    done(site.etl("undo", str(undone["number"])))
    assert split["other"] == joined["other"] == offer("undone")


@BOTH_LAYOUTS
@pytest.mark.parametrize("by", ["split", "undo"])
def test_what_was_joined_is_as_before(site: Site, by: str) -> None:
    """And joined again, when that is reverted."""
    before = content(site)
    joined = _repair(site, "join", "Client", "a", "a2", "--apply")
    after = content(site)
    if by == "split":
        assert _repair(site, "split", "Client", "a2")["other"] == joined["other"]
        reverted = _repair(site, "split", "Client", "a2", "--apply")["number"]
    else:
        reverted = _repair(site, "undo", str(joined["number"]))["as_run"]
    assert content(site) == before
    done(site.etl("undo", str(reverted)))
    assert content(site) == after


def _pin(site: Site, *words: str) -> None:
    done(site.etl("pin", "Client", *words, "--reason", "says so herself"))


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_what_is_pinned_and_whose_value_it_is_come_with_the_other_one(site: Site) -> None:
    """A pin of the one that stays counts more, also one to no value; a split gives back all of it."""
    site.partner.redeliver("in_client", {"in_id": "a2", "name": "Anna", "phone": "+1", "note": "of a2"})
    site.run()
    site.partner.hand_over()
    _pin(site, "a", "Phone", "--null")
    _pin(site, "a2", "Phone", "+11")
    _pin(site, "a2", "Name", "Hannah")
    before = content(site)
    joined = _repair(site, "join", "Client", "a", "a2", "--apply")
    assert (joined["counters"]["pins"], _live(site)[0]) == (1, ("a", "Hannah", "ann@x.org", None))
    kept = joined["instance"]
    pins = [tuple(row.values())[:3] for row in content(site)["pins"]]
    assert pins == [("name", kept, "Hannah"), ("phone", kept, None)]
    owners = [(row["instance"], row["source"].split()[0]) for row in content(site)["owners"] if row["field"] == "note"]
    assert (kept, "in_tables") in owners
    assert joined["other"] not in dict(owners)
    row = {"in_id": "a2", "name": "Anne", "email": "ann@x.org", "phone": "+1", "note": "new"}
    site.partner.redeliver("in_client", row)
    site.run()
    assert _live(site)[0] == ("a", "Hannah", "ann@x.org", None)
    assert site.value("select note from store_demo.bo_client where _in_id = 'a'") == "new"
    run = site.value("select max(id) from in_tables.run")
    site.partner.hand_over()
    done(site.etl("undo", str(run)))
    _repair(site, "split", "Client", "a2", "--apply")
    assert content(site) == before


def _merge_wrongly(site: Site) -> None:
    """Dan comes with the e-mail of Bob, and so becomes Bob."""
    site.partner.redeliver("in_client", {"in_id": "d", "name": "Dan", "email": "bob@x.org", "phone": "+4"})
    site.partner.redeliver("in_claim", {"in_id": "k9", "title": "claim of Dan"})
    site.partner.redeliver("in_claim_client", {"claim_id": "k9", "client_id": "d"})
    site.run()


@BOTH_LAYOUTS
def test_a_wrong_merge_is_taken_apart(site: Site) -> None:
    _merge_wrongly(site)
    merged = content(site)
    assert _live(site)[-1] == ("b", "Dan", "bob@x.org", "+4")
    assert _repair(site, "split", "Client", "d")["counters"] == {"aliases": 1, "changed": 1, "created": 1, "linked": 1}
    assert content(site) == merged
    split = _repair(site, "split", "Client", "d", "--apply")
    assert _live(site)[-2:] == [("b", "Bob", "bob@x.org", "+2"), ("d", "Dan", None, "+4")]
    claims = {row["_target"] for row in content(site)["claims"]}
    assert split["other"] in claims
    assert split["instance"] not in claims
    site.partner.hand_over()
    site.partner.redeliver("in_client", {"in_id": "d", "name": "Daniel", "email": "dan@x.org", "phone": "+4"})
    site.run()
    assert _live(site)[-2:] == [("b", "Bob", "bob@x.org", "+2"), ("d", "Daniel", "dan@x.org", "+4")]


def test_a_split_is_reverted(site: Site) -> None:
    _merge_wrongly(site)
    merged = content(site, also_removed=False)
    split = _repair(site, "split", "Client", "d", "--apply")
    apart = content(site)
    undone = _repair(site, "undo", str(split["number"]))
    assert content(site, also_removed=False) == merged
    done(site.etl("undo", str(undone["as_run"])))
    assert content(site) == apart


def test_what_cannot_be_joined_or_split_is_a_clear_error(site: Site) -> None:
    assert "are one instance already" in site.etl("join", "Client", "a", "ann@x.org").err
    assert "has no instance `nothing`" in site.etl("join", "Client", "a", "nothing").err
    refused = site.etl("split", "Client", "b")
    assert (refused.code, "is no further external id" in refused.err) == (2, True)


def test_the_commands_of_the_page_run(site: Site) -> None:
    site.partner.redeliver(
        "in_client",
        {"in_id": "D-1", "name": "Dora", "email": "d@x.org"},
        {"in_id": "A-1", "name": "Ada"},
        {"in_id": "A-2", "name": "Ada B."},
    )
    site.run()
    site.partner.hand_over()
    site.partner.redeliver("in_client", {"in_id": "D-4", "name": "Dan", "email": "d@x.org"})
    site.run()
    commands = [line for block in blocks(CHECKOUT / "docs/repair.md") if block.language == "sh" for line in block.lines]
    for words in map(shlex.split, commands):
        done(site.etl(*words[1:]))
    assert len(commands) == 4
    assert [in_id for in_id, *_ in _live(site)] == ["A-1", "D-1", "D-4", "a", "a2", "b"]


def test_who_was_joined_or_split_is_erased_whole(site: Site) -> None:
    _pin(site, "a2", "Name", "Annapinned")
    _repair(site, "join", "Client", "a", "a2", "--apply")
    done(site.etl("erase", "Client", "a2", "--apply", "--reason", "asked for"))
    assert finds(site, ["ann@x.org", "Anna"]) == []  # nor the pin that an undo of the join would need
    site.partner.redeliver("in_client", {"in_id": "d", "name": "Daniel Dane", "email": "bob@x.org", "phone": "+444"})
    site.run()
    _repair(site, "split", "Client", "d", "--apply")
    done(site.etl("erase", "Client", "d", "--apply", "--reason", "asked for"))
    assert finds(site, ["Daniel Dane", "+444"]) == []
    assert _live(site) == [("b", "Bob", "bob@x.org", "+2")]
