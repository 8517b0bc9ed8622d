"""A person with all that a store may know of one: joined, split, pinned, of sources and times, in full sets, compared,
shown to readers. Nothing of it is found after an erasure, and nothing of others is lost."""

import json

import pytest

from etl.contract.comparing import compare_scripts
from etl.engine import add_reader
from tests.contracts import TERMS
from tests.fix_company import APART, ONE, THREE_SERVERS, MakeSite, Site
from tests.fix_restore import done
from tests.searched import finds

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
PEOPLE = {
    "Client": f"""
code: Client
orderIndex: 1
sources: [in_tables, kafka]
sourceTime: Seen
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Seen, type: FULL_DATE, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
""",
    "Claim": f"""
code: Claim
orderIndex: 2
fields:
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, {_FLAGS}}}
""",
}
ID, JOINED, MERGED = "person-xyzzy-1", "person-xyzzy-2", "person-xyzzy-3"
VALUES = (
    ID,
    JOINED,
    "Xenia Qwertyuiop",
    "Xenia Formerly",
    "Xenia Pinnedwell",
    "xenia@xyzzy.example",
    "x2@xyzzy.example",
)
OTHERS = ("Zoe Splitaway", "Bob Stayshere")


def _row(in_id: str, name: str, email: str, seen: str) -> dict[str, object]:
    return {"in_id": in_id, "name": name, "email": email, "seen": seen, "amount": 7}


def _hand_over(site: Site, *rows: dict[str, object]) -> None:
    """A full set, compared with the store afterwards."""
    site.partner.redeliver("in_client", *rows)
    with site.runtime() as runtime:
        script = compare_scripts(runtime.company, TERMS)["compare.sql"]
    for statement in script.split(";\n"):
        site.partner(statement)
    site.partner("update process_compare set hash = 'another'")
    site.partner("insert into process_expected (in_table, full_set, compare) values ('in_Client', true, true)")
    site.partner.hand_over()
    done(site.etl("run", "--accept"))


def _load(site: Site) -> None:
    site.partner.fill("in_claim", {"in_id": "k", "title": "claim"})
    ends = [ID, JOINED, MERGED]
    site.partner.fill("in_claim_client", *({"claim_id": "k", "client_id": one} for one in ends))
    bob = _row("b", "Bob Stayshere", "b@example.com", "2026-01-01")
    _hand_over(
        site,
        bob,
        _row(ID, "Xenia Formerly", "xenia@xyzzy.example", "2026-01-02"),
        _row(JOINED, "Xenia Qwertyuiop", "x2@xyzzy.example", "2026-01-02"),
    )
    site.partner.redeliver("in_client", _row(MERGED, "Zoe Splitaway", "xenia@xyzzy.example", "2026-01-03"))
    site.partner.hand_over()
    done(site.etl("run"))
    done(site.etl("pin", "Client", JOINED, "Name", "Xenia Pinnedwell", "--reason", "asked"))
    done(site.etl("split", "Client", MERGED, "--apply"))
    done(site.etl("join", "Client", ID, JOINED, "--apply"))
    zoe = _row(MERGED, "Zoe Splitaway", "zoe@example.com", "2026-01-06")
    _hand_over(site, bob, zoe, _row(ID, "Xenia Formerly", "xenia@xyzzy.example", "2026-01-01"))


@pytest.mark.parametrize(
    "layout",
    [ONE, *(pytest.param(one, marks=pytest.mark.nightly) for one in (APART, THREE_SERVERS))],
    indirect=True,
)
def test_nothing_of_the_person_is_left_and_all_of_others(make_site: MakeSite) -> None:
    site = make_site(PEOPLE)
    role = f"whole_{site.database.name}"
    site.look(f"create role {role}", at=site.out_database)
    try:
        done(site.etl("out", "build"))
        with site.runtime() as runtime:
            add_reader(runtime, "warehouse", role, None)
        _load(site)
        site.partner.redeliver("in_client", _row(ID, "Xenia Formerly", "no address", "2026-01-09"))
        site.partner("insert into process_expected (in_table, rows) values ('in_Client', 1)")
        site.partner.hand_over()
        site.etl("run")
        # Rows of others that name the person: by the e-mail address of before the split, and by out_id.
        person = site.value("select _id from store_demo.bo_client where _in_id = %s", [ID])
        site.partner.fill("in_client", _row(MERGED, "Zoe Splitaway", "xenia@xyzzy.example", "2026-01-10"))
        site.partner.fill("in_client", {"in_id": "b", "out_id": person, "name": "Bob Stayshere"})
        others = [(one.table, one.column) for one in finds(site, OTHERS)]
        held = {find.table for find in finds(site, VALUES)}
        [found] = json.loads(done(site.etl("erase", "Client", ID, "--json")).out)
        assert held <= {holder["name"].lower() for holder in found["holders"]}, held
        done(site.etl("erase", "Client", JOINED, "--apply", "--reason", "asked for"))
        assert finds(site, VALUES) == []
        rows = site.look("select name from out_demo.client order by 1")
        assert rows == [{"name": "Bob Stayshere"}, {"name": "Zoe Splitaway"}]
        # What both had from one another's rows is in the journal of the person alone; rows that name the person go.
        lost = set(others) - {(one.table, one.column) for one in finds(site, OTHERS)}
        assert lost <= {("store_demo.journal", "before"), ("in_tables.in_client", "name")}
        done(site.etl("verify"))
    finally:
        site.look(f"drop owned by {role}; drop role {role}", at=site.out_database)
