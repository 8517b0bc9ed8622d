"""The text of the Prometheus page, and how often it asks."""

import socket
import urllib.error
import urllib.request

import pytest

from etl.errors import EnvironmentFault
from etl.monitoring import MEASURES
from etl.notifications.telemetry import (
    Measure,
    Page,
    Sample,
    serving,
)

AGE = Measure("etl.ready.oldest", "s", "Age of the oldest row")
ROWS = Measure("etl.ready", "{row}", "Rows")


def samples() -> list[Sample]:
    return [
        Sample(AGE, 1.5, {"company": "a"}),
        Sample(ROWS, 3, {"company": "a", "table": 'in_"x"\n\\'}),
        Sample(ROWS, 4, {"company": "a", "table": "in_y"}),
    ]


def test_the_text_has_help_type_and_escaped_labels() -> None:
    assert Page(samples).text().decode().splitlines() == [
        "# HELP etl_ready_oldest_seconds Age of the oldest row",
        "# TYPE etl_ready_oldest_seconds gauge",
        'etl_ready_oldest_seconds{company="a"} 1.5',
        "# HELP etl_ready_rows Rows",
        "# TYPE etl_ready_rows gauge",
        'etl_ready_rows{company="a",table="in_\\"x\\"\\n\\\\"} 3.0',
        'etl_ready_rows{company="a",table="in_y"} 4.0',
    ]


def test_no_two_measures_have_one_name() -> None:
    assert len({one.prometheus_name for one in MEASURES}) == len({one.name for one in MEASURES}) == len(MEASURES)


@pytest.mark.parametrize(("seconds", "asked"), [(0.0, 3), (60.0, 1)])
def test_it_asks_no_more_often_than_it_was_told(seconds: float, asked: int) -> None:
    times: list[int] = []

    def ask() -> list[Sample]:
        times.append(1)
        return samples()

    page = Page(ask, seconds)
    for _ in range(3):
        page.text()
    assert len(times) == asked


def test_it_is_served_at_one_path() -> None:
    with serving(Page(samples), "127.0.0.1", 0) as address:
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            assert answer.read() == Page(samples).text()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address.replace("/metrics", "/secrets"), timeout=10)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(EnvironmentFault, match="choose another --listen"),
            serving(Page(samples), "127.0.0.1", taken.getsockname()[1]),
        ):
            pass
