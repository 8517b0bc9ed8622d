"""Answers requests: who asks, which company, which role, then the page or the action. Runs in worker threads."""

import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import quote

from etl.engine import Runtime
from etl.errors import EtlError
from etl.quoting import fold
from etl.web.acting import Actors, Ended
from etl.web.api.openapi import openapi, text_of
from etl.web.companies import Companies, reading, writing
from etl.web.faults import ConfigurationFault
from etl.web.filling.uploads import Uploads
from etl.web.identity.audit import Audit, Entry, Repeated, shown
from etl.web.identity.identity import ConfiguredIdentity
from etl.web.identity.principal import Principal
from etl.web.incoming import Incoming, Outgoing, redirect
from etl.web.language import LANGUAGES, chosen_language, language_of
from etl.web.origin_check import is_link_of_ours, refuse_foreign
from etl.web.problems import Answer, RequestProblem, answer_of, bad_request, fault, not_found
from etl.web.rendering import Renderer
from etl.web.requests import ActionRequest, Model, PageRequest, Viewer
from etl.web.roles import Role
from etl.web.route import Action, Download, Route, Watched, allowed
from etl.web.texts import language
from etl.web.texts.sentence import restored, sentence_of

_log = logging.getLogger("etl.web")

_JSON = "application/json"
_PROBLEM = "application/problem+json"
_LONGEST_KEY = 200
_AGAIN: tuple[tuple[str, str], ...] = (("Retry-After", "5"),)


