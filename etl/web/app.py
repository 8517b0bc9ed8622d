"""Puts the ASGI application together: the layers, and the table of routes behind them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Path
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from etl.settings.web import WebSettings
from etl.web.assets import BY_ADDRESS
from etl.web.console import Console
from etl.web.incoming import Incoming, Outgoing
from etl.web.layers.access_line import AccessLineLayer
from etl.web.layers.origin import OriginLayer
from etl.web.layers.response_headers import ResponseHeadersLayer
from etl.web.layers.secrets import SecretsLayer
from etl.web.layers.sizes import SizesLayer
from etl.web.layers.state import state_of
from etl.web.problems import Answer, not_found
from etl.web.route import Route
from etl.web.routes import ROUTES

Handler = Callable[[Request], Awaitable[Response]]
Answering = Callable[[Incoming], Outgoing]

API = "/api/v1"
BODY_BYTES = 1 << 20
# Threads that answer pages: each may hold one connection of each database.
_READERS = 4
_FOREVER = "public, max-age=31536000, immutable"


@dataclass
class Application:
    """What the server serves. `settings` are asked for each request: the configuration may change."""

    console: Console
    settings: Callable[[], WebSettings] = WebSettings
    root_path: str = ""
    listened: tuple[str, ...] = ()
    why_not_ready: Callable[[], str] = lambda: ""
    _readers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_READERS))

    def asgi(self) -> ASGIApp:
        """The application with all layers, the outermost last."""
        app: ASGIApp = Router([Path(path, one) for path, one in self._endpoints().items()], redirect_slashes=False)
        app.default = self._endpoint({}).handle  # type: ignore[attr-defined]
        app = SizesLayer(app, BODY_BYTES)
        app = OriginLayer(app, self.settings, root_path=self.root_path, listened=self.listened)
        app = ResponseHeadersLayer(app)
        app = AccessLineLayer(app)
        return SecretsLayer(app)

    def _endpoints(self) -> dict[str, "Endpoint"]:
        found: dict[str, dict[str, Handler]] = {
            "/health": {"GET": self._health},
            "/ready": {"GET": self._ready},
            "/static/{name}": {"GET": self._asset},
        }
        for route in ROUTES:
            for path in (route.path, twin(route)):
                found[path] = {"GET": self._reading(partial(self.console.page, route))}
        return {path: self._endpoint(methods) for path, methods in found.items()}

    def _endpoint(self, methods: Mapping[str, Handler]) -> "Endpoint":
        return Endpoint(methods, self._problem)

    def _reading(self, answer: Answering) -> Handler:
        async def handle(request: Request) -> Response:
            incoming = incoming_of(request)
            found = await anyio.to_thread.run_sync(answer, incoming, limiter=self._readers)
            return response_of(request, found)

        return handle

    async def _problem(self, request: Request, answer: Answer) -> Response:
        incoming = incoming_of(request)
        return response_of(request, await anyio.to_thread.run_sync(self.console.problem, incoming, answer))

    async def _health(self, request: Request) -> Response:
        return Response("ok\n", media_type="text/plain")

    async def _ready(self, request: Request) -> Response:
        why_not = await anyio.to_thread.run_sync(self.why_not_ready)
        return Response(f"{why_not or 'ready'}\n", 503 if why_not else 200, media_type="text/plain")

    async def _asset(self, request: Request) -> Response:
        asset = BY_ADDRESS.get(request.path_params["name"])
        if asset is None:
            return await self._problem(request, not_found().answer)
        return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": _FOREVER})


@dataclass(frozen=True)
class Endpoint:
    """All methods of one path; HEAD is a GET whose body is not sent."""

    methods: Mapping[str, Handler]
    problem: Callable[[Request, Answer], Awaitable[Response]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As an ASGI application."""
        await self.handle(scope, receive, send)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by the handler of the method."""
        request = Request(scope, receive)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if handler := self.methods.get(method):
            response = await handler(request)
        elif self.methods:
            allow = sorted({*self.methods, *({"HEAD"} if "GET" in self.methods else ())})
            answer = Answer(405, "method_not_allowed", "There is no such method here.", {"Allow": ", ".join(allow)})
            response = await self.problem(request, answer)
        else:
            response = await self.problem(request, not_found("There is no such page.").answer)
        await response(scope, receive, send)


def twin(route: Route) -> str:
    """The path at which a page is JSON."""
    return API + ("/companies" if route.path == "/" else route.path)


def incoming_of(request: Request, form: Mapping[str, str] | None = None) -> Incoming:
    """The request as the console sees it."""
    state = state_of(request.scope)
    prefix = state.prefix
    path = request.scope["path"]
    return Incoming(
        method=request.method,
        path=path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path,
        query=dict(request.query_params),
        values=dict(request.path_params),
        form=form or {},
        headers={**dict(request.headers), **state.user_headers},
        cookies=request.cookies,
        token=state.token,
        address=state.address,
        origin=state.origin,
        prefix=prefix,
        request_id=state.request_id,
    )


def response_of(request: Request, found: Outgoing) -> Response:
    """The answer as Starlette sends it."""
    state_of(request.scope).viewer = found.viewer
    response = Response(found.body, found.status, media_type=found.media_type)
    for name, value in found.headers:
        response.headers.append(name, value)
    return response
