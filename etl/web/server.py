"""The server: uvicorn inside this process, with the limits that its own command lacks."""

import asyncio
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 5.0
"""How long a request's head may take; and how long an idle connection is kept."""
WRITE_SECONDS: Final = 30.0
"""How long a client may leave an answer unread."""
GRACEFUL_SECONDS: Final = 30
"""How long a running action may take after a signal."""
_HEAD_BYTES: Final = 32 * 1024
MOST_CONNECTIONS: Final = 1_000


class LimitedProtocol(H11Protocol):
    """Closes a connection that does not send the head of a request in time, and those beyond the limit."""

    _head_timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Whatever a configuration of the log says: this line would have queries.
        self.access_log = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for a head."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """A head that is whole ends the wait; the next one begins with the first bytes after an answer."""
        requests = self._cycles
        super().data_received(data)
        if self._cycles != requests or self._is_answering:
            self._stop_waiting()
        elif self._head_timer is None:
            self._wait_for_head()

    def pause_writing(self) -> None:
        """The client reads more slowly than we write: it gets a while for each part."""
        super().pause_writing()
        self._wait_for_reader(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """It reads again."""
        if self._write_timer:
            self._write_timer.cancel()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        if self._write_timer:
            self._write_timer.cancel()
        super().connection_lost(exc)

    @property
    def _cycles(self) -> int:
        return id(self.cycle) if self.cycle else 0

    @property
    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _wait_for_reader(self, unread: int) -> None:
        self._write_timer = self.loop.call_later(WRITE_SECONDS, self._check_reader, unread)

    def _check_reader(self, unread: int) -> None:
        """Nothing is written while it is waited for, so less is left if the client has read something."""
        left = self.transport.get_write_buffer_size()
        if left < unread:
            self._wait_for_reader(left)
        else:
            self.transport.abort()

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close)

    def _stop_waiting(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class _Loop(asyncio.SelectorEventLoop):
    """A handshake of TLS may take no longer than a head, instead of a minute."""

    async def create_server(self, *arguments: Any, **options: Any) -> asyncio.Server:
        if options.get("ssl"):
            options |= {"ssl_handshake_timeout": HEAD_SECONDS, "ssl_shutdown_timeout": HEAD_SECONDS}
        return await super().create_server(*arguments, **options)


class Server(uvicorn.Server):
    """Calls `ending` at the first signal, before the connections are closed: streams must end by themselves."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until the end."""
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(self.serve(sockets))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM and Ctrl-C."""
        self._ending()
        super().handle_exit(sig, frame)

    def end(self) -> None:
        """As a signal does; from any thread."""
        self._ending()
        self.should_exit = True


def server(app: ASGIApp, ending: Callable[[], None], **options: Any) -> Server:
    """A server for the application. `options` are further ones of uvicorn.Config."""
    config = uvicorn.Config(
        app,
        http=LimitedProtocol,
        # Only requests come: no layer needs to tell them from anything else.
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=int(HEAD_SECONDS),
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        **options,
    )
    config.load()
    # At the level TRACE uvicorn wraps the application into a log of whole requests, passwords in queries among them.
    config.loaded_app = app
    return Server(config, ending)
