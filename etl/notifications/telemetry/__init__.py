"""Telemetry: spans and metrics as OpenTelemetry, metrics as a Prometheus page.

Receives spans around work, and a function that answers with samples. Hands them to what the environment names. Never
asks a database, never stops a run, and without its packages (extras `otel`, `prometheus`) does nothing.
"""

from etl.notifications.telemetry.open_telemetry import exporting, is_asked_for
from etl.notifications.telemetry.prometheus import Page, serving
from etl.notifications.telemetry.sample import Measure, Sample
from etl.notifications.telemetry.span import span

__all__ = ["Measure", "Page", "Sample", "exporting", "is_asked_for", "serving", "span"]
