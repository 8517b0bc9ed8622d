"""The metrics as prometheus_client serves them; the database is asked at most once in a while."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from etl.errors import ConfigurationError, EnvironmentFault
from etl.notifications.telemetry.sample import Ask, Sample

_PATH = "/metrics"
# A scraper that hangs holds one thread; it must not hold it for ever.
_REQUEST_SECONDS = 10.0
_REST = 9


class Page:
    """The metrics of a registry of their own. Scraped again within `seconds` they are the same, so that scrapes cost
    little. A database that takes long to answer is left alone for nine times as long."""

    def __init__(self, ask: Ask, seconds: float = 0.0) -> None:
        """Raises ConfigurationError when the package is missing."""
        try:
            from prometheus_client import CollectorRegistry
        except ImportError as error:
            raise ConfigurationError("the Prometheus page needs: pip install 'etl[prometheus]'") from error
        self._ask, self._seconds = ask, seconds
        # One question at a time: scrapes that come meanwhile get the same answer.
        self._lock = threading.Lock()
        self._samples: Sequence[Sample] = ()
        self._until = float("-inf")
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)  # type: ignore[arg-type,unused-ignore]

    def text(self) -> bytes:
        from prometheus_client import generate_latest

        return generate_latest(self.registry)

    def collect(self) -> Iterator[Any]:
        """One family for each measure, as the registry asks for them."""
        from prometheus_client.core import GaugeMetricFamily

        by_measure: dict[Any, list[Sample]] = {}
        for sample in self._now():
            by_measure.setdefault(sample.measure, []).append(sample)
        for measure, group in by_measure.items():
            family = GaugeMetricFamily(measure.prometheus_name, measure.help, labels=list(group[0].labels))
            for sample in group:
                family.add_metric(list(sample.labels.values()), sample.value)
            yield family

    def _now(self) -> Sequence[Sample]:
        with self._lock:
            begun = time.monotonic()
            if begun >= self._until:
                self._samples = tuple(self._ask())
                now = time.monotonic()
                self._until = now + max(self._seconds, _REST * (now - begun) if self._seconds else 0.0)
            return self._samples


@contextmanager
def serving(page: Page, host: str, port: int) -> Iterator[str]:
    """Serves the page for the time of a `with` block, from threads of its own; gives its address.

    Raises EnvironmentFault when the port cannot be had.
    """
    from prometheus_client import start_http_server

    try:
        server, thread = start_http_server(port, host, page.registry)
    except OSError as error:
        raise EnvironmentFault(f"cannot listen on {host}:{port}: {error.strerror}: choose another --listen") from error
    handler: Any = server.RequestHandlerClass
    server.RequestHandlerClass = type("Handler", (handler,), {"timeout": _REQUEST_SECONDS})
    try:
        yield f"http://{host}:{server.server_port}{_PATH}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
