"""The SQL of docs/ runs, as the roles that it is written for."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from etl.cli.errors import errors
from etl.cli.out import out
from tests.acceptance.service import serving
from tests.documentation import (
    ERRORS,
    MONITORING,
    OPERATOR,
    PARTNER,
    PRIVILEGES,
    SERVICE,
    STORE,
    VERSIONS,
    blocks,
    business_objects,
    table,
    words,
)
from tests.fix_company import MakeSite, Site
from tests.integration.hooks.listener import listening

Row = dict[str, Any]
# The run that docs/store.md shows.
A_RUN = "1883183505293180928"


class Session:
    """A role's session in the site's database, where the names of docs stand for this test's own."""

    def __init__(self, site: Site, role: str = "") -> None:
        database = site.database
        self.names = {"shop_partner": f"shop_{database.name}", "shop_reader": f"reader_{database.name}"}
        self.names["etl login"] = f"etl_{database.name} login"
        self.names |= {"database shop to etl": f"database {database.name} to etl_{database.name}"}
        self.names |= {"etl_console to etl": f"etl_console to {site.engine_role}"}
        self.names |= {"etl_console": f"console_{database.name}"}
        self._session = psycopg.connect(
            host=database.host,
            port=database.port,
            dbname=database.name,
            user=database.username,
            autocommit=True,
            row_factory=dict_row,
        )
        if role:
            self._session.execute(f"set role {self.names.get(role, role)}")

    def __call__(self, query: str, parameters: Sequence[Any] | None = None) -> list[Row]:
        cursor = self._session.execute(self.named(query), parameters)
        return list(cursor.fetchall()) if cursor.description else []

    def named(self, text: str) -> str:
        """The text with this test's own names."""
        for name, own in self.names.items():
            text = text.replace(name, own)
        return text

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site({path.split("/")[-1].removesuffix(".yaml"): text for path, text in business_objects().items()})


@pytest.fixture
def partner(site: Site) -> Iterator[Session]:
    """The role that privileges.md makes, with the privileges that it grants and no others."""
    administrator = Session(site)
    for roles in (block.text for block in blocks(PRIVILEGES) if block.language == "sql"):
        administrator(roles)
    for line in (line for block in blocks(PRIVILEGES) if block.language == "sh" for line in block.lines):
        program, *arguments = [administrator.named(word) for word in shlex.split(line, comments=True)]
        done = site.etl(*arguments)
        assert (program, done.code, done.err) == ("etl", 0, ""), line
        assert done.out
    session = Session(site, "shop_partner")
    yield session
    for one in (administrator, session):
        one.close()


def test_the_partner_page_runs(site: Site, partner: Session) -> None:
    answers = []
    for block in blocks(PARTNER):
        if block.language == "run":
            assert site.run().run
        if block.language == "sql":
            answers.append(partner(block.text))
    [marker] = answers[2]
    assert (marker["load_status"], marker["ins_inkafka_status"], marker["occupied_by_process"]) == (1, 1, 0)
    [compared] = answers[5]
    assert (compared["given"], compared["missing"], compared["extra"], compared["different"]) == (2, 0, 0, 0)
    assert {(row["in_table"], row["in_status"], row["reason"].split(":")[0]) for row in answers[8]} == {
        ("in_Client", "", f"process_tracking id={marker['id'] + 2} was read before they were ready"),
        ("in_Contract", "ERROR", "rejected"),
        ("in_Contract_Buyer", "WAITING", "an end of the link has not come"),
    }
    assert [(row["in_id"], row["code"], row["value"]) for row in answers[9]] == [("k-2", "OPTION_UNKNOWN", "open")]
    assert partner("select in_id from in_tables.in_Contract where in_status <> 'DONE'") == []
    assert partner("select 1 from in_tables.in_Contract_Buyer where in_status <> 'DONE'") == []
    assert site.look("select name from out_demo_1_1.client order by name") == [{"name": "Aigerim"}, {"name": "Madina"}]
    assert site.count("out_demo_1_1._contract_buyer_") == 2


def test_a_file_arrives(site: Site, partner: Session) -> None:
    [file] = [block.text for block in blocks(PARTNER) if "insert into in_tables.in_fileStorage" in block.text]
    partner(file)
    site.run()
    [row] = partner("select uploaded, out_file_id from in_tables.in_fileStorage where file_id = 'scan-1'")
    assert row["uploaded"]
    assert row["out_file_id"]


def test_a_receipt_adds_up(site: Site, partner: Session) -> None:
    sql = [block.text for block in blocks(PARTNER) if block.language == "sql"]
    [receipts] = [text for text in sql if "migration_receipt" in text]
    partner(sql[0])
    site.run()
    rows = partner(receipts)
    assert len(rows) == 3
    for row in rows:
        table_name, claimed, *outcomes = row.values()
        assert claimed == sum(outcomes), table_name


