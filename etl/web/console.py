"""Answers requests: who asks, which company, which role, then the page or the action. Runs in worker threads."""

import json
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

from etl.engine import Runtime
from etl.quoting import fold
from etl.web.companies import Companies, reading
from etl.web.identity.identity import Identity
from etl.web.identity.principal import Principal
from etl.web.incoming import Incoming, Outgoing, redirect
from etl.web.language import chosen_language, language_of
from etl.web.problems import Answer, RequestProblem, answer_of, not_found
from etl.web.rendering import Renderer
from etl.web.requests import Model, PageRequest, Viewer
from etl.web.roles import INSIDE, Role
from etl.web.route import Route, allowed

_log = logging.getLogger("etl.web")

_JSON = "application/json"
_PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Console:
    """What pages and actions are answered with."""

    companies: Companies
    identity: Identity

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer()

    def page(self, route: Route, incoming: Incoming) -> Outgoing:
        """A page, as HTML or as JSON."""
        return self._answered(incoming, lambda: self._page(route, incoming))

    def problem(self, incoming: Incoming, answer: Answer, principal: Principal | None = None) -> Outgoing:
        """What is wrong: as a page, or for programs as JSON."""
        headers = tuple(answer.headers.items())
        viewer = principal.name if principal else ""
        if incoming.is_api:
            found = {
                "type": "about:blank",
                "status": answer.status,
                "code": answer.code,
                "detail": answer.detail,
                "request_id": incoming.request_id,
            }
            return Outgoing(answer.status, _json_bytes(found), _PROBLEM, headers, viewer)
        request = PageRequest(
            "",
            Viewer(viewer, Role.READER, language_of(incoming, principal)),
            request_id=incoming.request_id,
            prefix=incoming.prefix,
        )
        return Outgoing(answer.status, self._renderer.problem(answer, request).encode(), headers=headers, viewer=viewer)

    def _answered(self, incoming: Incoming, answer: Callable[[], Outgoing]) -> Outgoing:
        """The answer, or the problem that an error of ours becomes; faults of the program are logged."""
        try:
            return answer()
        except Exception as error:
            found = answer_of(error)
            if found is None:
                _log.exception("request %s: a fault of the program", incoming.request_id)
                found = Answer(500, "fault", "This is a fault of the program. The log has more under the request's id.")
            elif not isinstance(error, RequestProblem):
                _log.warning("request %s: %s", incoming.request_id, error)
            return self.problem(incoming, found)

    def _page(self, route: Route, incoming: Incoming) -> Outgoing:
        principal = self.identity.principal(incoming)
        if principal is None:
            return self._sign_in(incoming)
        if asked := chosen_language(incoming):
            return asked
        with ExitStack() as stack:
            request = self.request(route, incoming, principal, stack)
            model = route.page(request)
            if incoming.is_api:
                return Outgoing(200, model.model_dump_json().encode(), _JSON, viewer=principal.name)
            return Outgoing(200, self._html(route, model, request), viewer=principal.name)

    def request(self, route: Route, incoming: Incoming, principal: Principal, stack: ExitStack) -> PageRequest:
        """What the page function receives. Raises RequestProblem where the viewer may not see the page."""
        company = incoming.values.get("company", "")
        role = self._role(route, principal, company)
        viewer = Viewer(principal.name, role, language_of(incoming, principal), incoming.address)

        def open_runtime() -> Runtime:
            return self._reading(company, role, incoming.request_id, stack)

        return PageRequest(
            company,
            viewer,
            incoming.query,
            incoming.values,
            incoming.request_id,
            incoming.prefix,
            principal.companies(self.companies.codes),
            open_runtime,
        )

    def _role(self, route: Route, principal: Principal, company: str) -> Role:
        """The viewer's role. A company that is unknown, or not the viewer's, is not found: other names stay secret."""
        if route.of_company:
            role = principal.role_in(company) if company in self.companies.codes else None
        else:
            role = principal.strongest
        if role is None:
            raise not_found()
        if not allowed(route.roles, role):
            raise RequestProblem(403, "forbidden", f"This page is not for the role {role}.")
        return role

    def _reading(self, company: str, role: Role, request_id: str, stack: ExitStack) -> Runtime:
        runtime = stack.enter_context(self.companies.using(company))
        return reading(runtime, f"etl-web:{request_id}", role=database_role(company, role))

    def _html(self, route: Route, model: Model, request: PageRequest) -> bytes:
        return self._renderer.page(route.template, model, request).encode()

    def _sign_in(self, incoming: Incoming) -> Outgoing:
        if incoming.is_api:
            raise RequestProblem(401, "not_signed_in", "Sign in, or send a token.", {"WWW-Authenticate": "Bearer"})
        return redirect(f"{incoming.prefix}/sign-in")


def database_role(company: str, role: Role) -> str:
    """The role in the database under which pages of a partner and of a reader are read; empty: the engine's own."""
    if role in INSIDE:
        return ""
    return fold(f"{company}_{role}")


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
