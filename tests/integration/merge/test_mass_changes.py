"""Guards on the share of changed instances and of ended links (removed and emptied: test_mass_change_guard)."""

import pytest

from etl.errors import RunStopped
from etl.sources.in_tables.claim import unlinked_guard
from tests.fix_company import BOTH_LAYOUTS, ONLY_APART, STORE, MakeSite, Row, Site

_IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Kind, type: DROPDOWN_SINGLE, options: [{{code: new, id: abc}}, {{code: old}}], {_IN}}}
  - {{code: Born, type: DATE, inMigrationTimezoneMinutes: 300, {_IN}}}
  - {{code: Level, type: DROPDOWN_SINGLE, dictionary: Level, {_IN}}}
  - {{code: Score, type: INPUT_NUMBER, onBadValue: skip_value, {_IN}}}
  - {{code: Town, type: BO, bo: Town, {_IN}}}
  - {{code: Home, type: BO, bo: Town, viewType: SINGLE, {_IN}}}
  - {{code: Team, type: BO, bo: Town, linkMode: replace, {_IN}}}
  - {{code: Chief, type: BO, bo: Town, viewType: SINGLE, linkMode: replace, {_IN}}}
  - {{code: Any, type: CO, co: Any, {_IN}}}
""",
    "Town": f"""
code: Town
orderIndex: 2
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
""",
    "Any": "code: Any\ncategory: CO\nbos: [Town, Client]\n",
    "Level": f"""
code: Level
category: DICTIONARY
fields:
  - {{code: code, type: INPUT_TEXT, {_IN}}}
""",
}


def client(number: int, **values: object) -> Row:
    row: Row = {"in_id": f"c-{number}", "Name": f"Name {number}", "Amount": number, "Kind": "new"}
    return row | {"Born": "2024-01-31T19:00Z", "Level": "top", "Score": number} | values


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """200 clients, of which at most half may change, and of a field's links a third may end."""
    site = make_site(DOCUMENTS, maxChangedShare=50, maxUnlinkedShare=30)
    site.partner.fill("in_level", {"in_id": "l", "code": "top"}, {"in_id": "m", "code": "low"})
    site.partner.fill("in_client", *(client(n) for n in range(200)))
    site.partner.fill("in_town", *({"in_id": f"t-{n}"} for n in range(5)))
    site.partner.hand_over()
    assert site.run().exit_code == 0
    return site


def deliver(site: Site, *rows: Row) -> None:
    site.partner.redeliver("in_client", *rows)
    site.partner.hand_over()


OTHER = [
    {"Name": "other"},
    {"Amount": -1},
    {"Kind": "old"},
    {"Born": "2024-02-29T19:00Z"},
    {"Level": "low"},
    {"Score": 7000},
    {"Name": None},
    {"Amount": 7777, "Name": "x"},
]


@BOTH_LAYOUTS
@pytest.mark.parametrize("other", OTHER, ids=repr)
def test_a_batch_that_would_change_too_much_changes_nothing(site: Site, other: Row) -> None:
    before = site.fingerprint()
    deliver(site, *(client(n, **(other if n < 101 else {})) for n in range(200)))
    with pytest.raises(
        RunStopped, match=r"change 101 of 200 instances of Client \(50 percent, maxChangedShare=50\).*--accept"
    ):
        site.run()
    assert site.fingerprint() == before
    assert site.partner.statuses("in_client") == {"": 200}
    assert site.partner.marker()["ins_inkafka_status"] == 2


SAME = [
    {"Kind": "abc"},  # the id of the option that it has
    {"Born": "2024-02-01T05:00Z"},  # the same local day
    {"Score": "NaN"},  # a bad value that is skipped
    {"Amount": "NaN", "Name": "other"},  # a row that is rejected
]


@BOTH_LAYOUTS
@pytest.mark.parametrize("same", SAME, ids=repr)
def test_what_changes_nothing_does_not_count(site: Site, same: Row) -> None:
    deliver(site, *(client(n, **same) for n in range(200)))
    [receipt] = [one for one in site.run().receipts if one.in_table == "in_Client"]
    assert receipt.changed == 0


@BOTH_LAYOUTS
def test_the_share_itself_may_change_beside_new_and_removed_ones(site: Site) -> None:
    rows = [client(n, **({"Name": "x"} if n < 100 else {})) for n in range(200)]
    deliver(site, *rows[:199], client(199, removed=True), *(client(n) for n in range(1000, 1300)))
    [receipt] = [one for one in site.run().receipts if one.in_table == "in_Client"]
    assert (receipt.created, receipt.changed, receipt.removed, receipt.unchanged) == (300, 100, 1, 99)


