"""Hooks: real commands and real posts, notified of real runs; what goes wrong there stops no run."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fix_company import CLAIMS, OUT, PASSWORD, PASSWORD_VARIABLE, MakeSite, Site
from tests.integration.hooks.listener import listening

# Writes what it receives, and what it could see, into the file that it is given.
_TELL = """
import json, os, sys
received = {"event": json.load(sys.stdin), "argv": sys.argv, "environ": dict(os.environ)}
with open(sys.argv[1], "a") as file:
    file.write(json.dumps(received) + "\\n")
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", {"in_id": "a"}, {"in_id": "b", "amount": "NaN"})
    return site


def command(folder: Path, text: str = _TELL) -> str:
    script = folder / "tell.py"
    script.write_text(text)
    return f"{sys.executable} '{script}' '{folder / 'received.jsonl'}'"


def message(err: str) -> str:
    """What the one line of the log says, without its time and thread."""
    [line] = err.splitlines()
    return line.partition("] Q ")[2]


def reported(folder: Path) -> list[Any]:
    file = folder / "received.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_command_is_notified_of_a_run_on_its_standard_input(site: Site, tmp_path: Path) -> None:
    site.set(hookCommand=command(tmp_path))
    done = site.etl("run", "--json", ETL_HOOK_FAVOURITE="tea")
    assert (done.code, done.err) == (1, "")
    [one] = reported(tmp_path)
    event = one["event"]
    assert (event["event"], event["company"], event["errors"]) == ("run.done", "demo", 1)
    assert event["run"] == json.loads(done.out)["run"]
    assert event["out_schema"] == OUT
    [clients] = [receipt for receipt in event["receipts"] if receipt["in_table"] == "in_Client"]
    assert (clients["created"], clients["rejected"]) == (1, 1)
    assert one["environ"]["ETL_HOOK_FAVOURITE"] == "tea"
    assert PASSWORD_VARIABLE not in one["environ"]
    assert PASSWORD not in json.dumps(one)
    assert len(one["argv"]) == 2


def test_a_command_sees_no_variable_that_was_meant_for_others(site: Site, tmp_path: Path) -> None:
    site.write("configs/InMigrationConfig.txt", f"companyCode=demo\nhookCommand={command(tmp_path)}\n")
    site.edit("configs/InMigrationConfig.txt", "companyCode", "cleanDays:ENV=ETL_HOOK_DAYS\ncompanyCode")
    others = """
        PGPASSFILE PGOPTIONS PGSSLKEY ETL_ZOOKEEPER_PASSWORD ETL_ZOOKEEPER_KEY_PASSWORD AWS_SECRET_ACCESS_KEY
        DATABASE_URL SSH_AUTH_SOCK http_proxy LD_PRELOADED FAVOURITE ETL_HOMEWORK
    """
    secrets = dict.fromkeys(others.split(), "hunter2")
    wanted = {"LANG": "C.UTF-8", "LC_TIME": "C", "TZ": "Asia/Almaty", "ETL_HOOK_TOKEN": "t"}
    assert site.etl("run", **secrets, **wanted, ETL_HOOK_DAYS="9").code == 1
    [one] = reported(tmp_path)
    seen = one["environ"]
    assert "hunter2" not in seen.values()
    assert {name: seen[name] for name in wanted} == wanted
    assert {"PATH", "HOME"} <= set(seen)
    assert set(seen) <= {"PATH", "HOME", "LC_CTYPE", *wanted}


def test_who_is_notified_can_already_read_the_out_tables(site: Site) -> None:
    with listening() as listener:
        listener.look = lambda: site.count(f"{OUT}.client")
        site.set(hookUrl=listener.url)
        assert site.etl("run").code == 1
    assert (listener.names, listener.looks) == (["run.done"], [1])


def test_a_stopped_run_is_reported_with_its_reason(site: Site) -> None:
    with listening() as listener:
        listener.look = lambda: site.partner.marker()["ins_inkafka_status"]
        site.set(hookUrl=listener.url, errorLimit=0)
        done = site.etl("run")
    assert done.code == 3
    assert (listener.names, listener.looks) == (["run.stopped"], [2])
    assert listener.events[0]["message"] in done.err


def test_a_look_that_starts_nothing_is_not_reported(site: Site) -> None:
    with listening() as listener:
        site.set(hookUrl=listener.url)
        site.etl("run")
        site.etl("run")
    assert listener.names == ["run.done"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "import sys; sys.exit('no such file')",
            "hookCommand did not receive run.done: it ended with exit code 1: no such file",
        ),
        ("import time; time.sleep(600)", "it took longer than 1 s and was ended"),
    ],
)
def test_a_command_that_fails_stops_no_run(site: Site, tmp_path: Path, text: str, fault: str) -> None:
    site.set(hookCommand=command(tmp_path, text), hookSeconds=1)
    done = site.etl("run")
    assert done.code == 1
    assert fault in done.err
    assert site.value("select state from in_tables.run") == "done"


def test_a_command_that_is_not_there_stops_no_run(site: Site) -> None:
    site.set(hookCommand="/no/such/program")
    done = site.etl("run")
    assert done.code == 1
    assert message(done.err) == "hookCommand did not receive run.done: it cannot be started: No such file or directory"


@pytest.mark.parametrize(
    ("answer", "fault"), [(500, "it answered with status 500"), (302, "it answered with status 302")]
)
def test_an_address_that_refuses_or_sends_elsewhere_is_reported_without_its_token(
    site: Site, answer: int, fault: str
) -> None:
    with listening() as listener:
        listener.answer = answer
        site.set(hookUrl=listener.url)
        done = site.etl("run")
    assert done.code == 1
    assert message(done.err) == f"hookUrl did not receive run.done: {fault}"
    assert len(listener.events) == 1


def test_an_address_where_no_one_is_costs_one_line(site: Site) -> None:
    site.set(hookUrl="http://127.0.0.1:1/t0ken")
    done = site.etl("run")
    assert done.code == 1
    assert message(done.err) == "hookUrl did not receive run.done: Connection refused"


def test_the_address_is_a_secret(site: Site) -> None:
    site.set(hookUrl="http://127.0.0.1:1/t0ken")
    assert "t0ken" not in site.etl("config", "show").out + site.etl("config", "show", "--json").out
