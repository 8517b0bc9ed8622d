"""Freshness of all companies of the viewer, on one page."""

import time
from datetime import UTC, datetime
from typing import Final

from etl.errors import EtlError
from etl.web.lately import Lately
from etl.web.pages import freshness
from etl.web.pages.frame import databases_of, zone_name
from etl.web.pages.freshness import CompanyFreshness, Freshness
from etl.web.requests import Model, PageRequest
from etl.web.roles import FRESHNESS

# Read of all companies at once, in the background: a database that is silent holds up none of the others.
_FRESHNESS: Final = Lately[Freshness](least_rest=10.0)
_WAIT_SECONDS: Final = 1.5
_UNREACHABLE: Final = "unreachable"
_READING: Final = "reading"


class Overview(Model):
    """What needs attention comes first. `zone`: that of all companies, UTC where they have several. Of a company whose
    state is `unreachable` the database cannot be asked; `reading`: it is being asked."""

    zone: str
    looked_at: datetime
    is_reading: bool
    items: tuple[CompanyFreshness, ...]


_ORDER: Final = ("bad", "warning", "busy", "good")


def page(request: PageRequest) -> Overview:
    """The companies whose freshness the viewer may see."""
    asked = [one for code in request.companies if (one := request.of_company(code)) and one.viewer.role in FRESHNESS]
    for one in asked:
        _freshness_of(one, 0.0)
    until = time.monotonic() + _WAIT_SECONDS
    items = [_freshness_of(one, max(0.0, until - time.monotonic())) for one in asked]
    zones = {zone_name(one) for one, item in zip(asked, items, strict=True) if item.state != _UNREACHABLE}
    return Overview(
        zone=zones.pop() if len(zones) == 1 else "UTC",
        looked_at=datetime.now(UTC),
        is_reading=any(one.state == _READING for one in items),
        items=tuple(sorted(items, key=lambda one: (_ORDER.index(one.grade), one.company))),
    )


def _freshness_of(request: PageRequest, wait: float) -> CompanyFreshness:
    try:
        found = _FRESHNESS.latest(databases_of(request), lambda: freshness.page(request), wait=wait, raises=True)
    except EtlError:
        return _without(request.company, _UNREACHABLE, "bad")
    if found is None:
        return _without(request.company, _READING, "busy")
    return CompanyFreshness(**{name: getattr(found, name) for name in CompanyFreshness.model_fields})


def _without(company: str, state: str, grade: str) -> CompanyFreshness:
    return CompanyFreshness(
        company=company,
        state=state,
        grade=grade,
        values={},
        taken_at=None,
        last_hand_over=None,
        kept=None,
        due=None,
        waiting=None,
    )
