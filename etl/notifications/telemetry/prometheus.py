"""The Prometheus page: its text, and a small server that asks at most once in a while."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from etl.errors import ConfigurationError, EnvironmentFault
from etl.notifications.telemetry.sample import Ask, Sample

_PATH = "/metrics"
# A scraper that hangs holds one thread; it must not hold it for ever.
_REQUEST_SECONDS = 10.0
_REST = 9


class Page:
    """The text of the page; asked again within `seconds` it is the same, so that scrapes cost little. A database that
    takes long to answer is left alone for nine times as long."""

    def __init__(self, ask: Ask, seconds: float = 0.0) -> None:
        """Raises ConfigurationError when the package is missing."""
        try:
            from prometheus_client import CONTENT_TYPE_LATEST
        except ImportError as error:
            raise ConfigurationError("the Prometheus page needs: pip install 'etl[prometheus]'") from error
        self.content_type = CONTENT_TYPE_LATEST
        self._ask, self._seconds = ask, seconds
        # One question at a time: who comes meanwhile gets the same answer.
        self._lock = threading.Lock()
        self._text, self._until = b"", float("-inf")

    def text(self) -> bytes:
        """The page now."""
        with self._lock:
            begun = time.monotonic()
            if not self._text or begun >= self._until:
                self._text = _render(self._ask())
                now = time.monotonic()
                self._until = now + max(self._seconds, _REST * (now - begun) if self._seconds else 0.0)
            return self._text


def _render(samples: Iterable[Sample]) -> bytes:
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.core import GaugeMetricFamily

    by_measure: dict[Any, list[Sample]] = {}
    for sample in samples:
        by_measure.setdefault(sample.measure, []).append(sample)

    class Collector:
        def collect(self) -> Iterator[Any]:
            for measure, group in by_measure.items():
                family = GaugeMetricFamily(measure.prometheus_name, measure.help, labels=list(group[0].labels))
                for sample in group:
                    family.add_metric(list(sample.labels.values()), sample.value)
                yield family

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())  # type: ignore[arg-type,unused-ignore]
    return generate_latest(registry)


@contextmanager
def serving(page: Page, host: str, port: int) -> Iterator[str]:
    """Serves the page from threads of its own for the time of a `with` block; gives its address.

    Raises EnvironmentFault when the port cannot be had.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = _REQUEST_SECONDS

        def do_GET(self) -> None:
            """The page, at one path."""
            if self.path.partition("?")[0] != _PATH:
                self.send_error(404, f"the page is {_PATH}")
                return
            text = page.text()
            self.send_response(200)
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are no news."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise EnvironmentFault(f"cannot listen on {host}:{port}: {error.strerror}: choose another --listen") from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}{_PATH}"
    finally:
        server.shutdown()
        server.server_close()
