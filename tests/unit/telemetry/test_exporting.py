"""Spans and samples that are not asked for start nothing."""

import threading

import pytest

from etl.monitoring import MEASURES
from etl.notifications.telemetry import Sample
from etl.notifications.telemetry.open_telemetry import exporting

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    "environ",
    [
        {},
        ENDPOINT | {"OTEL_SDK_DISABLED": "true"},
        ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        ENDPOINT | {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
    ],
)
def test_what_is_switched_off_asks_for_no_sample(environ: dict[str, str]) -> None:
    asked: list[None] = []

    def ask() -> list[Sample]:
        asked.append(None)
        return []

    before = set(threading.enumerate())
    with exporting(MEASURES, ask, environ):
        assert set(threading.enumerate()) <= before
    assert asked == []
