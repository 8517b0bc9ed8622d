"""A run tells a real OTLP receiver what it did; without one, and without the package, it runs all the same."""

import os
import socket
from pathlib import Path

import pytest

from tests.fix_company import CLAIMS, PASSWORD, MakeSite, Site, start_etl
from tests.integration.telemetry.collector import Collector, collecting, values


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, errorLimit=1)
    site.partner.fill("in_Client", {"in_id": "a"}, {"in_id": "b", "amount": "NaN"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "a"})
    return site


def run(site: Site, collector: Collector, *, code: int, **environ: str) -> None:
    done = site.etl("run", OTEL_EXPORTER_OTLP_ENDPOINT=collector.address, **environ)
    assert (done.code, done.err) == (code, "")


def test_a_run_is_a_trace_of_its_tasks_and_leaves_its_metrics(site: Site) -> None:
    with collecting() as collector:
        run(site, collector, code=1, OTEL_SERVICE_NAME="shop-etl")
    assert collector.services == {"shop-etl"}
    [whole] = [span for span in collector.spans if span.name == "etl.run"]
    newest = site.value("select max(id) from in_tables.run")
    assert values(whole.attributes)["etl.run"] == newest
    tasks = [values(span.attributes) for span in collector.spans if span.name == "etl.task"]
    assert len(tasks) == site.value("select count(*) from in_tables.task where run = %s", [newest])
    assert [task["etl.table"] for task in tasks if task["etl.kind"] == "MIGRATE_SINGLE_FIELDS"] == ["in_Client"]
    for span in collector.spans:
        assert span.trace_id == whole.trace_id
        assert span is whole or span.parent_span_id == whole.span_id
    assert collector.points["etl.up"][-1].as_double == 1 or collector.points["etl.up"][-1].as_int == 1
    [error] = [values(point.attributes) for point in collector.points["etl.run.error"]]
    assert error == {"company": "demo", "code": "NUMBER_NOT_FINITE", "severity": "error"}
    assert [point.as_int for point in collector.points["etl.waiting"]] == [1]


def test_a_stopped_run_is_an_error_of_its_span_and_no_value_is_reported(site: Site) -> None:
    site.set(errorLimit=0)
    with collecting() as collector:
        done = site.etl("run", OTEL_EXPORTER_OTLP_ENDPOINT=collector.address, OTEL_METRICS_EXPORTER="none")
    assert done.code == 3
    [whole] = [span for span in collector.spans if span.name == "etl.run"]
    assert whole.status.code == 2
    assert "errorLimit" in whole.status.message or "reject" in whole.status.message
    assert not whole.events
    assert not collector.points
    assert PASSWORD not in str(collector.spans)


@pytest.mark.parametrize("off", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}])
def test_it_is_off_unless_asked_for(site: Site, off: dict[str, str]) -> None:
    with collecting() as collector:
        done = site.etl("run", **{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address, **off})
    assert (done.code, done.err) == (1, "")
    assert (collector.spans, collector.points) == ([], {})


def test_a_collector_that_is_away_costs_no_run(site: Site) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = site.etl("run", OTEL_EXPORTER_OTLP_ENDPOINT=address)
    assert done.code == 1
    assert "Run" in done.out
    assert "Traceback" not in done.err


def test_without_the_package_one_line_says_what_is_missing(site: Site, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    (missing / "opentelemetry").mkdir(parents=True)
    (missing / "opentelemetry" / "__init__.py").write_text("raise ImportError('not installed')")
    path = os.pathsep.join([str(missing), os.environ.get("PYTHONPATH", "")])
    environ = {**site.environ, "ETL_CONFIG": site.url, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    process = start_etl("run", environ={**environ, "PYTHONPATH": path}, cwd=site.home)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.count("\n") == 1
    assert err.endswith("OTEL_EXPORTER_OTLP_ENDPOINT is set, but nothing is sent: pip install 'etl[otel]'\n")


def test_another_protocol_is_refused_in_one_line(site: Site) -> None:
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    done = site.etl("run", **asked)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "use http/protobuf" in done.err
