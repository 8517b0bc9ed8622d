"""Now: what is happening, in one sentence."""

from datetime import datetime

from etl.engine import read_status
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest


class Now(Model):
    """The state of the company's migration."""

    company: str
    reason: str
    run: Id | None
    state: str
    looked_at: datetime


def page(request: PageRequest) -> Now:
    """What is so now."""
    found = read_status(request.runtime, seconds=PAGE_SECONDS, only_run=True)
    run = found.run or {}
    return Now(
        company=found.company,
        reason=found.reason,
        run=run.get("run"),
        state=run.get("state", ""),
        looked_at=found.looked_at,
    )
