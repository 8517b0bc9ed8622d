"""Real, dirty data from in_ tables to out_ tables, by the real command."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from etl.embedded import EmbeddedServer
from tests.acceptance import openflights
from tests.fix_company import (
    CODE,
    IMPORT_CONFIG,
    ONLY_THREE_SERVERS,
    OUT,
    OUT_CONFIG,
    STORE,
    MakeSite,
    Partner,
    Session,
    Site,
    ended,
    start_etl,
)

ROWS = {"Country": 259, "Airport": 7_698, "Airline": 6_162, "Route": 67_663}
LINKS = {
    "_Airport_Country_": 7_551,
    "_Route_Airline_": 67_184,
    "_Route_Source_": 67_180,
    "_Route_Destination_": 67_175,
}
WAITING = {("Airport", "Country"): 147, ("Route", "Source"): 263, ("Route", "Destination"): 267}


@pytest.fixture
def site(make_site: MakeSite, zookeeper_url: str) -> Site:
    site = make_site(openflights.documents(), url=zookeeper_url)
    site.look(f"grant create on database {site.database.name} to {site.partner.session.info.user}")
    openflights.stage(site.partner)
    return site


def counts(site: Site, tables: dict[str, int]) -> dict[str, int]:
    return {table: site.count(f"{OUT}.{table}") for table in tables}


def waiting(site: Site) -> dict[tuple[str, str], int]:
    rows = site.look(f"select bo, field, count(*) as n from {STORE}.boi_reference group by bo, field")
    return {(row["bo"], row["field"]): row["n"] for row in rows}


def run(site: Site) -> Any:
    result = site.etl("run", "--json")
    assert result.code == 0, result.err
    return json.loads(result.out)


@pytest.mark.nightly
def test_from_in_to_out_by_zookeeper_and_a_password(site: Site) -> None:
    partner = site.partner

    openflights.deliver(partner)
    partner.hand_over()
    first = run(site)
    assert counts(site, ROWS) == ROWS
    assert counts(site, LINKS) == LINKS
    assert waiting(site) == WAITING
    assert partner.marker()["ins_inkafka_status"] == 1
    assert partner.statuses("in_Route_Source") == {"DONE": 67_180, "WAITING": 263}
    assert sum(receipt["created"] for receipt in first["receipts"]) == sum(ROWS.values()) + sum(LINKS.values())
    assert first["errors"] == 0

    airports = openflights.deliver_missing_airports(partner)
    partner.hand_over_by_row()
    second = run(site)
    assert second["resolved"] == 263 + 267
    assert counts(site, ROWS) == ROWS | {"Airport": 7_698 + airports}
    assert counts(site, LINKS) == LINKS | {"_Route_Source_": 67_180 + 263, "_Route_Destination_": 67_175 + 267}
    assert waiting(site) == {("Airport", "Country"): 147}
    assert partner.statuses("in_Route_Source") == {"DONE": 67_443}
    arrived = (
        f"select count(*) from {OUT}._Route_Source_ l join {STORE}.bo_Airport a on a._id = l.Source_id "
        "where a.Name = 'Airport ' || a._in_id"
    )
    assert site.value(arrived, at=site.out_database) == 263

    before = site.fingerprint()
    openflights.deliver(partner)
    partner.hand_over()
    third = run(site)
    assert {table: rows for table, rows in third["out"].items() if rows} == {}
    assert [receipt["claimed"] for receipt in third["receipts"]] == [
        receipt["unchanged"] + receipt["waiting"] for receipt in third["receipts"]
    ]
    assert site.fingerprint() == before


@pytest.mark.nightly
@ONLY_THREE_SERVERS
def test_over_three_servers(make_site: MakeSite) -> None:
    site = make_site(openflights.documents())
    assert len({database.port for database in (site.database, site.store_database, site.out_database)}) == 3
    site.look(f"grant create on database {site.database.name} to {site.partner.session.info.user}")
    openflights.stage(site.partner)
    openflights.deliver(site.partner)
    site.partner.hand_over()
    first = run(site)
    assert counts(site, ROWS) == ROWS
    assert counts(site, LINKS) == LINKS
    assert waiting(site) == WAITING
    assert site.partner.statuses("in_Route_Source") == {"DONE": 67_180, "WAITING": 263}
    assert sum(receipt["created"] for receipt in first["receipts"]) == sum(ROWS.values()) + sum(LINKS.values())

    airports = openflights.deliver_missing_airports(site.partner)
    site.partner.hand_over_by_row()
    assert run(site)["resolved"] == 263 + 267
    assert counts(site, ROWS) == ROWS | {"Airport": 7_698 + airports}
    assert counts(site, LINKS) == LINKS | {"_Route_Source_": 67_180 + 263, "_Route_Destination_": 67_175 + 267}
    assert site.partner.statuses("in_Route_Source") == {"DONE": 67_443}


def test_on_the_embedded_default(open_folder: Path) -> None:
    """Nothing is configured but the company: the tree in the home of etl, the server from the wheel."""
    config = open_folder / "config"
    texts = {f"companies/{CODE}/business-objects/{code}.yaml": text for code, text in openflights.documents().items()}
    texts |= {IMPORT_CONFIG: "hasInMigration=true", OUT_CONFIG: "hasOutMigration=true"}
    for path, text in texts.items():
        (config / path).parent.mkdir(parents=True, exist_ok=True)
        (config / path).write_text(text)

    def etl(*arguments: str) -> str:
        result = ended(start_etl(*arguments, environ={"ETL_HOME": str(open_folder)}, cwd=open_folder))
        assert result.code == 0, result.err
        return result.out

    etl("generate-ddl", "--apply")
    with EmbeddedServer(open_folder) as server, _superuser(server) as session:
        partner = Partner(session)
        openflights.stage(partner)
        openflights.deliver(partner)
        assert "259" in etl("run")
        for table, rows in {**ROWS, **LINKS}.items():
            assert partner(f"select count(*) as n from {OUT}.{table}") == [{"n": rows}]


def _superuser(server: EmbeddedServer) -> Session:
    return psycopg.connect(
        host=str(server.socket_dir),
        port=server.port,
        user=server.username,
        dbname="etl",
        options="-c search_path=in_tables",
        autocommit=True,
        row_factory=dict_row,
    )
