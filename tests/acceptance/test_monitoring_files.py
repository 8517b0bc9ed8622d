"""The alert rules and the dashboard of share/etl/monitoring/: sound by Prometheus's tool, of metrics that exist.

What they read of topics and of a directory is compared where these run: tests/integration/kafka_in/test_status.py,
tests/integration/kafka_out/test_status.py, tests/integration/directory/test_watched.py.
"""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.documentation import CHECKOUT, check_command
from tests.fix_company import CLAIMS, MakeSite, ended
from tests.monitoring_files import ALERTS, ALERTS_TEST, FOLDER, lacking, queries, rules


@pytest.fixture(scope="module")
def promtool() -> str:
    done = subprocess.run(
        [sys.executable, CHECKOUT / "scripts/promtool"], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def prom(promtool: str, *arguments: str, cwd: Path = FOLDER) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([promtool, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_rules_are_sound(promtool: str) -> None:
    done = prom(promtool, "check", "rules", ALERTS.name)
    assert done.returncode == 0, done.stderr
    assert f"SUCCESS: {len(rules())} rules found" in done.stdout


def test_each_alert_is_silent_first_and_fires_later(promtool: str) -> None:
    done = prom(promtool, "test", "rules", ALERTS_TEST.name)
    assert done.returncode == 0, done.stdout + done.stderr
    tests = yaml.safe_load(ALERTS_TEST.read_text(encoding="utf-8"))["tests"]
    shown = [(case["alertname"], len(case["exp_alerts"])) for one in tests for case in one["alert_rule_test"]]
    assert sorted(shown) == sorted((rule["alert"], count) for rule in rules() for count in (0, 1))


@pytest.mark.parametrize(("old", "new"), [
    ("etl_up == 0", "etl_up == 1"),
    ("etl_ready_oldest_seconds > 3600", "etl_ready_oldest_seconds > 3601"),
    ("for: 4h", "for: 3h"),
    ("for: 15m", "for: 16m"),
    ("etl_feed_late_seconds", "etl_feed_stalled_seconds"),
    ("{{ $labels.topic }}", "{{ $labels.table }}"),
])  # fmt: skip
def test_a_fault_of_a_rule_is_found(promtool: str, tmp_path: Path, old: str, new: str) -> None:
    folder = tmp_path / "monitoring"
    shutil.copytree(FOLDER, folder)
    text = ALERTS.read_text(encoding="utf-8")
    assert old in text
    (folder / ALERTS.name).write_text(text.replace(old, new), encoding="utf-8")
    assert prom(promtool, "test", "rules", ALERTS_TEST.name, cwd=folder).returncode != 0


def test_the_queries_of_the_dashboard_are_sound(promtool: str, tmp_path: Path) -> None:
    """As rules that record them: promtool of Debian 12 checks no other queries."""
    recorded = [{"record": f"query:{number}", "expr": one["expr"]} for number, one in enumerate(queries())]
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}), encoding="utf-8")
    done = prom(promtool, "check", "rules", path.name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"SUCCESS: {len(recorded)} rules found" in done.stdout


def test_the_commands_of_the_descriptions_exist() -> None:
    texts = [rule["annotations"]["description"] for rule in rules()]
    commands = {command for text in texts for command in re.findall(r"`etl ([^`]+)`", text)}
    assert len(commands) > 10
    for given in commands:
        check_command(shlex.split(given))


def test_each_metric_and_label_is_in_a_real_scrape(make_site: MakeSite) -> None:
    """One after a run with an error and a backup, and one beside a run: a heartbeat has an age only then."""
    site = make_site(CLAIMS)
    site.set(freshnessMinutes=90, stalledMinutes=30)
    site.partner.fill("in_Client", {"in_id": "a", "amount": "NaN"})
    site.run()
    assert site.etl("backup", "-o", "backup").code == 0
    pages = [site.etl("metrics", "--once").out]
    with site.holding_after_claims():
        site.partner.hand_over()
        runner = site.start("run")
        site.wait_for_blocked()
        pages.append(site.etl("metrics", "--once").out)
    assert ended(runner).code == 0
    both = "".join(pages)
    assert lacking(both, "etl_", ("etl_kafka_", "etl_directory_")) == set()
    assert ("etl_up", "") in lacking(both.replace("etl_up", "etl_is_up"), "etl_up")
    assert ("etl_ready_rows", "table") in lacking(both.replace("table=", "name="), "etl_ready_rows")
