"""One action: whether it has ended, and how. A longer one is followed here; closing the page ends nothing."""

from datetime import datetime
from typing import Any

from etl.web.menu import MENU
from etl.web.problems import not_found
from etl.web.requests import Id, Model, PageRequest


class ActionState(Model):
    """`outcome`: done, refused or failed; empty while it is being done. `asked_on`: the page of the menu whose action
    it is; Now for others, empty for an action of no company."""

    id: Id
    action: str
    target: str
    asked_on: str
    viewer: str
    begun_at: datetime
    outcome: str
    detail: str
    sentence: dict[str, Any] | None
    ended_at: datetime | None


def page(request: PageRequest) -> ActionState:
    """The action of the path; the viewer's own, or for those who see the audit any."""
    found = request.audit.action(request.company, request.path_number("action")) if request.audit else None
    # One of no company is for its viewer alone.
    sees_all = bool(request.company) and request.viewer.role == "operator"
    if found is None or not (sees_all or found["viewer"] == request.viewer.name):
        raise not_found()
    return ActionState(
        id=found["id"],
        action=found["action"],
        target=found["target"],
        asked_on=_page_of(found["target"]) if request.company else "",
        viewer=found["viewer"],
        begun_at=found["at"],
        outcome=found["outcome"] or "",
        detail=found["detail"] or "",
        sentence=found["sentence"],
        ended_at=found["ended_at"],
    )


def _page_of(target: str) -> str:
    """/c/{company}/{page}/…"""
    page, *_ = [*target.split("/")[3:], ""]
    return page if page in dict(MENU) else "now"