@BOTH_LAYOUTS
@pytest.mark.parametrize("way", ["out_id", "alias"])
def test_instances_are_found_by_every_id(site: Site, way: str) -> None:
    if way == "alias":
        site.partner("update in_client set in_id = 'other-' || in_id, in_status = '' where amount < 101")
        site.partner.hand_over()
        site.run()
        site.partner("update in_client set out_id = null")
    else:
        site.partner("update in_client set in_id = null where amount < 101")
    site.partner("update in_client set name = 'changed', in_status = '' where amount < 101")
    site.partner.hand_over()
    with pytest.raises(RunStopped, match="change 101 of 200 instances of Client"):
        site.run()


def test_with_keep_an_empty_column_changes_nothing(site: Site) -> None:
    site.set(nullPolicy="keep", maxChangedShare=50)
    deliver(site, *(client(n, Name=None) for n in range(200)))
    assert site.run().exit_code == 0


@BOTH_LAYOUTS
def test_the_command_stops_and_accepts(site: Site) -> None:
    deliver(site, *(client(n, Name="x") for n in range(200)))
    dry = site.etl("run", "--dry-run")
    assert (dry.code, dry.out) == (3, "")
    assert "change 200 of 200 instances of Client (100 percent, maxChangedShare=50)" in dry.err
    assert site.etl("run", "--dry-run", "--accept").code == 0
    stopped = site.etl("run")
    assert (stopped.code, stopped.out) == (3, "")
    assert site.etl("run", "--accept").code == 0
    assert site.count(f"{STORE}.bo_client where name = 'x'") == 200


def test_without_a_share_anything_may_change(site: Site) -> None:
    site.set()
    deliver(site, *(client(n, Name="x") for n in range(200)))
    assert site.run().exit_code == 0


def test_a_company_may_have_its_own_shares(site: Site) -> None:
    site.set(maxUnlinkedShare=90)
    site.write("companies/demo/configs/InMigrationConfig.txt", "maxChangedShare=10\nmaxUnlinkedShare=\n")
    shown = site.etl("config", "show", "--company", "demo", "--json")
    assert '"maxChangedShare"' in shown.out
    deliver(site, *(client(n, **({"Name": "x"} if n < 21 else {})) for n in range(200)))
    with pytest.raises(RunStopped, match="maxChangedShare=10"):
        site.run()


LINKS = {"Town": "Town", "Home": "Town", "Team": "Town", "Chief": "Town", "Any_Town": "Town", "Any_Client": "Client"}


def links(site: Site, field: str, number: int = 200, target: str = "1", **values: object) -> None:
    """One link of each of this many clients, as the only rows of its table."""
    code, _, _ = field.partition("_")
    to = f"t-{target}" if LINKS[field] == "Town" else f"c-{target}"
    rows = [{"client_id": f"c-{n}", f"{code}_id": to, "removed": False} | values for n in range(number)]
    site.partner.redeliver(f"in_client_{field}", *rows)
    site.partner.hand_over()


@BOTH_LAYOUTS
@pytest.mark.parametrize("field", LINKS)
def test_a_batch_that_would_end_too_many_links_ends_none(site: Site, field: str) -> None:
    links(site, field)
    assert site.run().exit_code == 0
    before = site.fingerprint()
    links(site, field, 61, removed=True)
    code, _, member = field.partition("_")
    whose = rf"links of Client\.{code}" + (f" to {member}" if member else "")
    with pytest.raises(RunStopped, match=rf"end 61 of 200 {whose} \(30 percent, maxUnlinkedShare=30\).*--accept"):
        site.run()
    assert site.fingerprint() == before
    assert site.partner.statuses(f"in_client_{field}") == {"": 61}
    links(site, field, 60, removed=True)
    assert site.run().exit_code == 0
    assert site.count(f"{STORE}.link_client_{code}") == 140


@BOTH_LAYOUTS
def test_sets_that_name_others(site: Site) -> None:
    links(site, "Team")
    site.run()
    links(site, "Team", 61, target="2")
    with pytest.raises(RunStopped, match=r"end 61 of 200 links of Client\.Team \(30 percent"):
        site.run()
    links(site, "Team", 61)  # the same ones
    assert site.run().exit_code == 0