def test_the_partner_only_reads_what_the_engine_writes(site: Site, partner: Session) -> None:
    site.run()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        partner("delete from in_tables.err")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        partner("update in_tables.run_fence set fence = 9")


def test_the_columns_are_those_of_the_tables(site: Site) -> None:
    columns = "select column_name from information_schema.columns where table_schema = 'in_tables' and table_name = %s"
    rows = {row["column_name"] for row in site.look(columns, ["in_client"])}
    reported = {name for row in table(PARTNER, "column | whose | meaning") for name in words(row[0])}
    assert reported | {"name", "email"} == rows
    marker = {name for row in table(PARTNER, "column | meaning") for name in words(row[0])}
    assert marker <= {row["column_name"] for row in site.look(columns, ["process_tracking"])}


def test_the_view_of_the_operator_page_answers(site: Site) -> None:
    site.run()
    [*_, view] = [block.text for block in blocks(OPERATOR) if block.language == "sql"]
    assert {row["state"] for row in site.look(view)} == {"done"}


def test_the_commands_of_the_service_page_run(site: Site) -> None:
    [block] = [block for block in blocks(SERVICE) if block.language == "sh"]
    *lines, last = [shlex.split(line, comments=True)[1:] for line in block.lines]
    for arguments in lines:
        assert site.etl(*arguments).code == 0, arguments
    assert last == ["run", "--loop"]
    site.partner.hand_over()
    with serving(site) as service:
        service.wait_for_runs(1)
        service.signal(signal.SIGTERM)
        assert service.wait_for_exit() == 143


def test_the_commands_of_the_pages_run(site: Site, partner: Session) -> None:
    partner(next(block.text for block in blocks(PARTNER) if block.language == "sql"))
    site.run()
    newest = str(site.look("select max(id) as id from in_tables.run")[0]["id"])
    commands = [
        block for page in (ERRORS, OPERATOR, VERSIONS, STORE) for block in blocks(page) if block.language == "sh"
    ]
    lines = [shlex.split(line.replace(A_RUN, newest), comments=True) for block in commands for line in block.lines]
    assert {line[2] for line in lines if line[1] == "errors"} == set(errors.commands)
    of_readers = {"reader"}  # docs/readers.md, which has tests of its own
    assert {line[2] for line in lines if line[1] == "out"} == set(out.commands) - of_readers
    for command, *arguments in lines:
        done = site.etl(*arguments, ETL_HOME=str(site.home / "no embedded server"))
        assert (command, done.code, done.err) == ("etl", 0, ""), arguments
        assert done.out
    assert (site.home / "errors.csv").read_text().count("OPTION_UNKNOWN") == 1


def test_the_commands_of_the_monitoring_page_run(site: Site, partner: Session) -> None:
    partner(next(block.text for block in blocks(PARTNER) if block.language == "sql"))
    site.run()
    lines = [line for block in blocks(MONITORING) if block.language == "sh" for line in block.lines]
    program = f'etl() {{ {shlex.quote(sys.executable)} -m etl "$@"; }}\n'
    environ = {**os.environ, **site.environ, "ETL_CONFIG": site.url}
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", program + line], cwd=site.home, env=environ, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), line
    assert 'etl_up{company="demo"} 1.0' in (site.home / "etl.prom").read_text()


def test_the_checks_of_the_monitoring_page_are_those_that_are_made(site: Site) -> None:
    site.set(freshnessMinutes=60)
    site.run()
    reported = [name for row in table(MONITORING, "what | checked") for name in words(row[0])]
    made = [finding["what"] for finding in json.loads(site.etl("check", "--json").out)["findings"]]
    assert [name for name in reported if name in made] == list(dict.fromkeys(made))
    assert set(reported) - set(made) == {
        "server settings",
        "certificate",
        "certificate for Kafka",
        "authorities for Kafka",
        "PostgreSQL",
        "ZooKeeper",
        "locks",
        "sequences",
        "viewers",
        "run",
        "directory",
    }  # nothing is wrong with them


def test_the_events_of_the_monitoring_page_hold_what_it_says(site: Site) -> None:
    [example] = [json.loads(block.text) for block in blocks(MONITORING) if block.language == "json"]
    rows = {name: words(row[2]) for row in table(MONITORING, "event | when | also holds") for name in words(row[0])}
    with listening() as listener:
        site.set(hookUrl=listener.url, freshnessMinutes=60)
        site.etl("run")
        site.look("update in_tables.run set started_at = now() - interval '2 hours'")
        site.etl("run")
    done, late = listener.events
    assert {done["event"], late["event"]} <= set(rows)
    assert list(late) == list(example)
    assert list(done)[4:] == rows["run.done"]
    assert list(late)[4:] == rows["feed.late"]
