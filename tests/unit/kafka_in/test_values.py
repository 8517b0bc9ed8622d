"""Texts of records as values of PostgreSQL: what the reading refuses, and what it takes only just."""

import pytest

from etl.metadata.field import Field
from etl.sources.kafka.values import reader_of
from tests.unit.metadata.documents import field


def read(kind: str, text: str, **keys: object) -> str | None:
    """What COPY gets; a reason in brackets for what is no value."""
    try:
        return reader_of(field(code="F", type=kind, **keys))(text)
    except ValueError as why:
        return f"({why})"


TOO_LARGE = "(is too large: numbers have at most 20 digits before the point)"
NO_TIME = "(is no date or instant of the years 1 to 9999: write it as 2026-11-28 or 2026-11-28T10:00:00Z)"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", None),
        (" \n", None),
        ("-1.5", "-1.5"),
        ("1.00005", "1.0001"),
        ("-0.00005", "-0.0001"),
        ("1e-9", "0"),
        ("1e19", "10000000000000000000.0000"),
        ("1e20", TOO_LARGE),
        ("99999999999999999999.99995", TOO_LARGE),
        ("1" * 1_001, "(is longer than the 1000 characters of a number)"),
        ("1,5", "(is no number)"),
    ],
)
def test_numbers(text: str, stored: str | None) -> None:
    assert read("INPUT_NUMBER", text) == stored


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2024-05-01", "2024-05-01 00:00+05:00"),
        ("0001-01-01", NO_TIME),  # it is no day of that year in UTC
        ("0001-01-02", "0001-01-02 00:00+05:00"),
        ('"2024-05-01T10:00:00,5Z"', "2024-05-01T10:00:00.5Z"),
        ("2024-05-01T10:00", "2024-05-01T10:00+05:00"),
        ("9999-12-31T23:00:00-05:00", NO_TIME),
        ('""', None),
        ("2024-02-30", NO_TIME),
        ("01.05.2024", NO_TIME),
        ("2" * 101, NO_TIME),
    ],
)
def test_times_of_a_zone(text: str, stored: str | None) -> None:
    assert read("DATE", text, inMigrationTimezoneMinutes=300) == stored


def test_words_choices_and_texts() -> None:
    assert [read("CHECKBOX", text) for text in ("TRUE", " false ", "", "да")] == [
        *("t", "f", None),
        "(is neither true nor false)",
    ]
    choice = {"options": [{"code": "a"}]}
    assert [read("DROPDOWN_SINGLE", text, **choice) for text in ("a", "", "a" * 33)] == [
        *("a", None),
        "(is longer than 32 characters, so it is no code and no id)",
    ]
    assert read("INPUT_TEXT", "a\0") == "(has the character NUL, which no text of the store can hold)"


TIME = Field.model_validate({"code": "Seen", "type": "FULL_DATE"})


@pytest.mark.parametrize("zone", ["+16:00", "-16:00", "+23", "+2359", "+05:60", "+15:99"])
def test_a_zone_that_postgresql_does_not_know_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="a zone that is none"):
        reader_of(TIME)(f"2024-05-01T10:00:00{zone}")


@pytest.mark.parametrize("zone", ["Z", "+15:59", "-15:59", "+1559", "-00", "+05:00"])
def test_a_zone_within_its_bounds_is_taken(zone: str) -> None:
    assert reader_of(TIME)(f"2024-05-01T10:00:00{zone}") == f"2024-05-01T10:00:00{zone}"


def test_an_instant_that_the_server_rounds_into_the_year_10000_is_refused() -> None:
    assert reader_of(TIME)("9999-12-31T23:59:59.999999Z")
    with pytest.raises(ValueError, match="years 1 to 9999"):
        reader_of(TIME)("9999-12-31T23:59:59.9999995Z")
