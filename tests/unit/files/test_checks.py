"""A column checked at once gives what its cells give one by one."""

from datetime import datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.files import times
from etl.files.checks import check, fits
from etl.files.numbers import check_numbers, normal
from etl.files.target import CellType, InColumn
from etl.files.times import check_times

_MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
_ZONES = st.sampled_from(["Z", "+05:00", "-1230", "+14"])


def objection(text: str) -> str:
    """Why a text is not a number; empty: it is one."""
    try:
        normal(text)
    except ValueError as error:
        return str(error)
    return ""


def instants(texts: pa.Array) -> list[datetime]:
    """In UTC, without saying so: Python has no time before its first day, whatever the zone."""
    found = [datetime.fromisoformat(text) for text in texts.to_pylist()]
    return [one.replace(tzinfo=None) - (one.utcoffset() or timedelta()) for one in found]


@given(st.lists(_MOMENTS, min_size=1), st.sampled_from([0, 300, -300, 345]))
def test_local_times(moments: list[datetime], zone_minutes: int) -> None:
    texts = pa.array([moment.isoformat(" ") for moment in moments])
    at_once, faults = check_times(texts, zone_minutes, 0)
    one_by_one, _ = check_times(pa.array([f" {text}" for text in texts.to_pylist()]), zone_minutes, 0)
    assert not faults
    assert instants(at_once) == instants(one_by_one)


@given(st.lists(st.tuples(_MOMENTS, _ZONES), min_size=1))
def test_times_with_zones(pairs: list[tuple[datetime, str]]) -> None:
    texts = pa.array([f"{moment.isoformat()}{zone}" for moment, zone in pairs])
    at_once, faults = check_times(texts, -300, 0)
    assert not faults
    assert instants(at_once) == instants(texts)


def test_a_day_that_its_zone_moves_out_of_the_calendar_stays_as_it_is_written() -> None:
    texts, faults = check_times(pa.array(["0001-01-01T00:00:00+05:00"]), 0, 0)
    assert (texts.to_pylist(), faults) == (["0001-01-01 00:00:00+05:00"], {})
    texts, faults = check_times(pa.array(["0001-01-01", "9999-12-31"]), 300, 0)
    assert texts.to_pylist() == ["0001-01-01 00:00:00+05:00", "9999-12-31 00:00:00+05:00"]


@pytest.mark.parametrize(("short", "text"), [(4, "2024"), (7, "2024-03")])
def test_a_year_or_month_is_a_value_where_the_field_holds_no_more(short: int, text: str) -> None:
    written, faults = check_times(pa.array([text]), 0, short)
    assert written[0].as_py().startswith("2024-0")
    assert not faults
    assert check_times(pa.array([text]), 0, 0)[1] == {0: times._objection(text)}


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=6), min_size=1))
def test_numbers(numbers: list[Decimal]) -> None:
    texts = pa.array([str(number) for number in numbers])
    _, faults, _ = check_numbers(texts)
    assert set(faults) == {row for row, text in enumerate(texts.to_pylist()) if objection(text)}


@pytest.mark.parametrize(
    ("text", "word"),
    [("1,5", "comma"), ("NaN", "finite"), ("1e400", "large"), ("9" * 20 + ".99995", "large"), ("x", "not a number")],
)
def test_why_a_number_is_none(text: str, word: str) -> None:
    assert word in objection(text)


def test_the_largest_numbers_are_good() -> None:
    assert [objection(text) for text in ("9" * 20 + ".99994", "-" + "9" * 20, "1e19", "1e-400", " 5 ")] == [""] * 5


def test_an_empty_text_is_a_value_only_in_a_text() -> None:
    empty = pa.array(["", None, "x"])
    assert check(InColumn("Name", CellType.TEXT), empty, 100).texts.to_pylist() == ["", None, "x"]
    assert check(InColumn("Kind", CellType.TEXT, 32), empty, 100).texts.to_pylist() == [None, None, "x"]


def test_a_value_over_max_value_bytes_is_refused_at_the_door() -> None:
    checked = check(InColumn("Name", CellType.TEXT), pa.array(["x" * 101, "y"]), 100)
    assert checked.faults == {0: "has 101 bytes, maxValueBytes is 100"}


@pytest.mark.parametrize(
    ("kind", "values", "texts"),
    [
        (CellType.TEXT, pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
        (CellType.TEXT, pa.array([Decimal("1200"), None], pa.decimal128(5, -2)), ["1200", None]),
        (CellType.BYTES, pa.array([b"\x00\xff", None]), ["\\x00ff", None]),
        (CellType.BYTES, pa.array(["\\x00ff", None]), ["\\x00ff", None]),
        (CellType.BOOL, pa.array([1, 0, None]), ["1", "0", None]),
    ],
)
def test_typed_columns_as_texts(kind: CellType, values: pa.Array, texts: list[str | None]) -> None:
    column = InColumn("given", kind)
    assert fits(column, values.type)
    checked = check(column, values, 1_000_000)
    assert (checked.texts.to_pylist(), checked.faults) == (texts, {})


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        (CellType.BYTES, pa.int32()),
        (CellType.BOOL, pa.float64()),
        (CellType.TIME, pa.bool_()),
        (CellType.NUMBER, pa.date32()),
        (CellType.TEXT, pa.binary()),
    ],
)
def test_typed_columns_that_fit_nowhere(kind: CellType, other: pa.DataType) -> None:
    assert not fits(InColumn("given", kind), other)
