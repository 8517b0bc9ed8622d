"""All methods of one path, as an ASGI application."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from etl.web.http_messages import is_text
from etl.web.problems import Answer, RequestProblem, bad_request, no_such_page, not_found

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Endpoint:
    """All methods of one path; HEAD is a GET whose body is not sent."""

    methods: Mapping[str, Handler]
    problem: Callable[[Request, Answer], Awaitable[Response]]
    is_off: Callable[[], bool] = lambda: False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As an ASGI application."""
        await self.handle(scope, receive, send)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by the handler of the method."""
        request = Request(scope, receive)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if handler := self.methods.get(method):
            try:
                if not all(map(is_text, request.path_params.values())):
                    raise not_found()
                await self._refuse_query(request)
                response = await handler(request)
            except RequestProblem as problem:
                response = await self.problem(request, problem.answer)
        elif self.methods and not await anyio.to_thread.run_sync(self.is_off):
            allow = sorted({*self.methods, *({"HEAD"} if "GET" in self.methods else ())})
            answer = Answer(405, "method_not_allowed", "There is no such method here.", {"Allow": ", ".join(allow)})
            response = await self.problem(request, answer)
        else:
            response = await self.problem(request, no_such_page().answer)
        await response(scope, receive, send)

    async def _refuse_query(self, request: Request) -> None:
        """Raises RequestProblem for a query with what PostgreSQL has no character for."""
        if all(is_text(text) for pair in request.query_params.multi_items() for text in pair):
            return
        if await anyio.to_thread.run_sync(self.is_off):
            raise no_such_page()
        raise bad_request("The address has a character that no text may have: U+0000, or half of a surrogate pair.")
