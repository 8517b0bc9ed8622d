"""`etl demo` as a newcomer meets it: in a pipe, twice, beside data of the user's own."""

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from etl.config import open_source
from etl.demo.stage import configuration
from etl.embedded import EmbeddedServer
from etl.metadata import parse_company
from etl.resources import folder
from etl.settings import parse_settings
from tests.fix_company import Ended, ended, start_etl
from tests.json_answers import read_answer

SECONDS = 60


@pytest.fixture
def home(open_folder: Path) -> Path:
    """A home of etl of this test alone, not made yet."""
    return open_folder / "home"


def start(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    return start_etl(*arguments, environ={"ETL_HOME": str(home)}, cwd=home.parent)


def etl(home: Path, *arguments: str) -> Ended:
    return ended(start(home, *arguments))


def played(home: Path) -> dict[str, Any]:
    """The one JSON object of a demo that went well."""
    result = etl(home, "demo", "--json")
    assert (result.code, result.err) == (0, ""), result
    found: dict[str, Any] = read_answer(result.out)
    return found


def counts(run: dict[str, Any], table: str) -> dict[str, int]:
    [receipt] = [one for one in run["outcome"]["receipts"] if one["in_table"] == table]
    return {name: rows for name, rows in receipt.items() if name != "in_table" and rows}


def test_it_shows_the_way(home: Path) -> None:
    result = etl(home, "demo")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in result.out
    for words in ("created", "changed", "unchanged", "removed", "rejected", "waiting", "found both ends"):
        assert words in result.out
    assert lines[-1].endswith(" demo --web")
    assert "serves the console at http://127.0.0.1:8080/" in lines[-2]
    assert "  NUMBER_NOT_FINITE  in_ClientClaim.Amount  NaN  C-100, C-200, C-300" in lines
    [status] = [line.split(" ", 1)[1] for line in lines if line.endswith(" status")]
    assert "Newest run" in etl(home, *status.split()[-3:]).out


def test_the_console_shows_its_data(home: Path) -> None:
    process = start(home, "demo", "--web", "--listen", "127.0.0.1:0")
    assert process.stdout
    try:
        lines = iter(process.stdout.readline, "")
        address = next(found[1] for line in lines if (found := re.match(r"Serving (http://\S+/) until Ctrl-C", line)))
        with urllib.request.urlopen(f"{address}api/v1/c/demo/now") as answer:
            now = json.loads(answer.read())
    finally:
        process.send_signal(signal.SIGTERM)
    assert (now["state"], now["values"]["rows"], now["values"]["claimed"]) == ("rejected", 1, 507)
    assert ended(process).code == 143


def test_what_it_tells_is_what_happened(home: Path) -> None:
    first, second = played(home)["runs"]
    assert counts(first, "in_NaturalPerson") == {"claimed": 2002, "created": 2000, "rejected": 2}
    assert counts(first, "in_ClientClaim") == {"claimed": 1500, "created": 1495, "rejected": 5}
    assert counts(first, "in_ClientClaim_CoClient_NaturalPerson") == {"claimed": 1000, "created": 975, "waiting": 25}
    assert counts(first, "in_ClientClaim_CoClient_LegalPerson") == {"claimed": 500, "created": 495, "waiting": 5}
    assert counts(second, "in_NaturalPerson") == {"claimed": 157, "created": 22, "changed": 120, "removed": 15}
    assert counts(second, "in_LegalPerson") == {"claimed": 305, "created": 5, "unchanged": 300}
    assert counts(second, "in_ClientClaim") == {"claimed": 5, "created": 4, "rejected": 1}
    assert second["outcome"]["resolved"] == 29
    assert [row["links"] for row in second["waiting"]] == [1]
    codes = sorted(fault["code"] for fault in first["faults"])
    assert codes == ["NO_ID"] * 2 + ["NUMBER_NOT_FINITE"] * 3 + ["OPTION_UNKNOWN"] * 2
    assert [run["exit_code"] for run in (first, second)] == [1, 1]


@pytest.mark.nightly
def test_a_second_demo_is_as_the_first(home: Path) -> None:
    def reported() -> str:
        text = etl(home, "demo").out
        return re.sub(r"[A-Za-z0-9@~]{16}|Run \d+ took [\d.]+ s", "…", text)

    first = reported()
    (home / "demo/config/companies/demo/business-objects/Stray.yaml").write_text("code: Stray")
    assert reported() == first


def test_what_the_user_has_stays(home: Path) -> None:
    assert etl(home, "config", "init").code == 0
    before = {path: path.read_bytes() for path in (home / "config").rglob("*") if path.is_file()}
    with EmbeddedServer(home) as server:
        place = f"host={server.socket_dir} port={server.port} user={server.username}"
        with psycopg.connect(f"{place} dbname=postgres", autocommit=True) as session:
            session.execute("create database etl")
        with psycopg.connect(f"{place} dbname=etl") as session:
            session.execute("create schema in_tables create table in_tables.mine (n int)")
        played(home)
        with psycopg.connect(f"{place} dbname=etl") as session:
            names = session.execute("select nspname from pg_namespace where nspname !~ '^pg_' order by 1").fetchall()
            assert names == [("in_tables",), ("information_schema",), ("public",)]
            assert session.execute("select count(*) from in_tables.mine").fetchone() == (0,)
    assert {path: path.read_bytes() for path in (home / "config").rglob("*") if path.is_file()} == before


@pytest.mark.nightly
def test_the_version_of_the_environment_does_not_count(home: Path) -> None:
    process = start_etl(
        "demo", "--json", environ={"ETL_HOME": str(home), "MYBPM_OUT_MIGRATION_VERSION": "7"}, cwd=home.parent
    )
    assert json.loads(ended(process).out)["schemas"]["out_schema"] == "out_demo_1_1"


@pytest.fixture
def staying(home: Path) -> Iterator["subprocess.Popen[str]"]:
    process = start(home, "demo", "--stay", "--json")
    yield process
    process.kill()
    process.communicate()


def test_it_stays_for_psql_until_ctrl_c(home: Path, staying: "subprocess.Popen[str]") -> None:
    assert staying.stdout is not None
    psql = json.loads(staying.stdout.readline())["psql"].split()
    place = dict(zip(psql[1:-1:2], psql[2:-1:2], strict=True))
    with psycopg.connect(host=place["-h"], port=place["-p"], user=place["-U"], dbname=psql[-1]) as session:
        row = session.execute("select count(*) from out_demo_1_1.naturalperson").fetchone()
    assert row == (2007,)
    second = etl(home, "demo")
    assert (second.code, second.out) == (75, "")
    assert second.err.startswith("etl: another `etl demo` plays in ")
    staying.send_signal(signal.SIGINT)
    assert staying.wait(SECONDS) == 0
    assert not (home / "postgres/postmaster.pid").exists()


def test_its_configuration_is_sound() -> None:
    with open_source(str(folder("zk_config"))) as samples:
        texts = configuration(samples.snapshot().contents)
    settings = parse_settings(texts, origin="demo", company=None, environ={})
    assert (settings.import_database.host, settings.import_database.database) == ("", "etl_demo")
    documents = {path: text for path, text in texts.items() if path.startswith("companies/demo/")}
    codes = [bo.code for bo in parse_company("demo", documents).objects]
    assert codes == ["NaturalPerson", "LegalPerson", "Client", "ClientClaim", "NaturalClaim"]


def test_a_folder_that_cannot_be_used(open_folder: Path) -> None:
    (open_folder / "file").touch()
    result = etl(open_folder / "file", "demo")
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith("etl: the demo cannot use its folder")
    assert len(result.err.splitlines()) == 1
