"""Open pages that follow: what a hundred of them cost the database, beside what one costs."""

import http.client
import selectors
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from etl.web.roles import Role
from scripts.bench.company import CODE
from scripts.bench.server import LOOPBACK
from scripts.bench.web.company import DATABASE, Made
from scripts.bench.web.console import Console, headers_of

MANY: Final = 100
MOST_TIMES: Final = 1.25
"""What many pages may cost the database, in times of one: no more, but for what happens by chance."""
_PATH: Final = f"/c/{CODE}/now/events"
_SECONDS: Final = 60.0
_LANGUAGES: Final = ("en", "ru", "kk")
_COUNTED: Final = """
select xact_commit + xact_rollback as transactions, blks_hit + blks_read as blocks, active_time as active_ms
from pg_stat_database where datname = %s
"""


@dataclass(frozen=True)
class Cost:
    """What open pages cost the database, each second. `events`: what each viewer was sent, each second."""

    viewers: int
    transactions: float
    blocks: float
    active_ms: float
    events: float


def compare(console: Console, made: Made, seconds: float) -> list[Cost]:
    """One open page, then many."""
    return [_cost(console, made, viewers, seconds) for viewers in (1, MANY)]


def _cost(console: Console, made: Made, viewers: int, seconds: float) -> Cost:
    with watching(console, viewers) as seen:
        seen.wait_for_all()
        before, events, begun = _counted(made), seen.events, time.monotonic()
        time.sleep(seconds)
        after, took = _counted(made), time.monotonic() - begun
        per_viewer = (seen.events - events) / viewers / took
    rates = {name: (after[name] - before[name]) / took for name in before}
    return Cost(viewers, rates["transactions"], rates["blocks"], rates["active_ms"], per_viewer)


def _counted(made: Made) -> Mapping[str, float]:
    with made.server.session(user="postgres") as session:
        row = session.execute(_COUNTED, [DATABASE]).fetchone()
    assert row
    return dict(zip(("transactions", "blocks", "active_ms"), map(float, row), strict=True))


@dataclass
class Seen:
    """What viewers were sent: events in all, and who has had one."""

    viewers: int
    events: int = 0
    reached: set[int] = field(default_factory=set)

    def wait_for_all(self) -> None:
        """Until each viewer has seen a page."""
        deadline = time.monotonic() + _SECONDS
        while len(self.reached) < self.viewers:
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {len(self.reached)} of {self.viewers} viewers are sent anything")
            time.sleep(0.01)


@contextmanager
def watching(console: Console, viewers: int) -> Iterator[Seen]:
    """Open pages for the time of a `with` block, read by one thread."""
    seen, over = Seen(viewers), threading.Event()
    with ExitStack() as stack:
        chosen = stack.enter_context(selectors.DefaultSelector())
        for number in range(viewers):
            connection = http.client.HTTPConnection(LOOPBACK, console.port, timeout=_SECONDS)
            stack.callback(connection.close)
            language = {"Accept-Language": _LANGUAGES[number % len(_LANGUAGES)]}
            connection.request("GET", _PATH, headers={**headers_of(Role.OPERATOR), **language})
            chosen.register(connection.sock, selectors.EVENT_READ, number)
        reader = threading.Thread(target=_read, args=[chosen, seen, over], name="viewers")
        reader.start()
        try:
            yield seen
        finally:
            over.set()
            reader.join()


def _read(chosen: selectors.BaseSelector, seen: Seen, over: threading.Event) -> None:
    while not over.is_set():
        for key, _ in chosen.select(0.2):
            block = key.fileobj.recv(1 << 20)  # type: ignore[union-attr]
            found = block.count(b"event: now")
            if not block:
                chosen.unregister(key.fileobj)
            elif found:
                seen.events += found
                seen.reached.add(key.data)
