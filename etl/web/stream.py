"""Pages that follow what happens: one poller for all who watch the same page of a company in the same role.

It asks once a second, only while there are viewers, and less often when answers are slow. Each viewer holds a queue of
one: who reads slowly gets the newest snapshot, not all of them.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.to_thread

from etl.web.incoming import Incoming
from etl.web.problems import Answer
from etl.web.requests import Model
from etl.web.route import Route, Watched

MOST_VIEWERS: Final = 500
POLL_SECONDS: Final = 1.0
# A database that takes long to answer is left alone for nine times as long.
_REST: Final = 9
_LONGEST_REST: Final = 30.0
HEARTBEAT_SECONDS: Final = 15.0
"""Proxies close a connection on which nothing comes, and pages take its stream for one that a proxy keeps back."""
RETRY_MS: Final = 3000
"""After this a browser asks for a stream again that has broken off."""
_POLLS_OF_COMPANY: Final = 2
_AGAIN_SECONDS: Final = (1.0, 5.0)
# An event and not a comment, of which scripts hear nothing.
_HEARTBEAT: Final = b"event: heartbeat\ndata: {}\n\n"

Snapshot = Model | Answer


@dataclass
class _Poller:
    queues: set["asyncio.Queue[tuple[int, Snapshot]]"] = field(default_factory=set)
    last: tuple[int, Snapshot] | None = None
    task: "asyncio.Task[None] | None" = None


@dataclass(eq=False)
class _Viewer:
    watched: Watched
    incoming: Incoming
    is_welcome: bool = True


class Streams:
    """All pollers of this process. `ask` and `still_following` run in worker threads; the latter says of all viewers
    whether they may still follow their pages."""

    def __init__(
        self,
        ask: Callable[[Watched], Snapshot],
        still_following: Callable[[Sequence[tuple[Watched, Incoming]]], list[bool]],
    ) -> None:
        self._ask, self._still_following = ask, still_following
        self._pollers: dict[Watched, _Poller] = {}
        self._viewers: set[_Viewer] = set()
        self._checking: asyncio.Task[None] | None = None
        # A database that is silent holds up no other company's pages.
        self._limiters: dict[str, anyio.CapacityLimiter] = {}
        self._ended: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over = False

    @property
    def is_full(self) -> bool:
        """Whether no further viewer may watch: the page then asks for its JSON now and again."""
        return len(self._viewers) >= MOST_VIEWERS

    @property
    def polls(self) -> int:
        """How many pollers there are now."""
        return len(self._pollers)

    def end(self) -> None:
        """Says goodbye to all viewers; from any thread, and from a signal handler."""
        self._is_over = True
        if self._loop and self._ended:
            self._loop.call_soon_threadsafe(self._ended.set)

    async def events(self, watched: Watched, language: str, incoming: Incoming) -> AsyncIterator[bytes]:
        """The lines of a stream, until the viewer leaves or may no longer follow the page, or the server ends."""
        if self._ended is None:
            self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        queue: asyncio.Queue[tuple[int, Snapshot]] = asyncio.Queue(1)
        poller, viewer = self._join(watched, queue), _Viewer(watched, incoming)
        self._viewers.add(viewer)
        if self._checking is None:
            self._checking = asyncio.get_running_loop().create_task(self._check())
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            while not self._is_over:
                found = await _next(queue, self._ended)
                if self._is_over:
                    break
                if not viewer.is_welcome:
                    return
                yield _event(watched.route, found, language) if found else _HEARTBEAT
            again = round(random.uniform(*_AGAIN_SECONDS) * 1000)  # noqa: S311  (not all viewers at once)
            yield f"event: bye\ndata: {json.dumps({'again_in_ms': again})}\n\n".encode()
        finally:
            self._viewers.discard(viewer)
            self._leave(watched, poller, queue)

    async def _check(self) -> None:
        """Asks now and again about all viewers at once."""
        while self._viewers and not self._is_over:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            viewers = list(self._viewers)
            asked = [(one.watched, one.incoming) for one in viewers]
            answers = await anyio.to_thread.run_sync(self._still_following, asked)
            for viewer, is_welcome in zip(viewers, answers, strict=True):
                viewer.is_welcome = is_welcome
        self._checking = None

    def _join(self, watched: Watched, queue: "asyncio.Queue[tuple[int, Snapshot]]") -> _Poller:
        poller = self._pollers.setdefault(watched, _Poller())
        poller.queues.add(queue)
        if poller.last:
            queue.put_nowait(poller.last)
        if poller.task is None:
            poller.task = asyncio.get_running_loop().create_task(self._poll(watched, poller))
        return poller

    def _leave(self, watched: Watched, poller: _Poller, queue: "asyncio.Queue[tuple[int, Snapshot]]") -> None:
        poller.queues.discard(queue)
        if not poller.queues and self._pollers.get(watched) is poller:
            del self._pollers[watched]

    async def _poll(self, watched: Watched, poller: _Poller) -> None:
        number = 0
        limiter = self._limiters.setdefault(watched.company, anyio.CapacityLimiter(_POLLS_OF_COMPANY))
        while poller.queues and not self._is_over:
            begun = time.monotonic()
            snapshot = await anyio.to_thread.run_sync(self._ask, watched, limiter=limiter)
            number += 1
            poller.last = (number, snapshot)
            for queue in poller.queues:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(poller.last)
            took = time.monotonic() - begun
            await asyncio.sleep(min(max(POLL_SECONDS, _REST * took), _LONGEST_REST))


async def _next(queue: "asyncio.Queue[tuple[int, Snapshot]]", ended: asyncio.Event) -> tuple[int, Snapshot] | None:
    """The next snapshot; None after a while without one, and at the end."""
    waits = {asyncio.ensure_future(queue.get()), asyncio.ensure_future(ended.wait())}
    try:
        done, _ = await asyncio.wait(waits, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()
    found = [one.result() for one in done if not one.cancelled()]
    return next((one for one in found if isinstance(one, tuple)), None)


def _event(route: Route, found: tuple[int, Snapshot], language: str) -> bytes:
    """`now` with the model and the texts of the elements that show it; `away` with what is wrong."""
    number, snapshot = found
    if isinstance(snapshot, Answer):
        data = json.dumps({"status": snapshot.status, "code": snapshot.code, "detail": snapshot.detail})
        return f"event: away\nid: {number}\ndata: {data}\n\n".encode()
    texts = route.live(snapshot, language) if route.live else {}
    data = json.dumps({"page": snapshot.model_dump(mode="json"), "texts": dict(texts)}, ensure_ascii=False)
    return f"event: now\nid: {number}\ndata: {data}\n\n".encode()
