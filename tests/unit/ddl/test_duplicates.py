"""What is said of values that keep a column from becoming unique."""

import pytest

from etl.ddl.duplicates import _NULL, _TOO_LONG, _TWICE, _text
from etl.ddl.tables import TableChange

CHANGE = TableChange("create unique index on s.t (mail)", "…", unique_on=("s", "t", "mail"))


@pytest.mark.parametrize(
    ("state", "found", "said"),
    [
        (_TWICE, [], "because of values that are gone meanwhile: try again"),
        (_NULL, [(None, 1_200, 1)], "mail is null in 1,200 rows; give each of them a value of its own, then try again"),
        (_TWICE, [("a", 2, 1)], "1 values of mail stand in more than one row; change or delete all rows but one"),
        (_TWICE, [("a", 2, 7)], "then try again. The first 1:\n  `a`: 2 rows"),
        (
            _TOO_LONG,
            [("a…", 1, 1)],
            "1 values of mail are longer than an index can keep (2,000 bytes are safe); shorten",
        ),
    ],
)
def test_what_is_not_possible(state: str, found: list[tuple[str | None, int, int]], said: str) -> None:
    text = _text(CHANGE, state, "mail", found)
    assert text.startswith("create unique index on s.t (mail) is not possible")
    assert said in text
