"""What becomes of each view when another version is shown."""

import pytest

from etl.outputs.versions.views.view_moves import (
    Refusal,
    ViewAction,
    ViewLoss,
    ViewMove,
    plan_moves,
    view_losses,
)

OLD = {"id": "bigint", "name": "text"}
WIDER = {"id": "bigint", "code": "text", "name": "text"}
READER = {"t": ["view public.report"]}


def test_a_view_that_is_not_there_is_created_in_the_tables_order() -> None:
    assert plan_moves({"t": WIDER}, {}, {}, force=False) == (
        [ViewMove("t", ViewAction.CREATE, ("id", "code", "name"))],
        [],
    )


def test_a_new_column_is_added_at_the_end_anyone_who_stands_on_the_view() -> None:
    moves = [ViewMove("t", ViewAction.REPLACE, ("id", "name", "code"))]
    assert plan_moves({"t": WIDER}, {"t": OLD}, READER, force=False) == (moves, [])


def test_a_column_that_goes_makes_the_view_again() -> None:
    moves = [ViewMove("t", ViewAction.REBUILD, ("id", "name"))]
    assert plan_moves({"t": OLD}, {"t": WIDER}, {}, force=False) == (moves, [])


def test_a_column_that_goes_is_refused_where_others_stand_on_it_and_empty_by_force() -> None:
    reason = "t.code is not a column of that version, and view public.report stands on its view"
    assert plan_moves({"t": OLD}, {"t": WIDER}, READER, force=False) == ([], [Refusal(reason)])
    moves = [ViewMove("t", ViewAction.REPLACE, ("id", "cast(null as text) as code", "name"))]
    assert plan_moves({"t": OLD}, {"t": WIDER}, READER, force=True) == (moves, [])


@pytest.mark.parametrize("force", [False, True])
def test_another_type_is_refused_for_good_where_others_stand_on_it(force: bool) -> None:
    moves, [refusal] = plan_moves({"t": OLD | {"name": "bool"}}, {"t": OLD}, READER, force=force)
    assert (moves, refusal.is_final) == ([], True)
    assert "t.name from text to bool" in refusal.reason


def test_a_table_that_goes_takes_its_view_along_unless_others_stand_on_it() -> None:
    assert plan_moves({}, {"t": OLD}, {}, force=False) == ([ViewMove("t", ViewAction.DROP)], [])
    assert plan_moves({}, {"t": OLD}, READER, force=False)[0] == []
    moves = [ViewMove("t", ViewAction.EMPTY, ("cast(null as bigint) as id", "cast(null as text) as name"))]
    assert plan_moves({}, {"t": OLD}, READER, force=True) == (moves, [])


def test_what_readers_lose() -> None:
    assert view_losses({"t": WIDER, "u": OLD}, {"t": OLD}, READER) == ()
    [column] = view_losses({"t": OLD}, {"t": WIDER}, READER)
    assert column == ViewLoss("t", is_gone=False, columns=("code",), types={}, dependents=("view public.report",))
    [gone] = view_losses({}, {"t": OLD}, {})
    assert gone == ViewLoss("t", is_gone=True, columns=(), types={}, dependents=())
    [turned] = view_losses({"t": OLD | {"name": "bool"}}, {"t": OLD}, READER)
    assert (turned.types, turned.is_final) == ({"name": ("text", "bool")}, True)
    # What it loses is what a switch refuses, and nothing else.
    for tables in ({"t": WIDER}, {"t": OLD}, {}, {"t": OLD | {"name": "bool"}}):
        lost = {one.view for one in view_losses(tables, {"t": OLD}, READER)}
        refused = {"t"} if plan_moves(tables, {"t": OLD}, READER, force=False)[1] else set()
        assert lost == refused
