"""To monitoring systems: spans and figures as OpenTelemetry, figures as a Prometheus page.

Receives spans around work, and a function that answers with samples. Hands them to what the environment names. Never
asks a database, never stops a run, and without its packages (extras `otel`, `prometheus`) does nothing.
"""

from etl.telemetry.open_telemetry import exporting
from etl.telemetry.prometheus import Page, serving
from etl.telemetry.sample import Measure, Sample
from etl.telemetry.span import span

__all__ = ["Measure", "Page", "Sample", "exporting", "serving", "span"]
