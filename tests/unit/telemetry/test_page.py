"""The text of the Prometheus page, and how often it asks the database."""

import gzip
import socket
import urllib.request

import pytest

from etl.errors import EnvironmentFault
from etl.monitoring import MEASURES
from etl.notifications import telemetry
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
def test_the_database_is_asked_at_most_once_in_the_given_seconds(seconds: float, asked: int) -> None:
    times: list[int] = []

    def ask() -> list[Sample]:
        times.append(1)
        return samples()

    page = Page(ask, seconds)
    for _ in range(3):
        page.text()
    assert len(times) == asked


def test_it_is_served() -> None:
    with serving(Page(samples), "127.0.0.1", 0) as address:
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            assert answer.read() == Page(samples).text()
        compressed = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(compressed, timeout=10) as answer:
            assert gzip.decompress(answer.read()) == Page(samples).text()


def test_it_has_nothing_but_our_metrics() -> None:
    """No metrics of the process, which the library's own registry has."""
    names = {line.split("{")[0] for line in Page(samples).text().decode().splitlines() if not line.startswith("#")}
    assert names == {"etl_ready_oldest_seconds", "etl_ready_rows"}


def test_a_request_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry.prometheus, "_REQUEST_SECONDS", 0.05)
    with serving(Page(samples), "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as hanging:
            assert hanging.recv(1) == b""
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200


def test_the_port_is_free_afterwards() -> None:
    with serving(Page(samples), "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2].partition("/")[0])
    with serving(Page(samples), "127.0.0.1", port) as again:
        assert again == address


def test_a_port_that_is_in_use_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(EnvironmentFault, match="choose another --listen"),
            serving(Page(samples), "127.0.0.1", taken.getsockname()[1]),
        ):
            pass
