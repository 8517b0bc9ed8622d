"""Checks: what keeps runs from succeeding, and what to do."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from etl.monitoring.check import check_runtime
from etl.monitoring.finding import Finding
from etl.monitoring.partner_checks import check_as_partner
from etl.web.companies import patient
from etl.web.lately import Lately
from etl.web.pages.frame import CompanyPage, databases_of, framed
from etl.web.requests import ActionRequest, Done, Model, PageRequest
from etl.web.roles import Role
from etl.web.texts.sentence import sentence_of

Checked = tuple[datetime, float, tuple[Finding, ...]]
_CHECKS: Final = Lately[Checked](least_rest=60.0)
# Longer no page waits: one that finds nothing yet looks again by itself.
_WAIT_SECONDS: Final = 0.1
# Of each statement by which a partner's tables are searched.
_OWN_SECONDS: Final = 10.0


class CheckedItem(Model):
    """One finding; what is wrong comes first."""

    what: str
    level: str
    found: str
    do: str


class Checks(CompanyPage):
    """`checked_at` is None while the first checks are being made."""

    items: tuple[CheckedItem, ...]
    checked_at: datetime | None
    seconds: float | None
    errors: int
    warnings: int


_ORDER = {"error": 0, "warning": 1, "ok": 2}


def page(request: PageRequest) -> Checks:
    """The findings of the last checks, made in the background, at most once a minute; a partner's by its own role."""
    if request.viewer.role is Role.PARTNER:
        own = patient(request.runtime, _OWN_SECONDS)
        key = (databases_of(request), Role.PARTNER)
        found = _CHECKS.latest(
            key, lambda: _checked(partial(check_as_partner, own, seconds=_OWN_SECONDS)), wait=_WAIT_SECONDS
        )
    else:
        runtime = request.engine_runtime
        found = _CHECKS.latest(
            databases_of(request), lambda: _checked(partial(check_runtime, runtime)), wait=_WAIT_SECONDS
        )
    findings = sorted(found[2], key=lambda one: _ORDER[one.level]) if found else []
    return Checks(
        **framed(request),
        items=tuple(CheckedItem(what=one.what, level=str(one.level), found=one.found, do=one.do) for one in findings),
        checked_at=found[0] if found else None,
        seconds=found[1] if found else None,
        errors=sum(one.level == "error" for one in findings),
        warnings=sum(one.level == "warning" for one in findings),
    )


def again(request: ActionRequest) -> Done:
    """Forgets the last findings, so that the page checks again."""
    _CHECKS.forget(databases_of(request))
    return Done("/checks", sentence_of("sentence.checks_again"))


def _checked(check: Callable[[], Iterable[Finding]]) -> Checked:
    begun = time.monotonic()
    found = tuple(check())
    return datetime.now(UTC), time.monotonic() - begun, found
