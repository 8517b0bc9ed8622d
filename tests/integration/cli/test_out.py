"""`etl out` by the real command."""

import json
from typing import Any

import pytest

from tests.fix_company import CLAIMS, OUT, MakeSite, Site

pytestmark = pytest.mark.first_run

SECOND = "out_demo_1_2"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", {"in_id": "c", "name": "Cora"})
    site.partner.hand_over()
    return site


def out(site: Site, *arguments: str, code: int = 0) -> Any:
    done = site.etl("out", *arguments, "--json")
    assert done.code == code, done.err
    return json.loads(done.out) if code == 0 else done.err


def test_before_the_first_run_there_is_nothing(site: Site) -> None:
    assert out(site, "list") == []
    assert "There is no version yet" in site.etl("out", "list").out
    assert "there is no golden store" in out(site, "build", code=2)
    assert "there is no golden store" in out(site, "switch", "1", code=2)


def test_the_life_of_a_version(site: Site) -> None:
    site.run()
    [first] = out(site, "list")
    assert (first["schema_name"], first["state"], first["percent"], first["behind"]) == (OUT, "current", 100, 0)
    assert (first["lag_seconds"], first["last_read_at"], first["retire_on"]) == (0.0, None, None)
    built = out(site, "build", "--version", "2")
    assert (built["schema"], built["is_new"], built["rows"]["upserted"]) == (SECOND, True, 1)
    assert out(site, "build", "--version", "2")["is_new"] is False
    assert out(site, "switch", "2") == {
        "current": SECOND,
        "previous": OUT,
        "views": {"_claim_client_": "replace", "_claim_watchers_": "replace", "claim": "replace", "client": "replace"},
    }
    assert out(site, "rollback")["current"] == OUT
    assert "no version was current before" in out(site, "rollback", code=2)
    status = out(site, "status")
    assert (status["views"], status["current"], status["environment"]) == ("out_demo", OUT, OUT)
    shown = site.etl("out", "status").out.splitlines()
    assert shown[0] == f"out_demo shows {OUT}; the environment names {OUT}."
    counts_reads = site.value("select current_setting('server_version_num')::int >= 150000")  # docs/versions.md
    unread = "never read" if counts_reads else "reads are not counted"
    assert shown[2] == f"{SECOND}: live, up to date, {unread}."
    assert first["are_reads_counted"] == counts_reads
    assert out(site, "retire", "2", "--on", "2999-01-31")["retire_on"] == "2999-01-31"
    assert "retires on 2999-01-31" in site.etl("out", "status").out
    assert "2999-01-31" in site.etl("out", "list").out
    assert "its announced day is 2999-01-31" in out(site, "retire", "2", code=2)
    assert out(site, "retire", "2", "--keep")["retire_on"] is None
    force = () if counts_reads else ("--force",)
    assert out(site, "retire", SECOND, *force) == {"schema": SECOND, "is_dropped": True, "retire_on": None}
    assert [one["schema_name"] for one in out(site, "list")] == [OUT]


def test_what_a_version_has_not_followed_is_its_lag(site: Site) -> None:
    site.run()
    site.write("configs/OutMigrationPostgresConfig.txt", "hasOutMigration=false")
    site.partner.redeliver("in_Client", {"in_id": "c", "name": "Cara"}, {"in_id": "d", "name": "Dora"})
    site.partner.hand_over()
    site.run()
    [version] = out(site, "list")
    assert version["behind"] == 2
    assert version["lag_seconds"] > 0
    assert "2 changes behind" in site.etl("out", "status").out


def test_days_and_force_exclude_each_other(site: Site) -> None:
    site.run()
    for options in (["--on", "2999-01-31", "--force"], ["--on", "2999-01-31", "--keep"], ["--keep", "--force"]):
        assert "exclude each other" in out(site, "retire", "1", *options, code=2)


def test_what_build_says_without_a_terminal(site: Site) -> None:
    site.run()
    assert site.etl("out", "build", "--version", "2").out == f"{SECOND} is made and whole: 1 rows written.\n"
    refused = site.etl("out", "build", "--version", "")
    assert (refused.code, refused.out) == (2, "")
    assert "--version: is empty: name a version, or leave the option out" in refused.err
    assert [one["schema_name"] for one in out(site, "list")] == [OUT, SECOND]


def test_the_readers_of_a_version(site: Site) -> None:
    assert "There is no reader" in site.etl("out", "reader", "list").out
    site.run()
    added = site.etl("out", "reader", "add", "warehouse", "--role", site.partner_role).out
    assert added == (
        f"warehouse is now a reader of {OUT}, for members of {site.partner_role}; "
        f"it asks {OUT}_reader.ask('warehouse').\n"
    )
    assert "is already a reader" in site.etl("out", "reader", "add", "warehouse", "--role", site.partner_role).out
    [line] = [line for line in site.etl("out", "reader", "list").out.splitlines() if "warehouse" in line]
    assert line.split()[:2] == [OUT, "warehouse"]
    assert "full delivery next" in line
    assert "is a full delivery" in site.etl("out", "reader", "reset", "warehouse").out
    assert site.etl("out", "reader", "remove", "warehouse").out == f"warehouse is no reader of {OUT} any more.\n"
    assert "the server has no role `demo_reader`" in out(site, "reader", "add", "warehouse", code=2)
