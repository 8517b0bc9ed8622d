"""What was added to the in_ tables or taken from them by hand: `etl check` and a run that it stops say what to do."""

import pytest

import etl.monitoring
from etl.database import transaction
from etl.ddl import foreign
from etl.errors import EtlError
from tests.fix_company import CLAIMS, CODE, MakeSite, Site

ROWS = "in_tables.in_client"
LINKS = "in_tables.in_claim_watchers"
MARKER = "in_tables.process_tracking"
SEQUENCE = "in_tables.process_tracking_id_seq"
STATES = "create table in_tables.states (s varchar(100) primary key); insert into in_tables.states values ('');"

REFUSED = {
    # Before a run: nothing is claimed, and the marker is as it was.
    "check without ON_WORK": (
        f"alter table {ROWS} add constraint only_new check (in_status in ('', 'NEW'))",
        "does not allow what a run writes (in_status=ON_WORK",
        "drop constraint only_new",
    ),
    "check without ERROR": (
        f"alter table {ROWS} add constraint c check (in_status in ('', 'ON_WORK', 'DONE'))",
        "does not allow what a run writes (in_status=ERROR",
        "drop constraint c",
    ),
    "check of links without WAITING": (
        f"alter table {LINKS} add constraint c check (in_status in ('', 'ON_WORK', 'DONE', 'ERROR'))",
        "in_Claim_Watchers: constraint c does not allow what a run writes (in_status=WAITING)",
        "drop constraint c",
    ),
    "check of lengths": (
        f"alter table {ROWS} add constraint c check (length(in_status) < 3)",
        "(in_status=ON_WORK",
        "drop constraint c",
    ),
    "check that is not valid": (
        f"alter table {ROWS} add constraint c check (in_status = '') not valid",
        "(in_status=ON_WORK",
        "drop constraint c",
    ),
    "check of the run's number": (
        f"alter table {ROWS} add constraint c check (occupied_id < 1000000)",
        "occupied_id=1920000000000000000",
        "drop constraint c",
    ),
    "check of the marker": (
        f"alter table {MARKER} add constraint c check (ins_inkafka_status in (0, 1))",
        "ins_inkafka_status=2",
        "drop constraint c",
    ),
    "generated status": (
        f"alter table {ROWS} drop in_status; "
        f"alter table {ROWS} add in_status varchar(100) generated always as ('') stored not null",
        "in_Client.in_status: is generated as",
        "drop the column",
    ),
    "publication without identity": (
        f"alter table {ROWS} replica identity nothing; create publication p for table {ROWS}",
        "publication p lets no session update its rows",
        "replica identity full",
    ),
    "no primary key": (
        f"alter table {ROWS} drop constraint in_client_pkey; update {ROWS} set id = 1",
        "missing: add primary key (id) to in_tables.in_Client",
        "etl generate-ddl --company demo --apply",
    ),
    "no primary key of the marker": (
        f"alter table {MARKER} drop constraint process_tracking_pkey",
        "missing: add primary key (id) to in_tables.process_tracking",
        "etl generate-ddl --company demo --apply",
    ),
    "a wider marker": (
        f"alter table {MARKER} alter id type bigint; "
        f"insert into {MARKER} (id, oper_date, load_status) values (9223372036854775807, current_date, 1)",
        "process_tracking.id: is bigint, the metadata says integer",
        "settle what the message names",
    ),
    "an enum for the status": (
        f"create type in_tables.st as enum ('', 'NEW'); alter table {ROWS} alter in_status drop default; "
        f"alter table {ROWS} alter in_status type in_tables.st using ''",
        "in_Client.in_status: is in_tables.st",
        "settle what the message names",
    ),
    # In a run.
    "check of several columns": (
        f"alter table {ROWS} add constraint c check (in_status = '' or amount > 5)",
        "constraint c is none of ours, and a run writes in_status",
        "drop constraint c",
    ),
    "check that old rows break": (
        f"alter table {ROWS} add constraint c check (amount > 5) not valid",
        "constraint c was never checked",
        "correct those rows",
    ),
    "foreign key of the status": (
        f"{STATES} alter table {ROWS} add constraint f foreign key (in_status) references in_tables.states",
        "constraint f is none of ours, and a run writes in_status",
        "drop constraint f",
    ),
    "unique index on the run": (
        f"create unique index u on {ROWS} (occupied_id)",
        "index u is none of ours, and a run writes occupied_id",
        "drop index in_tables.u",
    ),
    "partial unique index": (
        f"create unique index u on {ROWS} ((1)) where in_status = 'ON_WORK'",
        "index u is none of ours",
        "drop index in_tables.u",
    ),
    "exclusion": (
        f"alter table {ROWS} add constraint x exclude (in_status with =) where (in_status = 'ON_WORK')",
        "constraint x is none of ours",
        "drop constraint x",
    ),
    "index that cannot be computed": (
        f"create index boom on {ROWS} ((1 / (length(in_status) - 7)))",
        "index boom is none of ours",
        "drop index in_tables.boom",
    ),
    "a column of the marker that must be filled": (
        f"alter table {MARKER} add shift text not null default 'x'; alter table {MARKER} alter shift drop default",
        "process_tracking.shift: must be filled and has no default",
        "alter column shift drop not null",
    ),
    "the marker's sequence is gone": (
        f"drop sequence {SEQUENCE} cascade",
        "process_tracking.id: must be filled and has no default",
        "add generated by default as identity",
    ),
    "the marker's sequence is at its end": (
        f"select setval('{SEQUENCE}', 2147483647)",
        "its sequence process_tracking_id_seq has given its last number",
        f"alter sequence {SEQUENCE} restart",
    ),
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", *({"in_id": one, "name": one, "amount": 1} for one in "abc"))
    site.partner.fill("in_Claim", {"in_id": "x", "title": "t"})
    site.partner.fill("in_Claim_Watchers", {"claim_id": "x", "watchers_id": "a"})
    return site


def checked(site: Site) -> str:
    """All that `etl check` finds wrong, as one text; no check may fail to be made."""
    found = [
        one
        for one in etl.monitoring.check(site.url, CODE, site.environ)
        if one.level != "ok" and one.what != "durability"
    ]
    assert all(one.do for one in found)
    return "\n".join(f"{one.what}: {one.found}; {one.do}" for one in found)


@pytest.mark.parametrize("name", REFUSED)
def test_what_stops_a_run_is_named_with_what_to_do(site: Site, name: str) -> None:
    broken, what, cure = REFUSED[name]
    site.look(broken, at=site.database)
    with pytest.raises(EtlError) as stopped:
        site.run()
    assert stopped.value.exit_code == 4
    found = checked(site)
    assert what in str(stopped.value)
    assert what in found
    assert cure in found
    if not cure.startswith("settle"):
        assert cure in str(stopped.value)


HARMLESS = {
    "check of a partner's column": f"alter table {ROWS} add constraint c check (amount >= 1 and name <> '')",
    "check that allows all": (
        f"alter table {ROWS} add constraint c check (in_status in ('', 'ON_WORK', 'DONE', 'ERROR'))"
    ),
    "check of dates": f"alter table {ROWS} add constraint c check (occupied_at > '2020-01-01' or occupied_at is null)",
    "unique index on a column": f"create unique index u on {ROWS} (name)",
    "unique constraint instead of an index": (
        f"drop index in_tables.in_client_in_id_idx; alter table {ROWS} add constraint u unique (in_id)"
    ),
    "identity instead of a sequence": (
        f"alter table {ROWS} alter id drop default; alter table {ROWS} alter id add generated by default as identity "
        "(start 100)"
    ),
    "column of the partner's own": f"alter table {ROWS} add extra text not null default 'x'",
    "generated column": f"alter table {ROWS} add twice numeric generated always as (amount * 2) stored",
    "incoming foreign key": f"create table in_tables.child (c bigint references {ROWS} (id))",
    "negative ids": f"update {ROWS} set id = -id",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_run_can_live_with_is_no_finding(site: Site, name: str) -> None:
    site.look(HARMLESS[name], at=site.database)
    assert checked(site) == ""
    assert site.run().errors == 0
    assert site.partner.statuses("in_Client") == {"DONE": 3}


def test_what_may_be_lost_is_a_warning(site: Site) -> None:
    site.look(f"alter table {MARKER} set unlogged; alter table {ROWS} set unlogged", at=site.database)
    found = checked(site)
    assert (
        "process_tracking: is unlogged: after a crash of the server it is empty, which means that everything is"
        in found
    )
    assert "in_Client: is unlogged" in found
    assert site.run().errors == 0


STATUSES = {
    "null": None,
    "`done`": "done",
    "a blank": " ",
    "`READY`": "READY",
    "`ON_WORK `": "ON_WORK ",
    "`\\u200b`": "\u200b",
}


def test_rows_that_no_run_takes_are_reported(site: Site) -> None:
    site.look(f"alter table {ROWS} alter in_status drop not null", at=site.database)
    assert "may be null, and a row whose in_status is null is taken by no run" in checked(site)
    for number, status in enumerate(STATUSES.values()):
        site.partner.fill("in_Client", {"in_id": f"odd {number}", "in_status": status})
    site.partner("update in_Claim_Watchers set in_status = 'NEW'")
    outcome = site.run()
    expected = {f"1 rows of in_tables.in_Client have in_status {said}" for said in STATUSES}
    expected.add("1 rows of in_tables.in_Claim_Watchers have in_status `NEW`")
    assert {text.split(",")[0] for text in outcome.unread} == expected
    found = checked(site)
    assert all(text in found for text in expected)
    reasons = site.look("select in_status, reason from in_tables.why_not where in_table = 'in_Client'")
    assert {row["in_status"] for row in reasons} == set(STATUSES.values())
    assert all("means nothing to a run" in row["reason"] for row in reasons)
    site.partner.hand_over()
    shown = site.etl("run")
    assert "1 rows of in_tables.in_Client have in_status null, which no run takes: only '' means ready." in shown.out


def test_a_column_whose_default_is_not_ready_is_reported(site: Site) -> None:
    site.look(f"alter table {ROWS} alter in_status set default 'NEW'", at=site.database)
    assert "in_Client.in_status: has the default 'NEW'" in checked(site)


def marker_rows(site: Site, *rows: str) -> str:
    """Without the primary key, as another team's copy of the table may have it."""
    site.run()
    site.partner("update in_Client set in_status = ''")
    key = f"alter table {MARKER} drop constraint process_tracking_pkey"
    values = ", ".join(rows)
    return (
        f"delete from {MARKER}; set constraints all immediate; {key}; alter table {MARKER} alter id drop not null; "
        f"insert into {MARKER} (id, oper_date, load_status) values {values}"
    )


@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        (("(5, current_date, 1)", "(5, current_date, 1)"), "has 2 rows with id=5: delete all of them but one"),
        (("(5, current_date, 1)", "(5, current_date, 0)"), "has 2 rows with id=5"),
        (("(7, current_date, 1)", "(null, current_date, 0)"), "has a row without an id: delete it or give it one"),
    ],
)
def test_marker_rows_that_cannot_be_distinguished_start_nothing(site: Site, rows: tuple[str, ...], advice: str) -> None:
    site.look(marker_rows(site, *rows), at=site.database)
    outcome = site.run()
    assert outcome.run is None
    assert advice in outcome.reason
    assert "add primary key (id)" in outcome.reason
    assert advice in checked(site)
    assert advice in site.etl("status").out


