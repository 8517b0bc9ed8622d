"""Values of every type at the edge of what PostgreSQL holds (failure catalogue 53 to 58): taken, or refused early.

A value that a column cannot hold fails in the partner's own insert; what a column does hold never stops a run.
"""

import psycopg
import pytest

from tests.fix_company import OUT, STORE, MakeSite, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_TYPES = {
    "Text": "INPUT_TEXT", "Area": "TEXTAREA", "Number": "INPUT_NUMBER", "Flag": "CHECKBOX",
    "Day": "DATE, inMigrationTimezoneMinutes: 959", "Moment": "FULL_DATE", "Hour": "TIME",
    "Annum": "YEAR, inMigrationTimezoneMinutes: -959", "Month": "YEAR_AND_MONTH, inMigrationTimezoneMinutes: 300",
    "Span": "PERIOD", "Timed": "PERIOD_TIME", "Choice": "DROPDOWN_SINGLE, options: [one]",
    "Radio": "RADIO_BUTTON_GROUP, options: [one]", "Checks": "CHECKLIST", "Answers": "QUESTIONNAIRE",
    "Progress": "PROGRESS_BAR", "Place": "GEO_POINT", "Url": "LINK", "Scan": "FILE_UPLOAD", "Mail": "INPUT_EMAIL",
    "Phone": "INPUT_PHONE", "Words": "INPUT_TEXT_LANG", "Story": "TEXTAREA_LANG",
}  # fmt: skip
_FIELDS = "\n".join(f"  - {{code: {code}, type: {kind}, {_FLAGS}}}" for code, kind in _TYPES.items())
_PERIOD = '{"startDate": "2024-01-31T09:00:00Z", "endDate": null}'
GOOD = {
    "text": "x", "area": "<p>x</p>\n", "number": "99999999999999999999.9999", "flag": "true",
    "day": "2024-01-31 10:00+00", "moment": "2024-01-31 10:00:00.123456+00", "hour": "1970-01-01 23:59+00",
    "annum": "2024-06-01", "month": "2024-06-15",
    "span": _PERIOD, "timed": _PERIOD, "choice": "one", "radio": "one", "checks": '[{"label": "a", "checked": true}]',
    "answers": '[{"rowId": "r", "columnId": "c"}]', "progress": '{"a": "GREEN"}', "place": '{"lat": 1, "lon": 2}',
    "url": "https://example.com/?a=1&b=%20", "scan": "f1", "mail": "a@example.com", "phone": "+7 701 000 00 00",
    "words": '{"RUS": "да", "ENG": "yes"}', "story": "plain {braces} inside",
}  # fmt: skip


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site({"Thing": f"code: Thing\nfields:\n{_FIELDS}\n"})
    site.partner("insert into in_fileStorage (file_id, content) values ('f1', 'scan')")
    return site


def deliver(site: Site, **values: str | None) -> None:
    """One row, its values written as the texts that they are."""
    site.partner("delete from in_Thing")
    columns = {"in_id": "a", **values}
    places = ", ".join(["%s"] * len(columns))
    with psycopg.ClientCursor(site.partner.session) as cursor:
        cursor.execute(f"insert into in_Thing ({', '.join(columns)}) values ({places})", list(columns.values()))


def merged(site: Site) -> list[tuple[str | None, str]]:
    site.partner.hand_over()
    assert site.run().run
    return [(error["column_name"], error["code"]) for error in site.errors()]


def test_every_type_arrives_and_stays(site: Site) -> None:
    deliver(site, **GOOD)
    assert merged(site) == []
    columns = ", ".join(f"{column}::text" for column in GOOD)
    [golden] = site.look(f"select {columns} from {STORE}.bo_Thing")
    day, annum, month = golden.pop("day"), golden.pop("annum"), golden.pop("month")
    assert (day, annum, month) == ("2024-02-01 00:00:00+00", "2024-01-01 00:00:00+00", "2024-06-01 00:00:00+00")
    assert {key: value for key, value in golden.items() if key not in {"moment", "hour", "scan"}} == {
        key: GOOD[key] for key in golden if key not in {"moment", "hour", "scan"}
    }
    assert site.look(f"select {columns} from {OUT}.Thing") == site.look(f"select {columns} from {STORE}.bo_Thing")
    before = site.fingerprint()
    deliver(site, **GOOD)
    assert merged(site) == []
    assert site.fingerprint() == before


@pytest.mark.parametrize(
    "moment", ["infinity", "-infinity", "294276-12-31 23:59:59.999999+00", "4714-11-24 00:00+00 BC"]
)
def test_the_ends_of_the_calendar_pass_through(site: Site, moment: str) -> None:
    """55: what a cut to the day, month or year could push off the calendar stays as it stands."""
    dates = dict.fromkeys(("day", "moment", "hour", "annum", "month"), moment)
    deliver(site, **dates)
    assert merged(site) == []
    texts = "select " + ", ".join(f"{column}::text" for column in dates)
    assert site.look(f"{texts} from {STORE}.bo_Thing") == site.look(f"{texts} from in_tables.in_Thing")
    before = site.fingerprint()
    deliver(site, **dates)
    assert merged(site) == []
    assert site.fingerprint() == before


