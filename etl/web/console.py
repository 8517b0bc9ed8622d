"""Answers requests: who asks, which company, which role, then the page. Runs in worker threads."""

import json
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final
from urllib.parse import quote

from etl.engine import Runtime
from etl.errors import EtlError
from etl.quoting import fold
from etl.web.acting import Actors
from etl.web.api.openapi import openapi, text_of
from etl.web.companies import Companies, reading
from etl.web.faults import ConfigurationFault
from etl.web.filling.uploads import Uploads
from etl.web.identity.audit import Audit
from etl.web.identity.identity import ConfiguredIdentity
from etl.web.identity.principal import EVERY_COMPANY, Principal
from etl.web.incoming import Incoming, Outgoing
from etl.web.language import LANGUAGES, chosen_language, has_cookie, language_cookie, language_of
from etl.web.origin_check import is_link_of_ours
from etl.web.problems import Answer, RequestProblem, answer_of, fault, not_found
from etl.web.rendering import Renderer
from etl.web.requests import Model, PageRequest, Viewer
from etl.web.roles import Role
from etl.web.route import Action, Download, Route, allowed
from etl.web.texts import language
from etl.web.texts.sentence import restored, sentence_of

_log = logging.getLogger("etl.web")

JSON_TYPE: Final = "application/json"
_PROBLEM = "application/problem+json"
_AGAIN: tuple[tuple[str, str], ...] = (("Retry-After", "5"),)


