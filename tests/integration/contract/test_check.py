"""check.sql says beforehand what the engine says afterwards, and reads nothing but in_ tables."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl.contract import contract_files
from etl.contract.checks import NOTES, check_sql
from etl.contract.samples import Samples
from etl.merge.errors.catalogue import CATALOGUE
from etl.metadata import parse_company
from etl.metadata.field_types import FieldType
from tests.contracts import DOCUMENTS, TERMS, company
from tests.fix_company import PARTNER_PASSWORD, STORE, MakeSite, Site

Finding = tuple[Any, ...]

COLUMN = {FieldType.PERIOD: "Span", FieldType.CHECKLIST: "List", FieldType.QUESTIONNAIRE: "Answers"}
COLUMN |= {FieldType.PROGRESS_BAR: "Bar", FieldType.GEO_POINT: "Place", FieldType.INPUT_TEXT_LANG: "Words"}

INSTANTS = (
    "2024-01-31T09:00:00Z", "2024-02-29T00:00Z", "2023-02-29T00:00Z", "2024-04-31T00:00Z", "2024-13-01T00:00Z",
    "2024-00-01T00:00Z", "0000-01-01T00:00Z", "0001-01-01T00:00:00.123456789+05:30", "2024-01-01T24:00:00Z",
    "2024-01-01T24:00:01Z", "2024-01-01T23:59:60Z", "2024-01-01T23:59:61Z", "2024-01-01T23:60Z", "2024-01-01",
    "2024-01-01T00:00", "2024-01-01T00:00+15", "2024-01-01T00:00+16", "2024-01-01T00:00+05:60", "infinity",
    "9999-12-31T23:59:59-15:59", "2024-01-01T00:00:00+0530", "2024-01-32T00:00Z", " 2024-01-01T00:00Z",
)  # fmt: skip
TEXTS = (
    "", " ", "null", "true", "truefalse", "1 2", "01", "-1", "1.", ".5", "1e5", "1E+05", "-", "+1", '"', '"a', '"a"',
    "[]", "[ ]", "[,]", "[1,]", "[1 2]", "{}", "{,}", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", '{"a":1}}', "[[]", "]",
    '{"lat": 1, "lon": 2}', '{"lat": "1", "lon": 2}', '{"lat": 1}', '{"lat": 1, "lon": 2, "more": [{"x": [null]}]}',
    '{"lat": 1, "lat": "x", "lon": 2}', "[[[[[[[[[[1]]]]]]]]]]", '{"a":{"b":{"c":{"d":[{"e":[]}]}}}}',
    "[\u00a01]", "\t\n\r[1]\n", "[\x0b1]", "[\x011]", "[\x02]", "\x01", '"\x1f"', '"\x7f"', '"\u0085"', "[v]", "[s]",
    r'"\u0041"', r'"\u0000"', r'"\ud83d\ude00"', r'"\ud83d"', r'"\ude00"', r'"\ud83d\u0041"',
    r'"\x"', r'"\u12"', r'"\\"',
    r'"\"', r'{"a\"b": "c\\"}', "'a'", "NaN", "Infinity", "[nul]", "nulll", "/* */1", '{"a" : 1 , "b" : [ 1 , 2 ] }',
    '[{"label": "x", "checked": true}]', '[{"label": {"RUS": "x"}, "checked": false}]',
    '[{"label": 1, "checked": true}]',
    '[{"label": "x", "checked": "true"}]', "[1]", '[{"label": "x"}]',
    '{"label": "x", "checked": true}', "[null]", "[[]]",
    '[{"rowId": "r", "columnId": "c"}]', '[{"rowId": "r", "columnId": 1}]', '[{"rowId": "r"}]',
    '{"step": "GREEN"}', '{"step": 1}', '[{"stepCode": "s", "color": "c"}]', '[{"stepCode": "s"}]',
    '[{"color": null}]',
    '{"RUS": "a", "ENG": null}', '{"RUS": 1}', '{"FRA": "a"}', '{"RUS": "a"', "{oops",
    " {\"KAZ\": \"\"}", "plain", "[1",
    '{"startDate": null, "endDate": null}', '{"startDate": null}',
    '{"startDate": 1, "endDate": null}', '["startDate", "endDate"]',
    *(f'{{"startDate": "{instant}", "endDate": null, "more": 1}}' for instant in INSTANTS),
)  # fmt: skip


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS, maxValueBytes=TERMS.max_value_bytes)


def checked(site: Site) -> list[dict[str, Any]]:
    return site.partner(check_sql(company(), TERMS))


def foreseen(site: Site) -> set[Finding]:
    keys = ("severity", "in_table", "row_id", "in_id", "code", "message", "message_rus")
    found = [row for row in checked(site) if row["severity"] != "note"]
    assert len({tuple(row.values()) for row in found}) == len(found)
    return {(*(row[key] for key in keys), (row["column_name"] or "").lower()) for row in found}


def errors_of_run(site: Site) -> set[Finding]:
    keys = ("severity", "in_table", "row_id", "in_id", "code", "message", "message_rus")
    return {(*(row[key] for key in keys), (row["column_name"] or "").lower()) for row in site.errors()}


def notes(site: Site) -> set[Finding]:
    rows = [row for row in checked(site) if row["severity"] == "note"]
    return {(row["in_table"], row["in_id"], (row["column_name"] or "").lower(), row["code"]) for row in rows}


def fill(site: Site, n: int, **changed: Any) -> None:
    """A good row of in_Everything but for what is changed."""
    everything = company().object("Everything")
    row = {f'"{column.lower()}"': value for column, value in Samples(company()).row(everything, n).items()}
    site.partner.fill("in_Everything", row | {f'"{column.lower()}"': value for column, value in changed.items()})


def fill_around(site: Site, *numbers: int) -> None:
    """What the good rows name: dictionary rows, files, and the links that are required."""
    samples = Samples(company())
    for number in numbers:
        site.partner.fill("in_Kind", samples.row(company().object("Kind"), number))
        site.partner.fill("in_fileStorage", samples.file(number))


def test_it_foresees_every_reject_that_it_can_know(site: Site) -> None:
    fill_around(site, *range(1, 12))
    fill(site, 1)
    fill(site, 2, in_id=None)
    fill(site, 3, in_id="", number="NaN", drop="a", radio="NEW")
    fill(site, 4, lenient="NaN", number=1)
    fill(site, 5, out_id="no id", span="{", bar="[1]")
    fill(site, 6, area="ж" * 2501, mail="m" * 2001)
    fill(site, 7, removed=True, number="NaN", list="{")
    fill(site, 8, drop="WbX5Wa8gcabbVbF1", words='{"FRA": "x"}', longwords="plain {", in_id="x'y")
    fill(site, 9, removed=True, in_id=None)
    fill(site, 10, text="t" * 5001, mail="n" * 5001, area="a" * 5000)
    site.partner.fill(
        "in_Person",
        {"in_id": "good", "surname": "", "status": None},
        {"in_id": "empty", "surname": None, "status": None},
        {"in_id": "bad status", "surname": None, "status": "active"},
        {"in_id": "gone", "surname": None, "status": None, "removed": True},
    )
    site.partner.fill("in_fileStorage", {"file_id": "large", "content": b"x" * 5001})
    expected = foreseen(site)
    assert [finding[3:5] for finding in expected if finding[1] == "in_fileStorage"] == [("large", "VALUE_TOO_LONG")]
    codes = {finding[4] for finding in expected}
    assert codes >= {"NO_ID", "OUT_ID_UNKNOWN", "NUMBER_NOT_FINITE", "OPTION_UNKNOWN", "JSON_INVALID", "JSON_SHAPE"}
    assert codes >= {"VALUE_TOO_LONG", "UNIQUE_TOO_LONG", "SYSTEM_FIELD_MISSING"}
    site.run()
    assert errors_of_run(site) == expected
    assert site.partner.statuses("in_Everything") == {"DONE": 3, "ERROR": 7}


@pytest.mark.parametrize(
    "setting",
    [
        "standard_conforming_strings = off",
        "array_nulls = off",
        "datestyle = 'German, DMY'",
        "transform_null_equals = on",
        "extra_float_digits = -15",
        "bytea_output = escape",
        "intervalstyle = iso_8601",
        "timezone = 'Asia/Almaty'",
        "quote_all_identifiers = on",
    ],
)
def test_the_settings_of_the_partners_session_change_no_answer(site: Site, setting: str) -> None:
    for number, text in enumerate(TEXTS, start=1):
        fill(site, number, span=text, list=text, bar=text, words=text, drop="none" if number % 2 else None)
    for owner, target in (("s", "u"), ("sub", "b0"), (" ", "u")):
        site.partner.fill("in_Everything_Parent", {"Everything_id": owner, "Parent_id": target})
    plain = checked(site)
    assert len({row["code"] for row in plain}) > 3
    site.partner(f"set {setting}")
    assert checked(site) == plain


def test_what_takes_long_or_no_type_holds_is_left_to_the_run(site: Site) -> None:
    """JSON that is deep, or has numbers beyond numeric, ends neither the query nor its patience."""
    deep = "[" * 100 + "]" * 100
    texts = [
        deep,
        "[" + ",".join([deep] * 20) + "]",
        "[" * 2000 + "]" * 2000,
        '{"lat": ' + "1" * 4900 + ', "lon": 2}',
        '{"lat": 0.' + "1" * 4000 + ', "lon": 1e9999}',
        '{"lat": 1e-9999, "lon": -0.0e0}',
        "[" + "1" * 4000 + "." + "1" * 900 + "e-9999]",
    ]
    site.set(maxValueBytes=1_000_000)
    terms = replace(TERMS, max_value_bytes=1_000_000)
    for number, text in enumerate([*texts, "1" * 200_000, '{"lat": 1e5, "lon": 0.' + "3" * 20_000 + "}"], start=1):
        fill(site, number, list=text, place=text)
    found = site.partner(check_sql(company(), terms))
    seen = {row["row_id"] for row in found if row["code"] == "JSON_INVALID"}
    site.run()
    assert seen <= {row["row_id"] for row in site.errors() if row["code"] == "JSON_INVALID"}


def test_it_foresees_too_many_duplicates(make_site: MakeSite) -> None:
    document = "code: Person\nfields: [{code: email, type: INPUT_EMAIL, needLoadFromInTables: true}]"
    site = make_site({"Person": document}, chunkRows=1000)
    people = parse_company("demo", {"companies/demo/business-objects/Person.yaml": document})
    site.partner.fill("in_Person", *({"in_id": f"t{n:02d}", "email": "same@example.com"} for n in range(53)))
    found = site.partner(check_sql(people, TERMS))
    assert {row["in_id"] for row in found if row["code"] == "DUPLICATE_VALUE"} == {f"t{n:02d}" for n in range(50)}
    expected = {(row["in_id"], row["code"], row["message"]) for row in found if row["severity"] == "error"}
    site.run()
    errors = [row for row in site.errors() if row["severity"] == "error"]
    assert {(row["in_id"], row["code"], row["message"]) for row in errors} == expected
    assert {in_id for in_id, *_ in expected} == {"t50", "t51", "t52"}


def test_it_judges_json_as_the_store_does(site: Site) -> None:
    columns = list(COLUMN.values())
    row = f"insert into in_everything (in_id, text, {', '.join(columns)}) values (%s, 't'{', %s' * len(columns)})"
    for number, text in enumerate(TEXTS):
        site.partner(row, [str(number), *[text] * len(columns)])
    found = {
        (row["column_name"].lower(), int(row["in_id"])): row["code"]
        for row in checked(site)
        if row["code"][:4] == "JSON"
    }
    site.run()
    truth = {(row["column_name"].lower(), int(row["in_id"])): row["code"] for row in site.errors()}
    assert set(truth.values()) == {"JSON_INVALID", "JSON_SHAPE"}
    everywhere = [(column.lower(), number) for column in columns for number in range(len(TEXTS))]
    different = [(c, TEXTS[n], truth.get((c, n)), found.get((c, n))) for c, n in everywhere]
    assert [one for one in different if one[2] != one[3]] == []
    assert len(truth) < len(everywhere)


def test_notes_tell_what_is_not_here(site: Site) -> None:
    fill_around(site, 1, 2)
    fill(site, 1)
    fill(site, 2, mail="example.1@example.com")
    fill(site, 3, text="", removed=None)
    site.partner.fill("in_Person", {"in_id": "p", "surname": "P"})
    site.partner.fill("in_Everything_Party_Person", {"Everything_id": "example-everything-1", "Party_id": "p"})
    site.partner.fill("in_Everything_Parent", {"Everything_id": "example-everything-2", "Parent_id": "stranger"})
    site.partner.fill("in_Person_Boss", {"Person_id": "missing", "Boss_id": "other"})
    one, two, three = (f"example-everything-{n}" for n in (1, 2, 3))
    assert notes(site) == {
        ("in_Everything", one, "mail", "DUPLICATE_VALUE"),
        ("in_Everything", two, "mail", "DUPLICATE_VALUE"),
        ("in_Everything", two, "party", "REQUIRED_EMPTY"),
        ("in_Everything", three, "party", "REQUIRED_EMPTY"),
        ("in_Everything", three, "text", "REQUIRED_EMPTY"),
        ("in_Everything", three, "ofkind", "OPTION_NOT_HERE"),
        ("in_Everything", three, "scan", "FILE_NOT_HERE"),
        ("in_Everything_Parent", two, "parent_id", "END_NOT_HERE"),
        ("in_Person_Boss", "missing", "person_id", "END_NOT_HERE"),
    }
    assert foreseen(site) == set()


@pytest.mark.parametrize(
    "blank", ["", " ", "\t\r\n", "\u00a0", "\u1680", "\u2007", "\u200b", "\u3000", "\ufeff", "\x1c"], ids=ascii
)
def test_it_takes_for_an_empty_end_what_a_run_does(site: Site, blank: str) -> None:
    for owner, boss in ((blank, "p"), ("p", blank)):
        site.partner.fill("in_Person_Boss", {"Person_id": owner, "Boss_id": boss})
    found = {one for one in foreseen(site) if one[4] == "LINK_END_EMPTY"}
    site.run()
    assert found == errors_of_run(site)
    assert len(found) == 2


def test_links_that_are_taken_away_are_no_cause_for_notes(site: Site) -> None:
    fill_around(site, 1)
    fill(site, 1)
    site.partner.fill("in_Person_Boss", {"Person_id": "missing", "Boss_id": "other", "removed": True})
    ends = {"Everything_id": "example-everything-1", "Party_id": "example-person-1"}
    site.partner.fill("in_Everything_Party_Person", ends | {"removed": True})
    assert notes(site) == {("in_Everything", "example-everything-1", "party", "REQUIRED_EMPTY")}


def test_rows_that_no_run_would_take_are_passed_over(site: Site) -> None:
    fill(site, 1, number="NaN", in_status="ERROR")
    fill(site, 2, drop="none", in_status="DONE")
    assert checked(site) == []


def test_psql_runs_it_in_a_read_only_session_as_the_partner(site: Site, tmp_path: Path) -> None:
    fill_around(site, 1)
    fill(site, 1, number="NaN")
    path = tmp_path / "check.sql"
    path.write_bytes(contract_files(company(), TERMS, grants="")["check.sql"])
    access = site.database.tcp(f"partner_{site.database.name}", PARTNER_PASSWORD)
    place = ["-h", access.host, "-p", str(access.port), "-U", access.username, "-d", access.database]
    environ = {
        "PGPASSWORD": PARTNER_PASSWORD,
        "PGOPTIONS": "-c default_transaction_read_only=on",
        "PATH": "/usr/bin:/bin",
    }
    command = ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", *place, "-f", str(path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    [line, _] = done.stdout.splitlines()
    assert line.startswith("error|in_Everything|1|example-everything-1|Number|NUMBER_NOT_FINITE|Number is NaN: ")


def test_no_code_of_a_note_is_one_of_err() -> None:
    assert not set(NOTES) & {fault.code for fault in CATALOGUE}
    assert STORE not in check_sql(company(), TERMS)
