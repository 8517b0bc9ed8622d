"""What all pages of a company have: its time zone, the moment of the look, lists with a cursor."""

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from etl.database import access_of
from etl.engine import zone_of
from etl.errors import EtlError
from etl.web.requests import ActionRequest, Model, PageRequest
from etl.web.roles import Role

PAGE_ROWS: Final = 100
"""Rows of a page of a list."""
COUNTED: Final = 1_000
"""Counts stop here, and say "1,000+": an exact one would read millions of rows for each viewer."""

Row = Mapping[str, Any]
Item = TypeVar("Item")


class LastGood(Model):
    """A fault of the configuration since which the last good values count. `text` names file, line and key; it may have
    values of the configuration, so operators alone see it, for others it is ""."""

    text: str
    since: datetime


class CompanyPage(Model):
    """`zone`: name of the zone in which people read times; `looked_at`: when this was so."""

    zone: str
    looked_at: datetime


def framed(request: PageRequest) -> dict[str, Any]:
    """The first fields of a page."""
    return {"zone": zone_name(request), "looked_at": datetime.now(UTC)}


def last_good(request: PageRequest) -> tuple[LastGood, ...]:
    """The faults of the configuration as it is now; to be asked after the runtime, for which it is read."""
    shows_text = request.viewer.role is Role.OPERATOR
    return tuple(
        LastGood(text=one.text if shows_text else "", since=one.since) for one in request.faults_of_configuration()
    )


def databases_of(request: PageRequest | ActionRequest) -> Hashable:
    """The company and its databases: what was read of one is nothing to another one of this name."""
    runtime = request.runtime
    return request.company, access_of(runtime.engine), access_of(runtime.store_engine)


def zone_name(request: PageRequest) -> str:
    """The company's zone; UTC if it is none that this machine knows."""
    try:
        return str(zone_of(request.runtime.settings.in_migration.time_zone, os.environ))
    except EtlError:
        return "UTC"


def cut_page(found: Sequence[Item], cursor: Callable[[Item], int]) -> tuple[tuple[Item, ...], int | None]:
    """The rows of a page, and from where the next one begins; None where there is none. One row too many was read."""
    shown = tuple(found[:PAGE_ROWS])
    return shown, cursor(shown[-1]) if len(found) > PAGE_ROWS else None
