"""Audit: who did what, when, and what became of it; what was refused too."""

from datetime import datetime
from typing import Any

from etl.web.pages.frame import PAGE_ROWS, CompanyPage, cut_page, framed
from etl.web.requests import Id, Model, PageRequest


class AuditItem(Model):
    """An action. `outcome`: done, refused or failed; empty while it is being done, or where its process was killed.
    `detail` is in English, `sentence` its key and values, None where it is no text of the console."""

    id: Id
    at: datetime
    viewer: str
    role: str
    address: str
    action: str
    target: str
    parameters: str
    outcome: str
    detail: str
    sentence: dict[str, Any] | None
    request_id: str


class AuditPage(CompanyPage):
    """`next`: the number below which the next page begins."""

    items: tuple[AuditItem, ...]
    next: Id | None


def page(request: PageRequest) -> AuditPage:
    """The newest actions in this company."""
    found = []
    if request.audit:
        found = request.audit.entries(request.company, before=request.number("before"), limit=PAGE_ROWS + 1)
    items, following = cut_page([_item(row) for row in found], lambda one: one.id)
    return AuditPage(**framed(request), items=items, next=following)


def _item(row: dict[str, Any]) -> AuditItem:
    return AuditItem.model_validate(row | {name: row[name] or "" for name in ("outcome", "detail")})
