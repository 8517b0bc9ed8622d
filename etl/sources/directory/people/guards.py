"""What stops a sync before it changes anything: a read that is empty, or that would take away too much."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from etl.sources.directory.people.difference import Plan
from etl.sources.directory.people.values import SyncRules

# Of fewer people a few emptied fields would be a large share: maxBlankedShare guards no smaller objects elsewhere too.
_LEAST: Final = 100


@dataclass(frozen=True)
class GuardStop:
    """Why a sync is stopped; one that `can_be_accepted` passes with --accept."""

    guard: str
    message: str
    can_be_accepted: bool = True

    def __str__(self) -> str:
        hint = "check the directory, then start it with --accept" if self.can_be_accepted else "nothing accepts this"
        return f"{self.guard}: {self.message}: {hint}"


def guard_stops(plan: Plan, rules: SyncRules) -> list[GuardStop]:
    """The guards that stop a complete sync."""
    if not plan.read:
        message = f"0 users where {plan.known:,} are known"
        return [GuardStop("empty read", f"{message}: see adBase, adUserFilter and what the account may read", False)]
    found = []
    if _exceeds(plan.switched_off, plan.known, rules.max_vanished_share):
        message = f"{plan.switched_off:,} of {plan.known:,} active people would be switched off"
        found.append(GuardStop("adMaxVanishedShare", f"{message}, more than {rules.max_vanished_share} %"))
    if plan.met_roles is False:
        found.append(GuardStop("roles", "no user has the role of any group: see adGroupFieldCode"))
    elif _exceeds(plan.leaving, plan.memberships, rules.max_leave_share):
        message = f"{plan.leaving:,} of {plan.memberships:,} memberships would end"
        found.append(GuardStop("adMaxLeaveShare", f"{message}, more than {rules.max_leave_share} %"))
    found += _blanked(plan, rules.max_blanked_share)
    return found


def _blanked(plan: Plan, share: int | None) -> Iterator[GuardStop]:
    """A mapped attribute that may not be read any more looks like one without values."""
    if share is None or plan.matched < _LEAST:
        return
    for code, people in sorted(plan.blanked.items()):
        if _exceeds(people, plan.matched, share):
            message = f"{code} of {people:,} of {plan.matched:,} people would be emptied, more than {share} %"
            yield GuardStop("maxBlankedShare", message)


def _exceeds(part: int, whole: int, percent: int) -> bool:
    return part * 100 > whole * percent