@dataclass(frozen=True)
class Started:
    """An action that is being done; `future` is None where another request has begun it."""

    company: str
    audit_id: int
    viewer: str
    future: "Future[Ended] | None"


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

    def watcher(self, route: Route, incoming: Incoming) -> tuple[str, Role, str] | Outgoing:
        """Company, role and language of one who follows a page; a problem for who may not."""
        found: list[tuple[str, Role, str]] = []

        def answer() -> Outgoing:
            principal = self.principal(incoming)
            company = incoming.values.get("company", "")
            found.append((company, self._role(route, principal, company), language_of(incoming, principal)))
            return Outgoing(200, b"")

        outgoing = self.answered(incoming, answer)
        return found[0] if found else outgoing

    def still_following(self, viewers: Sequence[tuple[Watched, Incoming]]) -> list[bool]:
        """Whether each of those who follow pages still may, in the same role; none may while that cannot be asked."""
        try:
            principals = self.identity.followed([incoming for _, incoming in viewers])
        except Exception as error:
            if isinstance(error, EtlError):
                _log.warning("pages that are followed end, since sign-ins cannot be asked for: %s", error)
            else:
                _log.exception("a fault of the program, in the sign-ins of followed pages")
            return [False] * len(viewers)
        return [
            principal is not None and self._still_has(watched, principal)
            for (watched, _), principal in zip(viewers, principals, strict=True)
        ]

    def _still_has(self, watched: Watched, principal: Principal) -> bool:
        try:
            return self._role(watched.route, principal, watched.company) is watched.role
        except RequestProblem:
            return False

    def snapshot(self, watched: Watched) -> Model | Answer:
        """What all who follow a page in one role see now."""
        viewer = Viewer("", watched.role, LANGUAGES[0])
        with ExitStack() as stack:

            def open_runtime() -> Runtime:
                runtime = stack.enter_context(self.companies.using(watched.company))
                return reading(runtime, "etl-web:stream", role=self._database_role(watched.company, watched.role))

            try:
                request = PageRequest(
                    watched.company,
                    viewer,
                    open_runtime=open_runtime,
                    faults_of_configuration=partial(self._faults, watched.company),
                )
                return watched.route.page(request)
            except Exception as error:
                found = answer_of(error)
                if found is None:
                    _log.exception("a fault of the program, in a stream of %s", watched.route.path)
                return found or fault()

    def begin(self, action: Action, incoming: Incoming) -> Outgoing | Started:
        """Begins an action, or answers at once: what is refused, and what was done under the same key before."""
        begun: list[Started] = []

        def answer() -> Outgoing:
            found = self._begin(action, incoming)
            if isinstance(found, Outgoing):
                return found
            begun.append(found)
            return self.pending(incoming, found)

        outgoing = self.answered(incoming, answer)
        return begun[0] if begun and begun[0].future else outgoing

    def ended(self, incoming: Incoming, started: Started, ended: Ended) -> Outgoing:
        """The answer after an action: the page that shows what it has done, or the problem."""
        if ended.problem:
            return self.problem(incoming, ended.problem, started.viewer)
        assert ended.done is not None  # noqa: S101  (one of both is there)
        location = f"{incoming.prefix}{_below(started.company)}{ended.done.location}"
        if incoming.is_api:
            found = {
                "sentence": ended.done.sentence,
                "location": location,
                "values": dict(ended.done.values),
                "audit_id": str(ended.audit_id),
                "is_repeated": ended.is_repeated,
            }
            return Outgoing(200, _json_bytes(found), _JSON, viewer=started.viewer)
        before, _, fragment = location.partition("#")
        mark = "&" if "?" in before else "?"
        return redirect(f"{before}{mark}done={ended.audit_id}{'#' if fragment else ''}{fragment}")

    def pending(self, incoming: Incoming, started: Started) -> Outgoing:
        """The answer while an action is being done: a page that follows it."""
        below = incoming.prefix + ("/api/v1" if incoming.is_api else "")
        location = f"{below}{_below(started.company)}/actions/{started.audit_id}"
        if incoming.is_api:
            found = {"location": location, "audit_id": str(started.audit_id)}
            return Outgoing(202, _json_bytes(found), _JSON, (("Location", location),), started.viewer)
        return redirect(location)

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
            return Outgoing(answer.status, _json_bytes(found), _PROBLEM, headers, viewer)
        request = self._stranger(incoming, viewer)
        return Outgoing(answer.status, self._renderer.problem(answer, request).encode(), headers=headers, viewer=viewer)

    def public(self, template: str, model: Model, incoming: Incoming) -> Outgoing:
        """A page for everyone: the form to sign in."""
        request = self._stranger(incoming)
        return Outgoing(200, self._renderer.page(template, model, request).encode())

    def openapi(self, incoming: Incoming) -> Outgoing:
        """The description of the API, for those who may use it."""

        def answer() -> Outgoing:
            principal = self.principal(incoming)
            return Outgoing(200, text_of(openapi()).encode(), _JSON, viewer=principal.name)

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

    def _stranger(self, incoming: Incoming, name: str = "") -> PageRequest:
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
        role = self._role(route, principal, company)
        with ExitStack() as stack:
            request = self._page_request(incoming, principal, company, role, stack)
            model = route.page(request)
            status, headers = (503, _AGAIN) if model.is_unavailable else (200, ())
            if incoming.is_api:
                return Outgoing(status, model.model_dump_json().encode(), _JSON, headers, principal.name)
            html = self._html(route, model, request)
            return Outgoing(status, html, headers=headers, viewer=principal.name)

    def download(self, download: Download, incoming: Incoming) -> Outgoing:
        """A file, which a browser saves and never shows."""
        return self.answered(incoming, lambda: self._download(download, incoming))

    def _download(self, download: Download, incoming: Incoming) -> Outgoing:
        principal = self.principal(incoming)
        company = incoming.values.get("company", "")
        role = self._role(download, principal, company)
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
            self._viewer(incoming, principal, role),
            incoming.query,
            incoming.values,
            incoming.request_id,
            incoming.prefix,
            principal.companies(self.companies.codes),
            partial(opened, self._database_role(company, role)),
            self._notice(incoming, company, principal),
            self.audit,
            self.identity.mode == "password",
            lambda: self.uploads,
            partial(opened, self._acting_role(company, role)),
            partial(self._of_company, incoming, principal, stack),
            partial(self._faults, company),
            self.identity.sign_ins(principal),
        )

    def _of_company(
        self, incoming: Incoming, principal: Principal, stack: ExitStack, company: str
    ) -> PageRequest | None:
        role = principal.role_in(company) if company in self.companies.codes else None
        return self._page_request(incoming, principal, company, role, stack) if role else None

    def _faults(self, company: str) -> list[ConfigurationFault]:
        """What is wrong with the configuration of now, of the company and of the console itself."""
        of_settings = self.fault_of_settings()
        found = [*self.companies.faults(company), *([of_settings] if of_settings else [])]
        return list({one.text: one for one in found}.values())

    def _database_role(self, company: str, role: Role) -> str:
        """Under which role the database is asked for a page; empty: the engine's own."""
        return self._acting_role(company, role) or fold(self.console_role())

    def _acting_role(self, company: str, role: Role) -> str:
        """The same for an action. A partner sees and does what the grants allow."""
        return database_role(self.partner_role(), company, role)

    def _viewer(self, incoming: Incoming, principal: Principal, role: Role) -> Viewer:
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

    def _role(self, route: Route | Action | Download, principal: Principal, company: str) -> Role:
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

    def admit_file(self, action: Action, incoming: Incoming, stated: int) -> Outgoing | None:
        """Before a body with a file is read: a refusal of a viewer who may not send it, or of its size."""

        def answer() -> Outgoing:
            principal, company, _ = self._admitted(action, incoming)
            self.uploads.spool.refuse_full(company, principal.name, stated)
            return Outgoing(200, b"")

        found = self.answered(incoming, answer)
        return None if found.status == 200 else found

    def _admitted(self, action: Action, incoming: Incoming) -> tuple[Principal, str, Role]:
        """Who asks for an action, in which company and role; a refusal is noted."""
        principal = self.principal(incoming)
        company = incoming.values.get("company", "")
        try:
            refuse_foreign(incoming)
            return principal, company, self._role(action, principal, company)
        except RequestProblem as refusal:
            self.actors.refuse(self._entry(action, incoming, principal, company), refusal.answer.detail)
            raise

    def _begin(self, action: Action, incoming: Incoming) -> Outgoing | Started:
        principal, company, role = self._admitted(action, incoming)
        entry = self._entry(action, incoming, principal, company)
        found = self.actors.begin(entry, _key_of(incoming))
        if isinstance(found, Ended):
            return self.ended(incoming, Started(company, found.audit_id, principal.name, None), found)
        if isinstance(found, Repeated):
            return Started(company, found.audit_id, principal.name, None)
        stack = ExitStack()
        request = self._action_request(incoming, principal, company, role, stack)
        future = self.actors.start(action, request, found, stack)
        return Started(company, found.audit_id, principal.name, future)

    def _action_request(
        self, incoming: Incoming, principal: Principal, company: str, role: Role, stack: ExitStack
    ) -> ActionRequest:
        def open_runtime() -> Runtime:
            runtime = stack.enter_context(self.companies.using(company))
            return writing(runtime, f"etl-web:{incoming.request_id}", role=self._acting_role(company, role))

        return ActionRequest(
            company,
            self._viewer(incoming, principal, role),
            _without_key(incoming),
            incoming.values,
            incoming.request_id,
            open_runtime,
            partial(self.companies.own, company),
            lambda: self.uploads,
            self.identity.sign_ins(principal),
        )

    def _entry(self, action: Action, incoming: Incoming, principal: Principal, company: str) -> Entry:
        """As the audit notes it; a company that the viewer may not see is noted as it was asked for."""
        return Entry(
            request_id=incoming.request_id,
            viewer=principal.name,
            role=principal.role_in(company) or "",
            address=incoming.address,
            company=company[:63],
            action=action.name,
            target=incoming.path,
            parameters=shown(_without_key(incoming), action.hidden),
        )


def database_role(partner_role: str, company: str, role: Role) -> str:
    """Under which role the database is asked for a viewer; empty: the engine's own. `partner_role`: the setting."""
    return fold(partner_role.replace("{company}", company)) if role is Role.PARTNER else ""


def disposition(name: str) -> str:
    """The header that names a file to be saved, as RFC 6266 has it; no name reaches another header or folder."""
    plain = "".join(letter if (letter.isalnum() and letter.isascii()) or letter in "._-" else "_" for letter in name)
    return f"attachment; filename=\"{plain.lstrip('.')}\"; filename*=UTF-8''{quote(name, safe='')}"


def _below(company: str) -> str:
    """The path of a company; empty for pages and actions of none."""
    return f"/c/{company}" if company else ""


def _key_of(incoming: Incoming) -> str:
    key = incoming.headers.get("idempotency-key") or incoming.form.get("key", "")
    if not key or len(key) > _LONGEST_KEY:
        raise bad_request(sentence_of("sentence.no_key"))
    return key


def _without_key(incoming: Incoming) -> dict[str, str]:
    return {name: value for name, value in incoming.form.items() if name != "key"}


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
