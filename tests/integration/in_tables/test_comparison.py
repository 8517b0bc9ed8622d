"""process_compare: what a partner has is compared with the store, and each difference is named."""

import psycopg
import pytest

from etl.contract.comparing import compare_scripts
from etl.engine import undo
from etl.errors import RunStopped
from tests.contracts import TERMS
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, STORE, MakeSite, Site
from tests.integration.in_tables.test_expected import clients, merged

# A field of each spelling, in an order of its own; and those that are left out.
ALL = {
    "Thing": """
code: Thing
fields:
  - {code: Flag, type: CHECKBOX, needLoadFromInTables: true}
  - {code: Word, type: INPUT_TEXT, needLoadFromInTables: true}
  - {code: Number, type: INPUT_NUMBER, needLoadFromInTables: true}
  - {code: Day, type: DATE, inMigrationTimezoneMinutes: 300, needLoadFromInTables: true}
  - {code: InMonth, type: YEAR_AND_MONTH, inMigrationTimezoneMinutes: -60, needLoadFromInTables: true}
  - {code: InYear, type: YEAR, inMigrationTimezoneMinutes: 0, needLoadFromInTables: true}
  - {code: AnyDay, type: DATE, needLoadFromInTables: true}
  - {code: Moment, type: FULL_DATE, inMigrationTimezoneMinutes: 300, needLoadFromInTables: true}
  - {code: Drop, type: DROPDOWN_SINGLE, options: [a, b], needLoadFromInTables: true}
  - {code: Mail, type: INPUT_EMAIL, isUnique: true, needLoadFromInTables: true}
  - {code: Place, type: GEO_POINT, needLoadFromInTables: true}
  - {code: Words, type: INPUT_TEXT_LANG, needLoadFromInTables: true}
  - {code: Scan, type: FILE_UPLOAD, needLoadFromInTables: true}
""",
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def ask(site: Site) -> None:
    """As the pack's script for PostgreSQL does."""
    with site.runtime() as runtime:
        script = compare_scripts(runtime.company, TERMS)["compare.sql"]
    for statement in script.split(";\n"):
        site.partner(statement)


def found(site: Site, table: str = "in_Client") -> list[tuple[str, str]]:
    rows = site.look(
        "select difference, in_id from in_tables.process_difference where in_table = %s order by 1, 2", [table]
    )
    return [(row["difference"], row["in_id"]) for row in rows]


@BOTH_LAYOUTS
def test_missing_extra_and_different_are_named(site: Site) -> None:
    clients(site, "a", "b", "c", "d")
    ask(site)
    merged(site)
    counts = "select given, missing, extra, different from in_tables.comparison where in_table = 'in_Client'"
    assert site.look(counts) == [{"given": 4, "missing": 0, "extra": 0, "different": 0}]
    assert found(site) == []
    assert site.count("in_tables.process_expected") == 0
    # What the partner has in its own tables now; nothing is handed over.
    ask(site)
    site.partner("update process_compare set hash = upper(hash) where in_id = 'a'")
    site.partner("update process_compare set hash = '0' where in_id = 'b'")
    site.partner("update process_compare set in_id = 'e' where in_id = 'c'")
    site.partner.hand_over()
    run = site.run().run
    assert found(site) == [("different", "b"), ("extra", "c"), ("missing", "e")]
    assert site.look(counts) == [{"given": 4, "missing": 1, "extra": 1, "different": 1}]
    assert site.value("select run from in_tables.comparison where in_table = 'in_Client'") == run
    # Without being asked no run compares.
    site.partner.hand_over()
    site.run()
    assert site.value("select run from in_tables.comparison where in_table = 'in_Client'") == run


@BOTH_LAYOUTS
def test_every_kind_of_value_has_one_text(make_site: MakeSite, layout: str) -> None:
    site = make_site(ALL)
    site.partner(
        "insert into in_fileStorage (file_id, file_name, mime_type, content) values ('f', 'f', 'text/plain', 'x')"
    )
    site.partner("""
        insert into in_Thing
            (in_id, Flag, Word, Number, Day, InMonth, InYear, AnyDay, Moment, Drop, Mail, Place, Words, Scan)
        values
        ('full', true, 'Ünï|' || chr(31) || E'\\\\', -0.5, '2024-01-31 02:00+05', '2024-03-01 00:30+00',
            '2024-12-31 23:59+00', '2024-01-31 02:00:00.25+05', '2024-01-31 04:30:00.000001+05', 'b', 'Me@x.org',
            '{"lon": 1, "lat": 2}', '{"RUS": "x"}', 'f'),
        ('less', false, '', 12345678901234567890.1234, 'infinity', null, null, null, '-infinity', null, '', null,
            'plain', null),
        ('none', null, null, null, null, null, null, null, null, null, null, null, null, null)
    """)
    ask(site)
    site.partner.hand_over()
    site.run()
    assert site.count(f"{STORE}.bo_thing") == 3
    assert site.look("select given, missing, extra, different from in_tables.comparison") == [
        {"given": 3, "missing": 0, "extra": 0, "different": 0}
    ]
    hashes = {row["in_id"]: row["hash"] for row in site.look("select in_id, hash from in_tables.process_compare")}
    text = "1\x1fÜnï|\x1f\\\x1f-0.5000\x1f2024-01-31\x1f2024-02\x1f2024\x1f2024-01-30 21:00:00.250000"
    text += "\x1f2024-01-30 23:30:00.000001\x1fb\x1fMe@x.org"
    assert site.value("select md5(convert_to(%s, 'UTF8'))", [text]) == hashes["full"]
    assert site.value("select md5(convert_to(%s, 'UTF8'))", ["\x1f" * 9]) == hashes["none"]
    for column, value in (("Word", "'other'"), ("Number", "0.0001"), ("Flag", "true"), ("Drop", "'a'")):
        site.partner(f"update in_Thing set {column} = {value} where in_id = 'none'")
        ask(site)
        site.partner.hand_over()
        site.run()
        assert found(site, "in_Thing") == [("different", "none")], column
        site.partner(f"update in_Thing set {column} = null where in_id = 'none'")


def test_an_instance_is_there_by_any_of_its_ids_until_it_is_removed(site: Site) -> None:
    clients(site, "a", "b")
    merged(site)
    site.partner("update in_client set in_id = 'a2', in_status = '' where in_id = 'a'")
    site.partner("update in_client set removed = true, in_status = '' where in_id = 'b'")
    ask(site)
    site.partner("insert into process_compare select in_table, 'b', hash from process_compare where in_id = 'a2'")
    merged(site)
    assert found(site) == [("missing", "b")]


def test_what_only_others_or_an_undone_run_have_brought_is_no_excess(site: Site) -> None:
    clients(site, "a")
    merged(site)
    clients(site, "a", "b")
    ask(site)
    site.partner.hand_over()
    run = site.run().run
    assert run
    assert found(site) == []
    with site.runtime() as runtime:
        undo(runtime, run)
    ask(site)
    site.partner.hand_over()
    site.run()
    assert found(site) == [("missing", "b")]
    site.partner("delete from process_compare")
    site.partner("insert into process_expected (in_table, compare) values ('IN_CLIENT', true)")
    site.partner.hand_over()
    site.run()
    assert found(site) == [("extra", "a")]


def test_what_cannot_be_compared(site: Site) -> None:
    clients(site, "a")
    site.partner("insert into process_expected (in_table, compare) values ('in_Claim_Client', true)")
    site.partner.hand_over()
    with pytest.raises(RunStopped, match="in_Claim_Client is to be compared, which holds links"):
        site.run()
    site.partner("update process_expected set in_table = 'in_Client'")
    site.look("drop table in_tables.process_compare")
    site.partner.hand_over()
    with pytest.raises(RunStopped, match="process_compare is not there: make it by `etl generate-ddl"):
        site.run()
    site.create_in_tables()
    assert merged(site).created == 1


def test_the_partner_sees_ids_and_never_a_hash_of_the_store(site: Site) -> None:
    clients(site, "a")
    merged(site)
    columns = site.look(
        "select column_name from information_schema.columns where table_name in ('process_difference', 'comparison')"
    )
    assert "hash" not in {row["column_name"] for row in columns}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.partner("select * from comparison_row")