@BOTH_LAYOUTS
def test_few_rows_of_sets_may_end_many_links(site: Site) -> None:
    site.partner.redeliver(
        "in_client_team", *({"client_id": f"c-{c}", "team_id": f"t-{t}"} for c in range(40) for t in range(5))
    )
    site.partner.hand_over()
    site.run()
    links(site, "Team", 16, target="9")
    with pytest.raises(RunStopped, match=r"end 80 of 200 links of Client\.Team \(40 percent"):
        site.run()


@BOTH_LAYOUTS
@pytest.mark.parametrize("field", ["Home", "Chief"])
def test_a_single_link_that_gives_way_has_not_ended(site: Site, field: str) -> None:
    links(site, field)
    site.run()
    links(site, field, target="2")
    assert site.run().exit_code == 0
    assert site.count(f"{STORE}.link_client_{field}") == 200


@BOTH_LAYOUTS
def test_removals_of_what_is_not_there_do_not_count(site: Site) -> None:
    links(site, "Town")
    site.run()
    links(site, "Town", target="2", removed=True)
    assert site.run().exit_code == 0


def test_few_links_are_not_watched(site: Site) -> None:
    links(site, "Town", 99)
    site.run()
    links(site, "Town", 99, removed=True)
    assert site.run().exit_code == 0
    assert site.count(f"{STORE}.link_client_town") == 0


def test_rows_with_a_blank_end_are_no_sets(site: Site) -> None:
    links(site, "Team")
    site.run()
    links(site, "Team", Team_id=" ")
    assert site.run().exit_code == 1
    assert site.count(f"{STORE}.link_client_team") == 200


def test_an_empty_share_ends_any_number(site: Site) -> None:
    links(site, "Town")
    site.run()
    site.set(maxUnlinkedShare="")
    links(site, "Town", removed=True)
    assert site.run().exit_code == 0
    assert site.count(f"{STORE}.link_client_town") == 0


@BOTH_LAYOUTS
def test_the_command_accepts_ended_links(site: Site) -> None:
    links(site, "Town")
    site.run()
    links(site, "Town", removed=True)
    assert site.etl("run", "--dry-run").code == 3
    assert site.etl("run").code == 3
    assert site.etl("run", "--accept").code == 0
    assert site.count(f"{STORE}.link_client_town") == 0


