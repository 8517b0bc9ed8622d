"""Answers those who follow pages: who may, and what they see now. Runs in worker threads."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from etl.engine import Runtime
from etl.errors import EtlError
from etl.web.companies import reading
from etl.web.console import Console
from etl.web.identity.principal import Principal
from etl.web.incoming import Incoming, Outgoing
from etl.web.language import LANGUAGES, language_of
from etl.web.problems import Answer, RequestProblem, answer_of, fault
from etl.web.requests import Model, PageRequest, Viewer
from etl.web.roles import Role
from etl.web.route import Route, Watched

_log = logging.getLogger("etl.web")


@dataclass(frozen=True)
class ConsoleStreams:
    """The pages of a console that are followed."""

    console: Console

    def watcher(self, route: Route, incoming: Incoming) -> tuple[str, Role, str] | Outgoing:
        """Company, role and language of one who follows a page; a problem for who may not."""
        found: list[tuple[str, Role, str]] = []

        def answer() -> Outgoing:
            principal = self.console.principal(incoming)
            company = incoming.values.get("company", "")
            found.append((company, self.console.role(route, principal, company), language_of(incoming, principal)))
            return Outgoing(200, b"")

        outgoing = self.console.answered(incoming, answer)
        return found[0] if found else outgoing

    def still_following(self, viewers: Sequence[tuple[Watched, Incoming]]) -> list[bool]:
        """Whether each of those who follow pages still may, in the same role; none may while that cannot be asked."""
        try:
            principals = self.console.identity.followed([incoming for _, incoming in viewers])
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
            return self.console.role(watched.route, principal, watched.company) is watched.role
        except RequestProblem:
            return False

    def snapshot(self, watched: Watched) -> Model | Answer:
        """What all who follow a page in one role see now."""
        viewer = Viewer("", watched.role, LANGUAGES[0])
        with ExitStack() as stack:

            def open_runtime() -> Runtime:
                runtime = stack.enter_context(self.console.companies.using(watched.company))
                return reading(
                    runtime, "etl-web:stream", role=self.console.database_role(watched.company, watched.role)
                )

            try:
                request = PageRequest(
                    watched.company,
                    viewer,
                    open_runtime=open_runtime,
                    faults_of_configuration=partial(self.console.faults, watched.company),
                )
                return watched.route.page(request)
            except Exception as error:
                found = answer_of(error)
                if found is None:
                    _log.exception("a fault of the program, in a stream of %s", watched.route.path)
                return found or fault()
