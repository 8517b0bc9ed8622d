"""`etl metrics`: a real scrape."""

import os
import re
import signal
import urllib.request
from pathlib import Path

import pytest

from tests.fix_company import CLAIMS, MakeSite, Site, ended, start_etl


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", {"in_id": "a"}, {"in_id": "b", "amount": "NaN"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "a"})
    site.run()
    site.partner("insert into in_Claim (in_id, inserted_date) values ('k', now() - interval '1 hour')")
    return site


def metric_values(text: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_once_prints_the_page(site: Site) -> None:
    done = site.etl("metrics", "--once")
    assert (done.code, done.err) == (0, "")
    found = metric_values(done.out)
    assert found['etl_up{company="demo"}'] == 1
    assert 3_600 <= found['etl_ready_oldest_seconds{company="demo"}'] < 4_800
    assert found['etl_ready_rows{company="demo",table="in_Claim"}'] == 1
    assert found['etl_run_error_rows{code="NUMBER_NOT_FINITE",company="demo",severity="error"}'] == 1
    assert found['etl_run_outcome_rows{company="demo",outcome="rejected"}'] == 1
    assert found['etl_run_merged_rows{company="demo",kind="MIGRATE_SINGLE_FIELDS"}'] == 2
    assert found['etl_waiting_links{company="demo"}'] == 1
    assert found['etl_out_behind_changes{company="demo",schema="out_demo_1_1"}'] == 0
    assert found['etl_run_running{company="demo"}'] == 0


def test_a_scrape_asks_the_database_and_a_lost_one_is_a_metric(site: Site) -> None:
    exporter = site.start("metrics", "--listen", "127.0.0.1:0", "--cache", "0")
    assert exporter.stdout
    announced = exporter.stdout.readline()
    [address] = re.findall(r"http://127\.0\.0\.1:\d+/metrics", announced)

    def scrape() -> dict[str, float]:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return metric_values(answer.read().decode())

    before = scrape()
    assert before['etl_up{company="demo"}'] == 1
    engine = f"engine_{site.database.name}"
    site.look(f"alter role {engine} nologin")
    site.look("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [engine])
    try:
        assert scrape() == {'etl_up{company="demo"}': 0}
    finally:
        site.look(f"alter role {engine} login")
    assert scrape().keys() == before.keys()
    exporter.send_signal(signal.SIGINT)
    done = ended(exporter)
    assert (done.code, done.err) == (0, "")


def test_an_address_that_is_none_is_a_usage_error(site: Site) -> None:
    done = site.etl("metrics", "--listen", "9108")
    assert done.code == 2
    assert "'9108' is not HOST:PORT" in done.err


def test_without_the_package_one_line_says_what_is_missing(site: Site, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    missing.mkdir()
    (missing / "prometheus_client.py").write_text("raise ImportError('not installed')")
    path = os.pathsep.join([str(missing), os.environ.get("PYTHONPATH", "")])
    environ = {**site.environ, "ETL_CONFIG": site.url, "PYTHONPATH": path}
    done = ended(start_etl("metrics", "--once", environ=environ, cwd=site.home))
    assert (done.code, done.out) == (2, "")
    assert done.err == "etl: the Prometheus page needs: pip install 'etl[prometheus]'\n"
