"""OpenTelemetry over OTLP, steered by its own environment variables; off unless one of them asks for it."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from etl import __version__
from etl.errors import EtlError
from etl.notifications.telemetry.sample import Ask, Measure, Sample
from etl.notifications.telemetry.span import Value, using

_log = logging.getLogger("etl.notifications.telemetry")

_ASKING = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")
_PREFIX = "etl."
# A collector that is away must not hold up the end of a run: what is not sent by then is lost.
_LAST_WORDS_SECONDS = 3.0
# After a request to stop there is less.
_STOPPED_WORDS_SECONDS = 1.0
# One collection asks for every measure in turn; they share one answer.
_SAME_COLLECTION_SECONDS = 1.0


def is_asked_for(environ: Mapping[str, str]) -> bool:
    """Whether the environment asks for OpenTelemetry."""
    return any(environ.get(name) for name in _ASKING) and environ.get("OTEL_SDK_DISABLED", "").lower() != "true"


@contextmanager
def exporting(measures: Sequence[Measure], ask: Ask, environ: Mapping[str, str]) -> Iterator[None]:
    """Sends spans and samples for the time of a `with` block, when the environment asks for it.

    OTEL_EXPORTER_OTLP_ENDPOINT (or one for traces or metrics alone) switches it on; OTEL_SDK_DISABLED,
    OTEL_TRACES_EXPORTER=none and OTEL_METRICS_EXPORTER=none switch it off, whole or in part.
    """
    if not is_asked_for(environ):
        yield
        return
    protocol = environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    if protocol != "http/protobuf":
        _log.warning("OTEL_EXPORTER_OTLP_PROTOCOL=%s is not spoken here: use http/protobuf; nothing is sent", protocol)
        yield
        return
    try:
        import opentelemetry.exporter.otlp.proto.http.trace_exporter
        import opentelemetry.sdk.trace  # noqa: F401
    except ImportError:
        _log.warning("OTEL_EXPORTER_OTLP_ENDPOINT is set, but nothing is sent: pip install 'etl[otel]'")
        yield
        return
    with ExitStack() as stack:
        if environ.get("OTEL_TRACES_EXPORTER", "otlp") == "otlp":
            stack.enter_context(_traces(environ))
        if environ.get("OTEL_METRICS_EXPORTER", "otlp") == "otlp":
            stack.enter_context(_metrics(measures, ask, environ))
        yield


@contextmanager
def _traces(environ: Mapping[str, str]) -> Iterator[None]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=_resource(environ), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=_timeout(environ))))
    with _shutting_down(provider), tracing(provider):
        yield


@contextmanager
def tracing(provider: Any) -> Iterator[None]:
    from opentelemetry.trace import Status, StatusCode

    tracer = provider.get_tracer("etl", __version__)

    @contextmanager
    def spans(name: str, attributes: dict[str, Value]) -> Iterator[None]:
        named = {_PREFIX + key: value for key, value in attributes.items()}
        # Not the SDK's own record of an exception: the text of a driver's may hold a row.
        quiet = {"record_exception": False, "set_status_on_exception": False}
        with tracer.start_as_current_span(name, attributes=named, **quiet) as opened:
            try:
                yield
            except BaseException as error:
                text = str(error) if isinstance(error, EtlError) else ""
                opened.set_status(Status(StatusCode.ERROR, text or type(error).__name__))
                raise

    with using(spans):
        yield


@contextmanager
def _metrics(measures: Sequence[Measure], ask: Ask, environ: Mapping[str, str]) -> Iterator[None]:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    reader = PeriodicExportingMetricReader(OTLPMetricExporter(timeout=_timeout(environ)))
    provider = MeterProvider([reader], resource=_resource(environ), shutdown_on_exit=False)
    observe(provider, measures, ask)
    with _shutting_down(provider):  # which collects once more
        yield


def observe(provider: Any, measures: Sequence[Measure], ask: Ask) -> None:
    """A gauge per measure in a provider of the SDK; one collection asks once."""
    from opentelemetry.metrics import Observation

    meter = provider.get_meter("etl", __version__)
    answer = _Shared(ask)
    for measure in measures:

        def values(_: object, measure: Measure = measure) -> Iterable[Any]:
            return [Observation(one.value, dict(one.labels)) for one in answer() if one.measure is measure]

        meter.create_observable_gauge(measure.name, [values], unit=measure.unit, description=measure.help)


class _Shared:
    def __init__(self, ask: Ask) -> None:
        self._ask, self._at, self._samples = ask, -_SAME_COLLECTION_SECONDS, list[Sample]()

    def __call__(self) -> list[Sample]:
        if time.monotonic() - self._at >= _SAME_COLLECTION_SECONDS:
            self._samples = list(self._ask())
            self._at = time.monotonic()
        return self._samples


def _resource(environ: Mapping[str, str]) -> Any:
    from opentelemetry.sdk.resources import Resource

    # Resource.create reads OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME; what it is given would win over them.
    is_named = environ.get("OTEL_SERVICE_NAME") or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    ours = {"service.version": __version__} | ({} if is_named else {"service.name": "etl"})
    return Resource.create(ours)


def _timeout(environ: Mapping[str, str]) -> float | None:
    # The exporter reads the variable itself; without it, its own default is longer than our patience.
    return None if environ.get("OTEL_EXPORTER_OTLP_TIMEOUT") else _LAST_WORDS_SECONDS


@contextmanager
def _shutting_down(provider: Any) -> Iterator[None]:
    seconds = _LAST_WORDS_SECONDS
    try:
        yield
    except KeyboardInterrupt:
        seconds = _STOPPED_WORDS_SECONDS
        raise
    finally:
        last = threading.Thread(target=provider.shutdown, name="telemetry", daemon=True)
        last.start()
        last.join(seconds)
