"""Texts of records as values of PostgreSQL: what the reading refuses, and what it takes."""

import pytest

from etl.metadata.field import Field
from etl.sources.kafka.values import reader_of

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
