"""The search finds what fails by itself, blames nothing else, and comes to an end."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from etl.runs import PoisonRows, bisect

Span = tuple[int, int]


def halves(span: Span) -> Sequence[Span]:
    """As `etl.sources.in_tables.claim.cut`: one piece for one row, none for none."""
    first, after = span
    middle = (first + after + 1) // 2
    return [piece for piece in ((first, middle), (middle, after)) if piece[0] < piece[1]]


class Table:
    """Rows of which some are poison rows, and some only together; it counts how often it is asked."""

    def __init__(self, poison: set[int], together: set[int]) -> None:
        self.poison, self.together = poison, together
        self.asked = 0

    def fault(self, span: Span) -> str | None:
        rows = set(range(*span))
        found = sorted(rows & self.poison)
        if found:
            return f"row {found[0]}"
        return "together" if len(rows & self.together) > 1 else None

    def probe(self, span: Span) -> str | None:
        self.asked += 1
        return self.fault(span)

    def bisect(self, size: int, probes: int) -> list[PoisonRows[Span, str]]:
        fault = self.fault((0, size))
        return bisect(PoisonRows((0, size), fault), halves, self.probe, probes=probes) if fault else []


SIZES = st.integers(1, 300)
ROWS = st.sets(st.integers(0, 299), max_size=8)


@given(SIZES, ROWS, ROWS)
def test_each_poison_row_is_found_and_named_by_its_own_fault(size: int, poison: set[int], together: set[int]) -> None:
    found = Table(poison, together - poison).bisect(size, probes=10_000)
    named = {one.part: one.fault for one in found}
    assert {(row, row + 1): f"row {row}" for row in poison if row < size} == named


@given(SIZES, st.sets(st.integers(0, 299), max_size=300), st.integers(1, 40))
def test_few_probes_leave_ranges_that_hold_every_poison_row(size: int, poison: set[int], probes: int) -> None:
    table = Table(poison, set())
    found = table.bisect(size, probes)
    blamed = [row for one in found for row in range(*one.part)]
    assert table.asked <= probes + 1
    assert len(blamed) == len(set(blamed))
    assert set(blamed) >= {row for row in poison if row < size}
    sizes = [after - first for first, after in (one.part for one in found if one.part[1] - one.part[0] > 1)]
    assert not sizes or max(sizes) <= 2 * min(sizes) + 2


def test_a_combination_blames_no_one() -> None:
    assert Table(set(), {3, 250}).bisect(300, probes=1000) == []


def test_a_part_of_which_nothing_is_left_is_innocent() -> None:
    assert bisect(PoisonRows("gone", "fault"), lambda part: (), lambda part: None, probes=10) == []
