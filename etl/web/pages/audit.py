"""Audit: who did what, when, and what became of it; what was refused too."""

from datetime import UTC, datetime
from typing import Any

from etl.web.pages.frame import PAGE_ROWS, CompanyPage, cut_page, framed
from etl.web.problems import not_found
from etl.web.requests import Id, Model, PageRequest
from etl.web.roles import Role


class AuditItem(Model):
    """An action. `company`: that of its address, empty for what belongs to none. `outcome`: done, refused or failed;
    empty while it is being done, or where its process was killed. `detail` is in English, `sentence` its key and
    values, None where it is no text of the console."""

    id: Id
    at: datetime
    viewer: str
    role: str
    address: str
    company: str
    action: str
    target: str
    parameters: str
    outcome: str
    detail: str
    sentence: dict[str, Any] | None
    request_id: str


class AuditPage(CompanyPage):
    """`next`: the number below which the next page begins; `leads_to_all`: the viewer sees that of all companies."""

    items: tuple[AuditItem, ...]
    next: Id | None
    leads_to_all: bool

    @property
    def is_of_all(self) -> bool:
        """Whether each item says of which company it is."""
        return False


class AuditOfAll(Model):
    """The same of all companies, with what belongs to none. `company`: that which was chosen, empty for what belongs to
    none; None shows all."""

    zone: str
    looked_at: datetime
    items: tuple[AuditItem, ...]
    next: Id | None
    company: str | None

    @property
    def is_of_all(self) -> bool:
        """Whether each item says of which company it is."""
        return True


def page(request: PageRequest) -> AuditPage:
    """The newest actions in this company."""
    items, following = _found(request, request.company)
    return AuditPage(**framed(request), items=items, next=following, leads_to_all=request.is_operator_of_all)


def page_of_all(request: PageRequest) -> AuditOfAll:
    """The newest of all: sign-ins, refused calls of services, and what was asked of companies that do not exist. For
    operators of all companies; without those in which they have another role."""
    if not request.is_operator_of_all:
        raise not_found()
    chosen = request.query.get("company")
    if chosen in _hidden(request):
        raise not_found()
    items, following = _found(request, chosen)
    return AuditOfAll(zone="UTC", looked_at=datetime.now(UTC), items=items, next=following, company=chosen)


def _found(request: PageRequest, company: str | None) -> tuple[tuple[AuditItem, ...], int | None]:
    if request.audit is None:
        return (), None
    before, limit = request.number("before"), PAGE_ROWS + 1
    if company is None:
        rows = request.audit.entries_of_all(_hidden(request), before=before, limit=limit)
    else:
        rows = request.audit.entries(company, before=before, limit=limit)
    return cut_page([_item(row) for row in rows], lambda one: one.id)


def _hidden(request: PageRequest) -> list[str]:
    """The companies in which an operator of all others has a role of its own."""
    seen = [one for code in request.companies if (one := request.of_company(code))]
    return [one.company for one in seen if one.viewer.role is not Role.OPERATOR]


def _item(row: dict[str, Any]) -> AuditItem:
    return AuditItem.model_validate(row | {name: row[name] or "" for name in ("outcome", "detail")})
