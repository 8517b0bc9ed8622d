"""All changes of one instance, with what made each: `etl history`."""

from typing import Any

import pytest

from etl.engine import history as read_history
from etl.engine import undo
from tests.acceptance.plans import watched_plans
from tests.fix_company import CLAIMS, ONE_AND_NIGHTLY_APART, STORE, MakeSite, Row, Site
from tests.json_answers import read_answer

pytestmark = ONE_AND_NIGHTLY_APART


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def run(site: Site, table: str, *rows: Row) -> str:
    """A run that takes these rows; its number as a text."""
    site.partner.redeliver(table, *rows)
    site.partner.hand_over()
    return str(site.run().run)


def history(site: Site, *words: str) -> dict[str, Any]:
    done = site.etl("history", *words, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = read_answer(done.out)
    return found


def values(change: Row) -> dict[str, tuple[str | None, str | None]]:
    return {one["field"]: (one["before"], one["after"]) for one in change["values"]}


def test_fields_from_the_last_change_to_the_first(site: Site) -> None:
    first = run(site, "in_Client", {"in_id": "a", "name": "Ann", "amount": 1}, {"in_id": "b"})
    second = run(site, "in_Client", {"in_id": "a", "name": "Anna", "amount": 1})
    third = run(site, "in_Client", {"in_id": "a", "name": "Anna", "amount": None})
    with site.runtime() as runtime:
        back = undo(runtime, int(third))
    found = history(site, "in_Client", "a")
    assert [(one["change"], one["unit"], one["unit_kind"]) for one in found["changes"]] == [
        ("changed", str(back.as_run), "undo"),
        ("changed", third, "run"),
        ("changed", second, "run"),
        ("created", first, "run"),
    ]
    undone, cleared, named, created = found["changes"]
    assert (values(undone), undone["undoes"]) == ({"Amount": (None, "1.0000")}, third)
    assert (values(cleared), cleared["undone_by"]) == ({"Amount": ("1.0000", None)}, str(back.as_run))
    assert values(named) == {"Name": ("Ann", "Anna")}
    assert values(created) == {"Name": (None, "Ann"), "Amount": (None, "1.0000"), "_state": (None, "ACTUAL")}
    [row] = site.partner("select id from in_Client where in_id = 'a'")
    assert cleared["origin"] == str(row["id"])
    assert (found["is_complete"], found["kept_days"], found["kept_since"]) == (True, 10, created["at"])
    assert [one["unit"] for one in history(site, "Client", "a", "--field", "name")["changes"]] == [second, first]
    # The id in the store means the same instance.
    assert history(site, "Client", found["instance"]["id"])["changes"] == found["changes"]


def test_pages_know_what_came_after_them(site: Site) -> None:
    for name in ("one", "two", "three"):
        run(site, "in_Client", {"in_id": "a", "name": name})
    first = history(site, "Client", "a", "--limit", "2")
    assert [values(one)["Name"] for one in first["changes"]] == [("two", "three"), ("one", "two")]
    assert f"--after {first['next_n']}" in site.etl("history", "Client", "a", "--limit", "2").out
    last = history(site, "Client", "a", "--limit", "2", "--after", first["next_n"])
    assert [values(one)["Name"] for one in last["changes"]] == [(None, "one")]
    assert last["next_n"] is None


def test_links_of_either_end(site: Site) -> None:
    run(site, "in_Client", {"in_id": "a"}, {"in_id": "b"})
    run(site, "in_Claim", {"in_id": "k"})
    first = run(site, "in_Claim_Client", {"claim_id": "k", "client_id": "a"})
    second = run(site, "in_Claim_Client", {"claim_id": "k", "client_id": "b"})
    own = history(site, "Claim", "k", "--field", "Client")["changes"]
    replaced, begun = own[:2], own[2:]
    assert sorted((one["change"], one["end"]["in_id"], one["unit"]) for one in replaced) == [
        ("linked", "b", second),
        ("unlinked", "a", second),
    ]
    assert [(one["change"], one["end"]["in_id"], one["unit"]) for one in begun] == [("linked", "a", first)]
    assert {(one["field"], one["end"]["bo"], one["is_incoming"]) for one in own} == {("Client", "Client", False)}
    # Also of a link that is no longer there.
    of_target = history(site, "Client", "a")["changes"]
    assert [(one["change"], one["field"], one["end"]) for one in of_target[:2]] == [
        (change, "Claim.Client", {"id": site.value(_ID), "bo": "Claim", "in_id": "k"})
        for change in ("unlinked", "linked")
    ]
    shown = site.etl("history", "Client", "a").out
    assert "unlinked Claim.Client <- Claim `k`" in shown
    assert "linked Client -> Client `b`" in site.etl("history", "Claim", "k").out


_ID = f"select _id from {STORE}.bo_claim where _in_id = 'k'"


def test_states_and_what_is_no_longer_kept(site: Site) -> None:
    run(site, "in_Client", {"in_id": "a", "name": "Ann"})
    site.look(f"delete from {STORE}.journal")
    found = history(site, "Client", "a")
    assert (found["changes"], found["is_complete"], found["kept_since"]) == ([], False, None)
    assert "and the instance is older" in site.etl("history", "Client", "a").out


def test_what_is_not_there_is_refused(site: Site) -> None:
    run(site, "in_Client", {"in_id": "a"})
    for words, said in (
        (("Clinet", "a"), "did you mean in_Client?"),
        (("Client", "\x1b[2Jb"), "Client has no instance `\\x1b[2Jb`"),
        (("Client", "a", "--field", "Nmae"), "Client has no field `Nmae`: it has name, amount"),
    ):
        done = site.etl("history", *words)
        assert (done.code, said in done.err) == (2, True), done


def test_an_instance_to_which_many_lead(site: Site) -> None:
    run(site, "in_Client", {"in_id": "a"})
    run(site, "in_Claim", *({"in_id": f"k{number}"} for number in range(1002)))
    run(site, "in_Claim_Client", *({"claim_id": f"k{number}", "client_id": "a"} for number in range(1002)))
    found = history(site, "Client", "a")
    assert (found["left_out"], len(found["changes"])) == (["Claim.Client"], 1)


def test_the_journal_is_read_by_its_indexes(site: Site) -> None:
    indexed = f"select to_regclass('{STORE}.journal_instance') is not null as is_there"
    run(site, "in_Client", {"in_id": "b"})
    assert site.look(indexed, at=site.store_database) == [{"is_there": False}]
    site.set(historyDays=30)
    run(site, "in_Client", {"in_id": "a", "name": "Ann"})
    run(site, "in_Claim", {"in_id": "k"})
    run(site, "in_Claim_Client", {"claim_id": "k", "client_id": "a"})
    assert site.look(indexed, at=site.store_database) == [{"is_there": True}]
    many = f"insert into {STORE}.journal (run, bo, field, instance, target, change) select 1, 'Claim', 'Client', "
    site.look(many + "'i' || g, 't' || g, 'linked' from generate_series(1, 20000) g")
    site.look(f"analyze {STORE}.journal", at=site.store_database)
    with site.runtime() as runtime, watched_plans() as scans:
        for field in (None, "Name"):
            read_history(runtime, "Client", "a", field=field, limit=10)
        read_history(runtime, "Claim", "k", field="Client", limit=10)
    of_journal = [scan for scan in scans if scan.table == "journal"]
    # The oldest row, for how far the journal reaches back, is asked for in the order of an index.
    assert all(scan.asked or scan.above[:1] == ("Limit",) for scan in of_journal), of_journal
    assert not any("Seq Scan" in scan.kind for scan in of_journal), of_journal
