"""The page of the metrics."""

from typing import Final

from etl.monitoring import MEASURES
from scripts.reference.markdown import NOTE, cell, code, table

_UNITS: Final = {"s": "seconds", "By": "bytes", "1": "number"}

_TEXT: Final = """\
Where they are had and what to watch: [monitoring.md](../monitoring.md#prometheus). All are gauges. Each has the label
`company`, and those that its row names.
"""


def metrics() -> str:
    rows = [
        (
            code(one.prometheus_name),
            code(one.name),
            _UNITS.get(one.unit, one.unit.strip("{}") + "s"),
            ", ".join(map(code, one.labels)),
            cell(one.help),
        )
        for one in MEASURES
    ]
    heads = ("metric", "in OpenTelemetry", "unit", "labels", "meaning")
    return "\n".join(["# Metrics", "", NOTE, _TEXT, *table(heads, rows), ""])