def test_a_marker_row_with_an_id_of_the_partners_own_hides_later_ones(site: Site) -> None:
    site.run()
    site.partner(f"insert into {MARKER} (id, oper_date, load_status) values (2147483647, current_date, 1)")
    assert site.run().run is not None
    assert "id=2147483647 was written by hand, and the sequence" in checked(site)
    number = site.partner.hand_over_by_row()
    outcome = site.run()
    assert outcome.run is None
    assert f"id={number} has load_status=1, but only the highest id counts, and that is id=2147483647" in outcome.reason
    assert f"id={number} has load_status=1" in checked(site)
    site.partner(f"delete from {MARKER} where id = 2147483647")
    assert site.run().run is not None
    assert checked(site) == ""


def test_two_hand_overs_before_a_run_are_no_fault(site: Site) -> None:
    site.partner.hand_over_by_row()
    site.partner.hand_over_by_row()
    assert site.run().run is not None
    assert site.run().run is None
    assert checked(site) == ""


@pytest.mark.parametrize("name", ['Odd"one', "a b; drop table in_client", "CamelCase", "select", "ключ", "a'b"])
def test_what_to_do_is_a_statement_that_works(site: Site, name: str) -> None:
    """Whatever the name of what was added."""
    quoted = '"' + name.replace('"', '""') + '"'
    site.look(
        f"alter table {ROWS} add constraint {quoted} check (in_status <> 'DONE');"
        f"create unique index {quoted} on {MARKER} (ins_inkafka_status, periodic_update_time);"
        f"alter table {MARKER} add {quoted} text not null",
        at=site.database,
    )
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        found = [one.do for one in foreign(connection, runtime.company, runtime.in_schema)]
    statements = [do.removeprefix("if it refuses that, ").removesuffix(", or give it a default") for do in found]
    assert [one.split()[0] for one in statements] == ["alter", "alter", "drop"]
    for statement in statements:
        site.look(statement, at=site.database)
    assert checked(site) == ""
    assert site.run().errors == 0


@pytest.mark.parametrize("number", [1, 2, 2147483646])
def test_an_id_of_the_partners_own_is_reported_before_the_sequence_was_used(site: Site, number: int) -> None:
    site.run()
    site.look(f"delete from {MARKER}; alter sequence {SEQUENCE} restart", at=site.database)
    site.partner(f"insert into {MARKER} (id, oper_date, load_status) values ({number}, current_date, 0)")
    assert f"id={number} was written by hand, and the sequence of process_tracking has not come so far" in checked(site)


@pytest.mark.parametrize("number", [0, -1, -2147483648])
def test_an_id_below_what_the_sequence_gives_hides_nothing(site: Site, number: int) -> None:
    site.partner(f"insert into {MARKER} (id, oper_date, load_status) values ({number}, current_date, 1)")
    assert checked(site) == ""
    assert site.run().run is not None
    site.partner.hand_over_by_row()
    assert site.run().run is not None
