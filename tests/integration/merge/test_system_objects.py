"""Person, Department and PersonGroup on their way: what a row must bring, and how it is found."""

import pytest

from tests.fix_company import STORE, MakeSite, Site

IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Person": f"""
code: Person
fields:
  - {{code: email, type: INPUT_EMAIL, {IN}}}
  - {{code: surname, type: INPUT_TEXT, {IN}}}
  - {{code: status, type: DROPDOWN_SINGLE, options: [ACTIVE], onBadValue: skip_value, {IN}}}
  - {{code: Tab, type: INPUT_NUMBER, {IN}}}
""",
    "Department": f"""
code: Department
fields:
  - {{code: name, type: INPUT_TEXT, {IN}}}
  - {{code: header, type: BO, {IN}}}
""",
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS)


def test_a_row_must_bring_a_system_field(site: Site) -> None:
    site.partner.fill("in_Person", {"in_id": "a", "surname": "A"}, {"in_id": "b", "surname": "B"})
    site.run()
    site.partner.hand_over()
    site.partner.redeliver(
        "in_Person",
        {"in_id": "only mine", "surname": None, "email": None, "status": None, "tab": 1, "removed": False},
        {"in_id": "no name", "surname": None, "email": "", "status": None, "tab": 2, "removed": False},
        {"in_id": "skipped", "surname": None, "email": None, "status": "GONE", "tab": 3, "removed": False},
        {"in_id": "word", "surname": None, "email": None, "status": "ACTIVE", "tab": 4, "removed": False},
        {"in_id": "a", "surname": None, "email": None, "status": None, "tab": 5, "removed": False},
        {"in_id": "b", "surname": None, "email": None, "status": None, "tab": 6, "removed": True},
    )
    outcome = site.run()
    counts = next(one for one in outcome.receipts if one.in_table == "in_Person")
    assert (counts.created, counts.removed, counts.rejected) == (1, 1, 4)
    rows = site.look(f"select _in_id, _state, surname from {STORE}.bo_Person order by 1")
    assert [tuple(row.values()) for row in rows] == [
        ("a", "ACTUAL", "A"),
        ("b", "REMOVED", "B"),
        ("word", "ACTUAL", None),
    ]
    missing = [error for error in site.errors() if error["code"] == "SYSTEM_FIELD_MISSING"]
    assert sorted(error["in_id"] for error in missing) == ["a", "no name", "only mine", "skipped"]
    assert missing[0]["message"].startswith("all of email, surname, status are null: ")
    assert missing[0]["message_rus"].startswith("пусты все поля email, surname, status: ")


def test_a_person_is_found_by_email(site: Site) -> None:
    site.partner.fill("in_Person", {"in_id": "a", "email": "x@example.com", "surname": "A"})
    site.partner.fill("in_Department", {"in_id": "d", "name": "Sales"})
    site.partner.fill("in_Department_header", {"department_id": "d", "header_id": "a"})
    site.run()
    site.partner.hand_over()
    site.partner.fill("in_Person", {"in_id": "b", "email": "x@example.com", "surname": "B"})
    site.run()
    assert site.look(f"select _in_id, surname from {STORE}.bo_Person") == [{"_in_id": "a", "surname": "B"}]
    assert site.count(f"{STORE}.link_Department_header") == 1


def test_only_what_is_mentioned_has_tables(site: Site) -> None:
    tables = site.look("select tablename as name from pg_tables where schemaname = 'in_tables' order by 1")
    mine = {row["name"] for row in tables if row["name"].startswith("in_")}
    assert mine == {"in_person", "in_department", "in_department_header", "in_filestorage"}
    site.run()
    golden = site.look(
        f"select tablename as name from pg_tables where schemaname = '{STORE}' and tablename like 'bo\\_%'"
    )
    assert {row["name"] for row in golden} == {"bo_person", "bo_department"}
