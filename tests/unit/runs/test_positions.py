"""The place of a link row is one number, in the order of places."""

from hypothesis import given
from hypothesis import strategies as st

from etl.runs import Chunk, ctid_number

PAGES, LINES = st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1)


@given(PAGES, LINES)
def test_a_place_is_written_as_postgresql_writes_it(page: int, line: int) -> None:
    bounds = Chunk(1, ctid_number(page, line)).bounds(are_ctids=True)
    assert bounds == {"first": f"({page},{line})", "after": None}


@given(st.tuples(PAGES, LINES), st.tuples(PAGES, LINES))
def test_numbers_have_the_order_of_places(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (ctid_number(*one) < ctid_number(*other)) is (one < other)


def test_ids_are_numbers_already() -> None:
    assert Chunk(1, 3, 5).bounds(are_ctids=False) == {"first": 3, "after": 5}
