"""Puts the ASGI application together: the layers, and the table of routes behind them."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as Path
from starlette.routing import Router
from starlette.types import ASGIApp

from etl.settings.web import WebSettings
from etl.web.acting import AT_ONCE
from etl.web.assets import BY_ADDRESS
from etl.web.console import Console
from etl.web.console_actions import ConsoleActions, Started
from etl.web.console_streams import ConsoleStreams
from etl.web.directory_login import AT_ONCE as LOGINS_AT_ONCE
from etl.web.directory_login import LOGIN_PATH, MOST_WAITING, DirectoryLogins
from etl.web.endpoint import Endpoint, Handler
from etl.web.http_messages import form_of, form_of_body, incoming_of, response_of
from etl.web.incoming import Incoming, Outgoing, redirect
from etl.web.layers.access_line import AccessLineLayer
from etl.web.layers.origin import OriginLayer
from etl.web.layers.response_headers import ResponseHeadersLayer
from etl.web.layers.secrets import SecretsLayer
from etl.web.layers.sizes import SizesLayer
from etl.web.layers.state import state_of
from etl.web.problems import Answer, RequestProblem, no_such_page, not_found
from etl.web.route import API, Action, Route, Watched, json_path
from etl.web.routes import ACTIONS, DOWNLOADS, ROUTES
from etl.web.services import DDL_PATH, TASKS_PATH, Call, Services
from etl.web.signing_in import SigningIn
from etl.web.stream import Streams
from etl.web.texts.sentence import sentence_of
from etl.web.uploading import Uploading

Answering = Callable[[Incoming], Outgoing]

BODY_BYTES = 1 << 20
# Threads that answer pages of no company, and of each company: a database that is silent holds up no other's pages.
_READERS = 4
_READERS_OF_COMPANY = 2
# How long a request waits for its action; a longer one is followed by a page.
ACTION_SECONDS = 5.0
# With a prefix of a proxy or without.
_FILE_PATHS = [re.compile(rf"(/[^?]*)?{re.sub(r'{[a-z]+}', '[^/]+', one.path)}") for one in ACTIONS if one.takes_file]
_FOREVER = "public, max-age=31536000, immutable"


@dataclass
class Application:
    """What the server serves. `settings` are asked for each request: the configuration may change."""

    console: Console
    signing_in: SigningIn
    services: Services
    settings: Callable[[], WebSettings]
    ending: threading.Event
    root_path: str = ""
    listened: tuple[str, ...] = ()
    following: ConsoleStreams = field(init=False)
    actions: ConsoleActions = field(init=False)
    streams: Streams = field(init=False)
    uploading: Uploading = field(init=False)
    logins: DirectoryLogins = field(init=False)
    ended_at: float | None = None
    _readers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_READERS))
    _readers_of: dict[str, anyio.CapacityLimiter] = field(default_factory=dict)
    # Apart from the readers: slow pages hold up no action.
    _writers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))
    _callers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))
    # Apart from the services: users do not wait for them.
    _login_callers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(LOGINS_AT_ONCE))

    def __post_init__(self) -> None:
        self.following = ConsoleStreams(self.console)
        self.actions = ConsoleActions(self.console)
        self.streams = Streams(self.following.snapshot, self.following.still_following)
        self.uploading = Uploading(self.actions, incoming_of)
        self.logins = DirectoryLogins(self.services)

    def end(self) -> None:
        """The server is about to end: it is ready for nothing new, and streams say goodbye."""
        self.ended_at = self.ended_at or time.monotonic()
        self.ending.set()
        self.streams.end()

    def asgi(self) -> ASGIApp:
        """The application with all layers, the outermost last."""
        app: ASGIApp = Router([Path(path, one) for path, one in self._endpoints().items()], redirect_slashes=False)
        app.default = self._endpoint({}).handle  # type: ignore[attr-defined]
        app = SizesLayer(app, self._most_body_bytes)
        app = OriginLayer(app, self.settings, root_path=self.root_path, listened=self.listened)
        app = ResponseHeadersLayer(app)
        app = AccessLineLayer(app)
        return SecretsLayer(app)

    def _most_body_bytes(self, method: str, path: str) -> int:
        """The largest body at a path; beside a file a form has little."""
        takes_file = method == "POST" and any(one.fullmatch(path) for one in _FILE_PATHS)
        return self.console.uploads.spool.settings.most_bytes + BODY_BYTES if takes_file else BODY_BYTES

    def _endpoints(self) -> dict[str, Endpoint]:
        found: dict[str, dict[str, Handler]] = {
            "/health": {"GET": self._health},
            "/ready": {"GET": self._ready},
            "/static/{name}": {"GET": self._asset},
            f"{API}/openapi.json": {"GET": self._reading(self.console.openapi)},
            "/sign-in": {"GET": self._sign_in_form, "POST": self._signing(self.signing_in.sign_in)},
            "/sign-out": {"POST": self._signing(self.signing_in.sign_out)},
            "/c/{company}": {"GET": self._first_page},
        }
        for path, answer in (
            (DDL_PATH, self.services.generate_in_ddl),
            (TASKS_PATH, self.services.create_tasks),
        ):
            found[path] = {"GET": self._service(answer)}
        found[LOGIN_PATH] = {"POST": self._login}
        for route in ROUTES:
            for path in (route.path, json_path(route)):
                found[path] = {"GET": self._reading(partial(self.console.page, route))}
            if route.live:
                for path in (route.path, json_path(route)):
                    found[f"{path}/events"] = {"GET": self._following(route)}
        for download in DOWNLOADS:
            for path in (download.path, API + download.path):
                found[path] = {"GET": self._reading(partial(self.console.download, download))}
        for action in ACTIONS:
            for path in (action.path, json_path(action)):
                found.setdefault(path, {})["POST"] = (self._uploading if action.takes_file else self._acting)(action)
        hidden = {DDL_PATH, TASKS_PATH, LOGIN_PATH}
        # The first path that fits is taken: those with fewer variables first, so /errors/retry before /errors/{error}.
        ordered = sorted(found, key=lambda path: path.count("{"))
        return {path: self._endpoint(found[path], may_be_off=path in hidden) for path in ordered}

    def _endpoint(self, methods: Mapping[str, Handler], *, may_be_off: bool = False) -> Endpoint:
        """`may_be_off`: the platform's services, which are as if absent without their password."""
        return Endpoint(methods, self._problem, lambda: may_be_off and not self.services.are_on)

    def _reading(self, answer: Answering) -> Handler:
        async def handle(request: Request) -> Response:
            incoming = incoming_of(request)
            found = await anyio.to_thread.run_sync(answer, incoming, limiter=self._readers_for(incoming))
            return response_of(request, found)

        return handle

    def _readers_for(self, incoming: Incoming) -> anyio.CapacityLimiter:
        company = incoming.values.get("company", "")
        if company not in self.console.companies.codes:
            return self._readers
        return self._readers_of.setdefault(company, anyio.CapacityLimiter(_READERS_OF_COMPANY))

    def _following(self, route: Route) -> Handler:
        async def handle(request: Request) -> Response:
            incoming = incoming_of(request)
            found = await anyio.to_thread.run_sync(self.following.watcher, route, incoming, limiter=self._readers)
            if isinstance(found, Outgoing):
                return response_of(request, found)
            if request.method == "HEAD":
                return Response(media_type="text/event-stream")
            if self.streams.is_full or self.ending.is_set():
                detail = "Too many pages are followed: ask for the JSON of the page now and again."
                raise RequestProblem(503, "too_many", detail, {"Retry-After": "10"})
            company, role, language = found
            events = self.streams.events(Watched(route, company, role), language, incoming)
            headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
            return StreamingResponse(events, media_type="text/event-stream", headers=headers)

        return handle

    async def _first_page(self, request: Request) -> Response:
        """To Now of a company. Whether there is such a company is said there, to those who may know."""
        incoming = incoming_of(request)
        return response_of(request, redirect(f"{incoming.prefix}/c/{quote(incoming.values['company'], safe='')}/now"))

    async def _sign_in_form(self, request: Request) -> Response:
        incoming = incoming_of(request)
        # It asks no database: it waits for no reader.
        found = self.console.public("sign-in.html", self.signing_in.form(incoming), incoming)
        return response_of(request, found)

    def _signing(self, answer: Answering) -> Handler:
        async def handle(request: Request) -> Response:
            incoming = incoming_of(request, await form_of(request))
            return response_of(
                request, await anyio.to_thread.run_sync(self.console.answered, incoming, partial(answer, incoming))
            )

        return handle

    def _service(self, answer: Callable[[Call], Outgoing]) -> Handler:
        async def handle(request: Request) -> Response:
            call = _call_of(request)
            found = await anyio.to_thread.run_sync(self._answer_service, call, answer, limiter=self._callers)
            return await self._of_service(request, found)

        return handle

    async def _login(self, request: Request) -> Response:
        if self._login_callers.statistics().tasks_waiting >= MOST_WAITING:
            raise RequestProblem(503, "busy", sentence_of("sentence.busy"), {"Retry-After": "5"})
        call = _call_of(request, await request.body())
        found = await anyio.to_thread.run_sync(self.logins.answered, call, limiter=self._login_callers)
        return await self._of_service(request, found)

    async def _of_service(self, request: Request, found: Outgoing | None) -> Response:
        """The answer of a service, or that for a path that does not exist."""
        if found is None:
            return await self._problem(request, no_such_page().answer)
        return response_of(request, found)

    def _answer_service(self, call: Call, answer: Callable[[Call], Outgoing]) -> Outgoing | None:
        return self.services.answered(call, answer)

    def _acting(self, action: Action) -> Handler:
        async def handle(request: Request) -> Response:
            incoming = incoming_of(request, await form_of(request))
            begun = await anyio.to_thread.run_sync(self.actions.begin, action, incoming, limiter=self._writers)
            if isinstance(begun, Started):
                begun = await self._until_ended(incoming, begun)
            return response_of(request, begun)

        return handle

    def _uploading(self, action: Action) -> Handler:
        async def handle(request: Request) -> Response:
            return response_of(request, await self.uploading.answer(action, request, self._until_ended))

        return handle

    async def _until_ended(self, incoming: Incoming, started: Started) -> Outgoing:
        """What an action that ends soon has done, or a page that follows a longer one."""
        assert started.future is not None  # noqa: S101  (`begin` returns no other)
        waited = asyncio.wrap_future(started.future)
        await asyncio.wait({waited}, timeout=ACTION_SECONDS)
        if not waited.done():
            # The future belongs to the action, whose page may be asked for later.
            return self.actions.pending(incoming, started)
        return await anyio.to_thread.run_sync(self.actions.ended, incoming, started, waited.result())

    async def _problem(self, request: Request, answer: Answer) -> Response:
        incoming = incoming_of(request)
        return response_of(request, await anyio.to_thread.run_sync(self.console.problem, incoming, answer))

    async def _health(self, request: Request) -> Response:
        return Response("ok\n", media_type="text/plain")

    async def _ready(self, request: Request) -> Response:
        why_not = (
            "the server ends" if self.ending.is_set() else await anyio.to_thread.run_sync(self.console.why_not_ready)
        )
        return Response(f"{why_not or 'ready'}\n", 503 if why_not else 200, media_type="text/plain")

    async def _asset(self, request: Request) -> Response:
        asset = BY_ADDRESS.get(request.path_params["name"])
        if asset is None:
            return await self._problem(request, not_found().answer)
        return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": _FOREVER})


def _call_of(request: Request, body: bytes = b"") -> Call:
    """A request for a service."""
    state = state_of(request.scope)
    bearer = (state.token,) if state.token.get_secret_value() else ()
    form = partial(form_of_body, request.headers.get("content-type", ""), body)
    parameters = tuple(request.query_params.multi_items())
    return Call(incoming_of(request), parameters, (*state.passwords, *bearer), form)
