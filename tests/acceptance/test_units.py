"""The systemd units and the cron line of scripts/: sound by systemd's own tool, and their commands run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documentation import CHECKOUT
from tests.fix_company import CLAIMS, MakeSite

SCRIPT = CHECKOUT / "scripts/units"
UNITS = CHECKOUT / "scripts/systemd"
CRON = CHECKOUT / "scripts/cron/etl"
INSTALLED = "/opt/etl/.venv/bin/etl"


def verified(folder: Path) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "ETL_UNITS": str(folder)}
    return subprocess.run(
        [sys.executable, SCRIPT, sys.executable], env=environ, capture_output=True, text=True, check=False
    )


def test_the_units_are_sound_and_hardened() -> None:
    done = verified(UNITS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("old", "new"), [
    ("Restart=on-failure", "Restrat=on-failure"),
    ("Type=notify", "Type=notfy"),
    (INSTALLED, "/nowhere/etl"),
    ("OnCalendar=minutely", "OnCalendar=minutly"),
    ("\nCapabilityBoundingSet=\n", "\n"),
])  # fmt: skip
def test_a_fault_of_a_unit_is_found(tmp_path: Path, old: str, new: str) -> None:
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for unit in folder.iterdir():
        unit.write_text(unit.read_text().replace(old, new))
    assert verified(folder).returncode != 0


def commands() -> list[str]:
    units = [line for unit in UNITS.glob("*.service") for line in unit.read_text().splitlines()]
    return [line.removeprefix("ExecStart=") for line in units if line.startswith("ExecStart=")]


def test_the_commands_of_the_units_exist(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    assert sorted(commands()) == [f"{INSTALLED} run", f"{INSTALLED} run --loop", f"{INSTALLED} web"]
    for command in commands():
        assert site.etl(*shlex.split(command)[1:], "--help").code == 0


def test_the_cron_line_runs(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    [line] = [line for line in CRON.read_text().splitlines() if line.startswith("*")]
    fields = line.split(None, 6)
    assert fields[:6] == ["*"] * 5 + ["etl"]
    variables = dict(re.findall(r"(?m)^(ETL_\w+)=(.*)$", CRON.read_text()))
    assert set(variables) == {"ETL_CONFIG", "ETL_HOME", "ETL_LOG"}
    environ = {**site.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CHECKOUT), "ETL_CONFIG": site.url}
    environ |= {"ETL_HOME": str(site.home / "home"), "ETL_LOG": str(site.home / "log"), "LANG": "C.UTF-8"}
    command = fields[6].replace(INSTALLED, f"{sys.executable} -m etl")
    done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert site.count("in_tables.run") == 1
