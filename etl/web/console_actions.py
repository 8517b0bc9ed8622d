"""Answers requests for actions: admitted, begun once for a key, ended. Runs in worker threads."""

from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

from etl.engine import Runtime
from etl.web.acting import Ended
from etl.web.companies import writing
from etl.web.console import JSON_TYPE, Console, json_bytes
from etl.web.identity.audit import Entry, Repeated, shown
from etl.web.identity.principal import EVERY_COMPANY, Principal
from etl.web.incoming import Incoming, Outgoing, redirect
from etl.web.origin_check import refuse_foreign
from etl.web.problems import RequestProblem, bad_request
from etl.web.requests import ActionRequest
from etl.web.roles import Role
from etl.web.route import RECEIVED, Action
from etl.web.texts.sentence import sentence_of

_LONGEST_KEY: Final = 200


@dataclass(frozen=True)
class Started:
    """An action that is being done; `future` is None where another request has begun it."""

    company: str
    audit_id: int
    viewer: str
    future: "Future[Ended] | None"


@dataclass(frozen=True)
class ConsoleActions:
    """The actions of a console."""

    console: Console

    def begin(self, action: Action, incoming: Incoming) -> Outgoing | Started:
        """Begins an action, or answers at once: what is refused, and what was done under the same key before."""
        begun: list[Started] = []

        def answer() -> Outgoing:
            found = self._begin(action, incoming)
            if isinstance(found, Outgoing):
                return found
            begun.append(found)
            return self.pending(incoming, found)

        outgoing = self.console.answered(incoming, answer)
        return begun[0] if begun and begun[0].future else outgoing

    def ended(self, incoming: Incoming, started: Started, ended: Ended) -> Outgoing:
        """The answer after an action: the page that shows what it has done, or the problem."""
        if ended.problem:
            return self.console.problem(incoming, ended.problem, started.viewer)
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
            return Outgoing(200, json_bytes(found), JSON_TYPE, viewer=started.viewer)
        before, _, fragment = location.partition("#")
        mark = "&" if "?" in before else "?"
        return redirect(f"{before}{mark}done={ended.audit_id}{'#' if fragment else ''}{fragment}")

    def pending(self, incoming: Incoming, started: Started) -> Outgoing:
        """The answer while an action is being done: a page that follows it."""
        below = incoming.prefix + ("/api/v1" if incoming.is_api else "")
        location = f"{below}{_below(started.company)}/actions/{started.audit_id}"
        if incoming.is_api:
            found = {"location": location, "audit_id": str(started.audit_id)}
            return Outgoing(202, json_bytes(found), JSON_TYPE, (("Location", location),), started.viewer)
        return redirect(location)

    def admit_file(self, action: Action, incoming: Incoming, stated: int) -> Outgoing | None:
        """Before a body with a file is read: a refusal of a viewer who may not send it, or of its size."""

        def answer() -> Outgoing:
            principal, company, _ = self._admitted(action, incoming)
            self.console.uploads.spool.refuse_full(company, principal.name, stated)
            return Outgoing(200, b"")

        found = self.console.answered(incoming, answer)
        return None if found.status == 200 else found

    def _admitted(self, action: Action, incoming: Incoming) -> tuple[Principal, str, Role]:
        """Who asks for an action, in which company and role; a refusal is noted."""
        principal = self.console.principal(incoming)
        company = incoming.values.get("company", "")
        try:
            refuse_foreign(incoming)
            return principal, company, self.console.role(action, principal, company)
        except RequestProblem as refusal:
            self.console.actors.refuse(self._entry(action, incoming, principal, company), refusal.answer.detail)
            raise

    def _begin(self, action: Action, incoming: Incoming) -> Outgoing | Started:
        principal, company, role = self._admitted(action, incoming)
        entry = self._entry(action, incoming, principal, company)
        found = self.console.actors.begin(entry, _key_of(incoming))
        if isinstance(found, Ended):
            return self.ended(incoming, Started(company, found.audit_id, principal.name, None), found)
        if isinstance(found, Repeated):
            return Started(company, found.audit_id, principal.name, None)
        stack = ExitStack()
        request = self._action_request(incoming, principal, company, role, stack)
        future = self.console.actors.start(action, request, found, stack)
        return Started(company, found.audit_id, principal.name, future)

    def _action_request(
        self, incoming: Incoming, principal: Principal, company: str, role: Role, stack: ExitStack
    ) -> ActionRequest:
        def open_runtime() -> Runtime:
            runtime = stack.enter_context(self.console.companies.using(company))
            return writing(runtime, f"etl-web:{incoming.request_id}", role=self.console.acting_role(company, role))

        return ActionRequest(
            company,
            self.console.viewer(incoming, principal, role),
            _without_key(incoming),
            incoming.values,
            incoming.request_id,
            open_runtime,
            partial(self.console.companies.own, company),
            lambda: self.console.uploads,
            self.console.identity.sign_ins(principal),
            partial(self.console.companies.documents, company),
            partial(self.console.companies.installation, company),
            principal.roles.get(EVERY_COMPANY) is Role.OPERATOR,
        )

    def _entry(self, action: Action, incoming: Incoming, principal: Principal, company: str) -> Entry:
        """As the audit notes it; a company that the viewer may not see is noted as it was asked for."""
        given = _without_key(incoming)
        return Entry(
            request_id=incoming.request_id,
            viewer=principal.name,
            role=principal.role_in(company) or "",
            address=incoming.address,
            company=company[:63],
            action=action.name,
            target=incoming.path,
            parameters=shown(given, action.hidden),
            given=given if not action.takes_file else {name: given[name] for name in given if name != RECEIVED},
        )


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