@dataclass(frozen=True)
class Console:
    """What pages and actions are answered with."""

    companies: Companies
    identity: ConfiguredIdentity
    audit: Audit
    actors: Actors
    partner_role: Callable[[], str]
    uploads: Uploads
    # Under which the pages of all others are read; empty: the engine's own.
    console_role: Callable[[], str] = lambda: ""
    # Of the console's own settings.
    fault_of_settings: Callable[[], ConfigurationFault | None] = lambda: None

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer()

    def page(self, route: Route, incoming: Incoming) -> Outgoing:
        """A page, as HTML or as JSON."""
        return self.answered(incoming, lambda: self._page(route, incoming))

    def problem(self, incoming: Incoming, answer: Answer, viewer: str = "") -> Outgoing:
        """What is wrong: as a page, or for programs as JSON."""
        headers = tuple(answer.headers.items())
        if incoming.is_api:
            found = {
                "type": "about:blank",
                "status": answer.status,
                "code": answer.code,
                "detail": answer.detail,
                "request_id": incoming.request_id,
            }
            return Outgoing(answer.status, json_bytes(found), _PROBLEM, headers, viewer)
        request = self._anonymous_request(incoming, viewer)
        return Outgoing(answer.status, self._renderer.problem(answer, request).encode(), headers=headers, viewer=viewer)

    def public(self, template: str, model: Model, incoming: Incoming) -> Outgoing:
        """A page for everyone: the form to sign in."""
        request = self._anonymous_request(incoming)
        return Outgoing(200, self._renderer.page(template, model, request).encode())

    def openapi(self, incoming: Incoming) -> Outgoing:
        """The description of the API, for those who may use it."""

        def answer() -> Outgoing:
            principal = self.principal(incoming)
            return Outgoing(200, text_of(openapi()).encode(), JSON_TYPE, viewer=principal.name)

        return self.answered(incoming, answer)

    def why_not_ready(self) -> str:
        """Why requests cannot be answered now; empty if they can."""
        try:
            self.audit.check()
        except EtlError as error:
            return str(error)
        faults = self.companies.unusable()
        # One company's fault leaves the others usable, and so does a faulty edit while there are good values.
        return "; ".join(faults) if len(faults) == len(self.companies.codes) else ""

    def answered(self, incoming: Incoming, answer: Callable[[], Outgoing]) -> Outgoing:
        """The answer, or the problem that an error of ours becomes; faults of the program are logged."""
        try:
            return answer()
        except Exception as error:
            found = answer_of(error)
            if found is None:
                _log.exception("request %s: a fault of the program", incoming.request_id)
                found = fault()
            elif not isinstance(error, RequestProblem):
                _log.warning("request %s: %s", incoming.request_id, error)
            return self.problem(incoming, found)

    def principal(self, incoming: Incoming) -> Principal:
        """Who asks. Raises RequestProblem without a sign-in: people are led to the form, and from there back."""
        if principal := self.identity.principal(incoming):
            return principal
        if incoming.is_api:
            raise RequestProblem(401, "not_signed_in", "Sign in, or send a token.", {"WWW-Authenticate": "Bearer"})
        asked = incoming.address_below if incoming.method in ("GET", "HEAD") else "/"
        location = f"{incoming.prefix}/sign-in?next={quote(asked, safe='/')}"
        raise RequestProblem(303, "not_signed_in", "Sign in first.", {"Location": location})

    def _anonymous_request(self, incoming: Incoming, name: str = "") -> PageRequest:
        """What templates of pages without a company get."""
        viewer = Viewer(name, Role.READER, language_of(incoming))
        return PageRequest("", viewer, incoming.query, request_id=incoming.request_id, prefix=incoming.prefix)

    def _page(self, route: Route, incoming: Incoming) -> Outgoing:
        principal = self.principal(incoming)
        if asked := chosen_language(incoming):
            if is_link_of_ours(incoming):
                self.identity.keep_language(principal, incoming.query["language"])
            return asked
        company = incoming.values.get("company", "")
        role = self.role(route, principal, company)
        principal, remembered = self._with_language(incoming, principal)
        with ExitStack() as stack:
            request = self._page_request(incoming, principal, company, role, stack)
            model = route.page(request)
            status, headers = (503, _AGAIN) if model.is_unavailable else (200, ())
            if incoming.is_api:
                return Outgoing(status, model.model_dump_json().encode(), JSON_TYPE, headers, principal.name)
            html = self._html(route, model, request)
            return Outgoing(status, html, headers=(*headers, *remembered), viewer=principal.name)

    def _with_language(self, incoming: Incoming, principal: Principal) -> tuple[Principal, list[tuple[str, str]]]:
        """The viewer with the language chosen in another browser, and the header by which this one remembers it."""
        if incoming.is_api or has_cookie(incoming):
            return principal, []
        found = self.identity.with_language(principal)
        return found, [language_cookie(incoming, found.language)] if found.language in LANGUAGES else []

    def download(self, download: Download, incoming: Incoming) -> Outgoing:
        """A file, which a browser saves and never shows."""
        return self.answered(incoming, lambda: self._download(download, incoming))

    def _download(self, download: Download, incoming: Incoming) -> Outgoing:
        principal = self.principal(incoming)
        company = incoming.values.get("company", "")
        role = self.role(download, principal, company)
        with ExitStack() as stack:
            found = download.read(self._page_request(incoming, principal, company, role, stack))
        headers = (("Content-Disposition", disposition(found.name)),)
        return Outgoing(200, found.content, found.media_type, headers, principal.name, found.path)

    def _page_request(
        self, incoming: Incoming, principal: Principal, company: str, role: Role, stack: ExitStack
    ) -> PageRequest:
        def opened(database_role: str) -> Runtime:
            runtime = stack.enter_context(self.companies.using(company))
            return reading(runtime, f"etl-web:{incoming.request_id}", role=database_role)

        return PageRequest(
            company,
            self.viewer(incoming, principal, role),
            incoming.query,
            incoming.values,
            incoming.request_id,
            incoming.prefix,
            principal.companies(self.companies.codes),
            partial(opened, self.database_role(company, role)),
            self._notice(incoming, company, principal),
            self.audit,
            self.identity.mode == "password",
            lambda: self.uploads,
            partial(opened, self.acting_role(company, role)),
            partial(self._of_company, incoming, principal, stack),
            partial(self.faults, company),
            self.identity.sign_ins(principal),
            principal.roles.get(EVERY_COMPANY) is Role.OPERATOR,
            partial(self.companies.documents, company),
        )

    def _of_company(
        self, incoming: Incoming, principal: Principal, stack: ExitStack, company: str
    ) -> PageRequest | None:
        role = principal.role_in(company) if company in self.companies.codes else None
        return self._page_request(incoming, principal, company, role, stack) if role else None

    def faults(self, company: str) -> list[ConfigurationFault]:
        """What is wrong with the configuration of now, of the company and of the console itself."""
        of_settings = self.fault_of_settings()
        found = [*self.companies.faults(company), *([of_settings] if of_settings else [])]
        return list({one.text: one for one in found}.values())

    def database_role(self, company: str, role: Role) -> str:
        """Under which role the database is asked for a page; empty: the engine's own."""
        return self.acting_role(company, role) or fold(self.console_role())

    def acting_role(self, company: str, role: Role) -> str:
        """The same for an action. A partner sees and does what the grants allow."""
        return database_role(self.partner_role(), company, role)

    def viewer(self, incoming: Incoming, principal: Principal, role: Role) -> Viewer:
        return Viewer(principal.name, role, language_of(incoming, principal), incoming.address)

    def _notice(self, incoming: Incoming, company: str, principal: Principal) -> str:
        """What the viewer has just done: the address says which action, the audit what became of it."""
        number = incoming.query.get("done", "")
        if not (number.isascii() and number.isdecimal() and len(number) <= 18) or incoming.is_api:
            return ""
        try:
            action = self.audit.action(company, int(number))
        except EtlError:
            return ""
        if not action or action["viewer"] != principal.name:
            return ""
        sentence = restored(action["detail"] or "", action["sentence"])
        return language(language_of(incoming, principal)).sentence(sentence)

    def role(self, route: Route | Action | Download, principal: Principal, company: str) -> Role:
        """The viewer's role. A company that is unknown, or not the viewer's, is not found: other names stay secret."""
        if route.of_company:
            role = principal.role_in(company) if company in self.companies.codes else None
        else:
            role = principal.strongest
        if role is None:
            raise not_found()
        if not allowed(route.roles, role):
            raise RequestProblem(403, "forbidden", sentence_of("sentence.not_for_role", role=str(role)))
        return role

    def _html(self, route: Route, model: Model, request: PageRequest) -> bytes:
        return self._renderer.page(route.template, model, request).encode()


def database_role(partner_role: str, company: str, role: Role) -> str:
    """Under which role the database is asked for a viewer; empty: the engine's own. `partner_role`: the setting."""
    return fold(partner_role.replace("{company}", company)) if role is Role.PARTNER else ""


def disposition(name: str) -> str:
    """The header that names a file to be saved, as RFC 6266 has it; no name reaches another header or folder."""
    plain = "".join(letter if (letter.isalnum() and letter.isascii()) or letter in "._-" else "_" for letter in name)
    return f"attachment; filename=\"{plain.lstrip('.')}\"; filename*=UTF-8''{quote(name, safe='')}"


def json_bytes(value: object) -> bytes:
    """JSON as it is sent."""
    return json.dumps(value, ensure_ascii=False).encode()