def test_a_zone_moves_no_clock(site: Site) -> None:
    """55: a field's zone is a number of minutes, so no hour is skipped or repeated, also before Christ."""
    written = ["2024-03-31 01:30+00", "2024-10-27 00:59:59+00", "0044-03-15 12:00+00 BC", "0001-01-01 00:00+00"]
    cut = []
    for day in written:
        deliver(site, day=day)
        assert merged(site) == []
        cut.append(site.value(f"select day::text from {STORE}.bo_Thing"))
    days = ["2024-03-31", "2024-10-27", "0044-03-16", "0001-01-01"]
    assert cut == [f"{day} 00:00:00+00" + (" BC" if day.startswith("0044") else "") for day in days]


def test_zero_has_one_sign(site: Site) -> None:
    """53: no endless "changed"."""
    deliver(site, number="0")
    merged(site)
    before = site.fingerprint()
    deliver(site, number="-0.00001")
    assert merged(site) == []
    assert site.fingerprint() == before


def test_bad_values_of_every_kind_reject_with_their_code(site: Site) -> None:
    bad = {
        "number": ("NaN", "NUMBER_NOT_FINITE"), "choice": ("One", "OPTION_UNKNOWN"), "radio": ("", "OPTION_UNKNOWN"),
        "span": ('{"startDate": "2024-01-31", "endDate": null}', "JSON_SHAPE"), "timed": ("soon", "JSON_INVALID"),
        "checks": ('[{"label": "a"}]', "JSON_SHAPE"), "answers": ("[[]]", "JSON_SHAPE"),
        "progress": ("1", "JSON_SHAPE"),
        "place": ('{"lat": 1, "lon": 2, "x": "\\u0000"}', "JSON_INVALID"), "words": ('{"RUS": 1}', "JSON_SHAPE"),
        "story": (' {"RUS": "\\ud800"}', "JSON_INVALID"),
    }  # fmt: skip
    deliver(site, **{column: value for column, (value, _) in bad.items()})
    found = dict(merged(site))
    assert {str(column).lower(): code for column, code in found.items()} == {c: code for c, (_, code) in bad.items()}
    assert site.count(f"{STORE}.bo_Thing") == 0


def test_json_as_deep_as_no_server_reads_is_a_bad_value(site: Site) -> None:
    """57: reading it exhausts the server's stack, which must not be the end of the run."""
    deliver(site, place="[" * 200_000, words='{"RUS":' * 100_000)
    assert merged(site) == [("Place", "JSON_INVALID"), ("Words", "JSON_INVALID")]


def test_a_structured_value_beyond_the_limit(site: Site) -> None:
    """58: its length is looked at before its contents."""
    site.set(maxValueBytes=30)
    deliver(site, place='{"lat": 1, "lon": 2, "remark": "long"}', words='{"RUS": "' + "ж" * 11 + '"}', url="ж" * 16)
    assert sorted(code for _, code in merged(site)) == ["VALUE_TOO_LONG"] * 3


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("number", "100000000000000000000", psycopg.errors.NumericValueOutOfRange),
        ("number", "1e131071", psycopg.errors.NumericValueOutOfRange),
        ("number", "Infinity", psycopg.errors.NumericValueOutOfRange),
        ("number", "-Infinity", psycopg.errors.NumericValueOutOfRange),
        ("number", "", psycopg.errors.InvalidTextRepresentation),
        ("flag", "maybe", psycopg.errors.InvalidTextRepresentation),
        ("moment", "2024-02-30", psycopg.errors.DatetimeFieldOverflow),
        ("moment", "294277-01-01", psycopg.errors.DatetimeFieldOverflow),
        ("moment", "soon", psycopg.errors.InvalidDatetimeFormat),
        ("choice", "x" * 33, psycopg.errors.StringDataRightTruncation),
        ("scan", "x" * 33, psycopg.errors.StringDataRightTruncation),
        ("in_id", "x" * 101, psycopg.errors.StringDataRightTruncation),
        ("text", "E'a\\x00b'", psycopg.errors.CharacterNotInRepertoire),
        ("text", "E'\\xed\\xa0\\x80'", psycopg.errors.CharacterNotInRepertoire),
        ("text", "E'\\xc3('", psycopg.errors.CharacterNotInRepertoire),
        ("text", "E'\\ud800'", psycopg.errors.SyntaxError),
    ],
)
def test_what_a_column_cannot_hold_fails_at_the_partners(
    site: Site, column: str, value: str, fault: type[Exception]
) -> None:
    """54, 57: NUL, lone surrogates, broken UTF-8, numbers beyond the column never reach a run."""
    literal = value if value.startswith("E'") else f"'{value}'"
    with pytest.raises(fault):
        site.partner(f"insert into in_Thing ({column}) values ({literal})")
    assert site.count("in_tables.in_Thing") == 0


def test_a_zero_byte_in_a_file_is_only_a_byte(site: Site) -> None:
    content = bytes(range(256)) * 4
    site.partner("update in_fileStorage set content = %s", [content])
    deliver(site, scan="f1")
    assert merged(site) == []
    assert site.value(f"select content from {STORE}.file_storage") == content