@ONLY_APART
def test_the_guards_between_databases(site: Site, layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would change, end or be removed is counted where the store is; what stays within the shares is merged."""
    site.set(maxChangedShare=50, maxUnlinkedShare=30, maxRemovedShare=30)
    links(site, "Town")
    site.run()
    before = site.fingerprint()
    links(site, "Town", 61, removed=True)
    ends = pytest.raises(RunStopped, match=r"end 61 of 200 links of Client\.Town \(30 percent")
    with ends:
        site.run()
    monkeypatch.setattr(unlinked_guard, "_BY_INDEX_BELOW_ROWS", 10)
    site.partner.hand_over()
    with ends:
        site.run()
    site.partner.redeliver("in_client_town")
    for values, why in (({"Name": "x"}, "change 150 of 200 instances"), ({"removed": True}, "remove 150 of 200")):
        deliver(site, *(client(n, **(values if n < 150 else {})) for n in range(200)))
        with pytest.raises(RunStopped, match=why):
            site.run()
    assert site.fingerprint() == before
    deliver(site, *(client(n, **({"Name": "x"} if n < 90 else {})) for n in range(200)))
    site.partner.fill(
        "in_client_town", *({"client_id": f"c-{n}", "town_id": "t-1", "removed": n < 5} for n in range(200))
    )
    [receipt] = [one for one in site.run().receipts if one.in_table == "in_Client"]
    assert (receipt.changed, site.count(f"{STORE}.link_client_town")) == (90, 195)


PEOPLE = {
    "Client": f"""
code: Client
fields:
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_IN}}}
  - {{code: Phone, type: INPUT_PHONE, isUnique: true, {_IN}}}
  - {{code: Born, type: DATE, isUnique: true, inMigrationTimezoneMinutes: 300, {_IN}}}
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
"""
}


@pytest.fixture
def people(make_site: MakeSite) -> Site:
    """200 people that a feed with ids of another system knows by unique values alone."""
    site = make_site(PEOPLE, maxChangedShare=50, maxRemovedShare=30, maxBlankedShare=30)
    deliver_people(site, 200)
    assert site.run().exit_code == 0
    return site


BY = {
    "Email": "'P' || n || '@x.kz' as email, null as phone, null::timestamptz as born",
    "Phone": "null as email, n::text as phone, null::timestamptz as born",
    "Born": "null as email, null as phone, timestamptz '2000-01-01 19:05Z' + make_interval(days => n) as born",
    "all": "'p' || n || '@X.kz' as email, n::text as phone, "
    "timestamptz '2000-01-01 19:00Z' + make_interval(days => n) as born",
}


def deliver_people(site: Site, number: int, ids: str = "'c-'", by: str = "all", name: str = "'x'") -> None:
    site.partner("delete from in_client")
    site.partner(
        f"insert into in_client (in_id, email, phone, born, name, amount) "
        f"select {ids} || n, email, phone, born, {name}, 7 "
        f"from (select n, {BY[by]} from generate_series(1, {number}) n) k"
    )
    site.partner.hand_over()


@BOTH_LAYOUTS
@pytest.mark.parametrize("by", BY)
def test_instances_that_a_unique_value_leads_to_count(people: Site, by: str) -> None:
    deliver_people(people, 101, "'other-'", by, "'changed'")
    people.set(maxChangedShare=50, maxBlankedShare="")
    with pytest.raises(RunStopped, match="change 101 of 200 instances of Client"):
        people.run()
    deliver_people(people, 100, "'other-'", by, "'changed'")
    assert people.run().receipts[0].changed == 100


@BOTH_LAYOUTS
@pytest.mark.parametrize("by", BY)
def test_a_column_forgotten_for_those_counts_too(people: Site, by: str) -> None:
    people.set(maxBlankedShare=30)
    deliver_people(people, 61, "'other-'", by, "null")
    with pytest.raises(RunStopped, match="empty Name of 61 of 200 instances of Client"):
        people.run()


@BOTH_LAYOUTS
def test_several_rows_for_one_instance_change_it_once(people: Site) -> None:
    deliver_people(people, 90, "'other-'")
    people.run()
    rows = "select k || n, '2x' from generate_series(1, 90) n, unnest(array['c-', 'other-']) k"
    people.partner.redeliver("in_client")
    people.partner(f"insert into in_client (in_id, name) {rows}")
    people.set(maxChangedShare=50, maxBlankedShare=50)
    people.partner.hand_over()
    assert people.run().receipts[0].changed == 90
    people.set(maxRemovedShare=45)
    people.partner("update in_client set removed = true, in_status = ''")
    people.partner.hand_over()
    assert people.run().receipts[0].removed == 90


@BOTH_LAYOUTS
def test_those_that_the_batch_removes_are_not_changed_by_others(people: Site) -> None:
    """Newcomers with the values of 60 that are removed beside 60 changed ones: none is changed by them."""
    deliver_people(people, 60, "'other-'", name="'new'")
    people.partner("insert into in_client (in_id, removed) select 'c-' || n, true from generate_series(1, 60) n")
    people.partner("insert into in_client (in_id, name) select 'c-' || n, 'y' from generate_series(61, 120) n")
    [receipt] = people.run().receipts
    assert (receipt.created, receipt.removed, receipt.changed) == (60, 60, 60)


@BOTH_LAYOUTS
@pytest.mark.parametrize("way", ["in_id", "out_id", "alias"])
def test_newcomers_with_the_values_of_those_that_leave_change_none(people: Site, way: str) -> None:
    """By whatever id a row names the instance that it removes."""
    people.set(maxChangedShare="", maxBlankedShare="", maxRemovedShare="")
    deliver_people(people, 120, "'alias-'")
    people.run()
    given = {"in_id": "'c-' || n, null", "out_id": "null, out_id", "alias": "'alias-' || n, null"}[way]
    leave = f"select {given}, true from (select out_id, split_part(in_id, '-', 2)::int as n from in_client) k"
    people.partner(f"create temp table leaving as select * from ({leave}) l (in_id, out_id, removed)")
    deliver_people(people, 120, "'new-'", name="'other'")
    people.partner("insert into in_client (in_id, out_id, removed) select * from leaving")
    people.set(maxChangedShare=50, maxRemovedShare="")
    [receipt] = people.run().receipts
    assert (receipt.created, receipt.removed, receipt.changed) == (120, 120, 0)


@pytest.mark.parametrize("state", ["ARCHIVED", "TEST"])
def test_instances_in_other_states_count_too(site: Site, state: str) -> None:
    """Their values are lost as well."""
    site.look(f"update {STORE}.bo_client set _state = %s", [state])
    deliver(site, *(client(n, Name="other") for n in range(101)))
    with pytest.raises(RunStopped, match="maxChangedShare"):
        site.run()
