"""The files of share/etl/ for systemd, cron and commands by hand: units are sound by systemd's tool, commands run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documentation import CHECKOUT
from tests.fix_company import CLAIMS, MakeSite, Site

SCRIPT = CHECKOUT / "scripts/units"
UNITS = CHECKOUT / "share/etl/systemd"
CRON = CHECKOUT / "share/etl/cron"
BY_HAND = CHECKOUT / "share/etl/sbin/etl"
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
    words = ["metrics --listen 127.0.0.1:9108", "run", "run --loop", "web"]
    assert sorted(commands()) == [f"{INSTALLED} {one}" for one in words]
    for command in commands():
        assert site.etl(*shlex.split(command)[1:], "--help").code == 0


def run_line(site: Site, text: str) -> tuple[str, "subprocess.CompletedProcess[str]"]:
    """The times of a file's only line, and its command, as cron runs it: by a bare sh with the file's variables."""
    [line] = [line for line in text.splitlines() if not re.match(r"#|\w+=", line)]
    *times, account, command = line.split(None, 6)
    assert account == "etl"
    variables = dict(re.findall(r"(?m)^(\w+)=(.*)$", text))
    assert set(variables) == {"SHELL", "ETL_CONFIG", "ETL_HOME", "ETL_LOG"}
    environ = {**site.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CHECKOUT), "ETL_CONFIG": site.url}
    environ |= {"ETL_HOME": str(site.home / "home"), "ETL_LOG": str(site.home / "log"), "LANG": "C.UTF-8"}
    assert INSTALLED in command
    command = command.replace(INSTALLED, f"{sys.executable} -m etl")
    done = subprocess.run([variables["SHELL"], "-c", command], env=environ, capture_output=True, text=True, check=False)
    return " ".join(times), done


def test_the_lines_for_cron_run(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    times, done = run_line(site, (CRON / "etl").read_text())
    assert (times, done.returncode, done.stdout, done.stderr) == ("* * * * *", 0, "", "")
    assert site.count("in_tables.run") == 1
    backups = site.home / "backups"
    times, done = run_line(site, (CRON / "etl-backup").read_text().replace("/var/backups/etl", str(backups)))
    assert (times, done.returncode, done.stdout, done.stderr) == ("15 1 * * *", 0, "", "")
    assert len(list(backups.iterdir())) == 1
    assert {path.name for path in CRON.iterdir()} == {"etl", "etl-backup"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.parametrize("has_passwords", [True, False])
def test_commands_by_hand_have_account_folders_and_passwords(tmp_path: Path, has_passwords: bool) -> None:
    """As in a clean Debian, where the account is that of the service: tests/acceptance/test_packages.py."""
    passwords, program = tmp_path / "etl.env", tmp_path / "etl"
    if has_passwords:
        passwords.write_text("SHOP_PASSWORD='a b$c'\n")
    text = BY_HAND.read_text()
    for name, own in {"-u etl": "-u root", INSTALLED: "/usr/bin/env", "/etc/etl.env": str(passwords)}.items():
        assert name in text
        text = text.replace(name, own)
    program.write_text(text)
    done = subprocess.run(
        ["sh", program, "-u", "OLDPWD"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )
    given = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    assert {name: value for name, value in given.items() if name.startswith("ETL_")} == {
        "ETL_CONFIG": "file:/etc/etl",
        "ETL_HOME": "/var/lib/etl",
        "ETL_LOG": "/var/log/etl",
    }
    assert given.get("SHOP_PASSWORD") == ("a b$c" if has_passwords else None)
