"""Charts: where columns stand, and how high."""

from hypothesis import given
from hypothesis import strategies as st

from etl.web.charts import HEIGHT, WIDTH, columns, round_up


def test_the_upper_edge_is_a_round_number() -> None:
    assert [round_up(one) for one in (0, 0.3, 1, 3, 23, 88_210, 1e6)] == [1, 1, 1, 5, 25, 100_000, 1e6]


def test_none_leaves_a_gap() -> None:
    chart = columns([("a", 10.0), ("b", None), ("c", 5.0)])
    assert [(one.label, one.height) for one in chart.columns] == [("a", 112.0), ("c", 56.0)]


@given(st.lists(st.none() | st.floats(0, 1e12), max_size=300))
def test_all_of_it_lies_within_the_drawing(values: list[float | None]) -> None:
    for one in columns([("", value) for value in values]).columns:
        assert 0 <= one.x <= one.x + one.width <= WIDTH + 0.1
        assert 0 <= one.y <= one.y + one.height <= HEIGHT + 0.1
