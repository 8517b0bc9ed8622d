"""Settles the rows of a staged table: several of one instance become one, and unique values have one owner.

1. A row that is matched by its values (a weak one) may depend on rows before it: they remove the instance that has
   its values, or give them to another. Such a row waits for the next pass, when the store shows its instance, and so do
   the rows behind it that touch the same. So does a row whose new in_id an earlier row gives to another instance.
2. The rows of an instance are folded: of a source with order the last row that gives a field counts, and the last
   state.
3. A row whose unique value another instance keeps is refused, then of several instances that want one value all but
   that of the first row. In chains and rings of any length each gets the value that the next one gives up. A refused
   row takes no part: the others of its instance are folded again.
"""

from etl.merge.rows.statements import Merge


def settle_staged(exact: Merge, *, is_last: bool) -> bool:
    """Sets the action of each row of the stage; returns whether unique values change hands.

    The last pass refuses what would have to wait.
    """
    if not exact.ask("any_meeting"):
        _refuse_lacking(exact)
        return False
    exact.run("analyze_stage")
    _set_aside(exact, is_last=is_last)
    has_groups = exact.run("stage_groups") > 0
    if has_groups:
        exact.run("analyze_groups")
    exchanges = _fold(exact, has_groups=has_groups)
    exact.run("drop_duplicates")
    return exchanges


def _set_aside(exact: Merge, *, is_last: bool) -> None:
    """Leaves rows to the next pass whose instance the rows before them decide."""
    if exact.run("stage_unclear"):
        exact.run("stage_touched")
        while exact.run("spread_later"):
            pass
        exact.run("drop_touched")
        exact.run("refuse_unclear" if is_last else "defer_unclear")
    exact.run("drop_later")


def _fold(exact: Merge, *, has_groups: bool) -> bool:
    """Folds and refuses until nothing more is refused; each time at least one row is."""
    while True:
        _refuse_lacking(exact)
        if has_groups:
            exact.run("fold_groups")
        if not exact.variables["unique"]:
            return False
        claims = exact.run("stage_value_claims")
        if claims:
            exact.run("index_value_claims")
            exact.run("analyze_value_claims")
        refused = _refuse(exact, has_claims=claims > 0, has_groups=has_groups)
        if not refused and claims:
            return True
        exact.run("drop_value_claims")
        if not refused:
            return False


def _refuse(exact: Merge, *, has_claims: bool, has_groups: bool) -> int:
    refused = 0
    if has_claims and (exact.run("refuse_kept") or exact.run("refuse_competing_rows")):
        refused = exact.run("refuse_claimants")
    if not refused and has_groups and exact.variables["is_ordered"]:
        refused = exact.run("refuse_overwritten")
    return refused


def _refuse_lacking(exact: Merge) -> None:
    if exact.variables["system"]:
        exact.run("refuse_lacking")
