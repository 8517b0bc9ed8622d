"""The statements of a merge, whole, as metadata shape them."""

import pytest

from tests.cases.merge_case import MERGES, MergeCase


@pytest.mark.parametrize("merge", MERGES, ids=lambda one: "/".join(one.folder.parts[-3:]))
def test_the_rendered_statements_are_those_under_review(merge: MergeCase) -> None:
    """Where a change is meant: `python -m tests.cases.rewrite`, and read the difference."""
    under_review = {
        str(path.relative_to(merge.folder).with_suffix("")): path.read_text(encoding="utf-8")
        for path in merge.folder.rglob("*.sql")
    }
    assert merge.rendered() == under_review


def test_every_kind_of_table_is_under_review() -> None:
    statements = {path.name for one in MERGES for path in one.folder.rglob("*.sql")}
    assert {"stage_rows.sql", "stage_rows_by_all_ways.sql", "stage_links.sql", "remove_unlisted.sql"} <= statements
    assert {"keep_newest.sql", "store_files.sql", "wait_for_files.sql", "release_values.sql"} <= statements
