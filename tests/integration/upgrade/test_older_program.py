"""The program from before migrations were recorded, started on tables of this one: it ends and writes nothing."""

import time

import pytest

from tests.fix_company import CLAIMS, ONE_AND_NIGHTLY_APART, MakeSite, Site
from tests.integration.upgrade.older import OlderProgram, written


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A run, a second version, a rejected row, and a hand-over that waits."""
    site = make_site(CLAIMS, freshnessDue="00:00", freshnessMinutes=1, cleanDays=1, pollSeconds=1)
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna", "amount": 1}, {"in_id": "bad", "amount": "NaN"})
    site.partner.hand_over()
    assert site.etl("run").code == 1
    assert site.etl("out", "build", "--version", "2").code == 0
    site.look("update in_tables.run set started_at = started_at - interval '30 days'")
    site.look("update in_tables.err set created_at = created_at - interval '30 days'")
    site.partner.fill("in_Client", {"in_id": "b", "name": "Bert", "amount": 2})
    site.partner.hand_over()
    return site


@ONE_AND_NIGHTLY_APART
def test_it_writes_nothing(site: Site, tmp_path_factory: pytest.TempPathFactory, layout: str) -> None:
    older = OlderProgram(tmp_path_factory)
    before, handed_over = written(site), site.partner("select * from process_tracking")
    run = str(site.value("select max(id) from in_tables.run"))
    for command in (
        ("run",),
        ("run", "--accept"),
        ("run", "--dry-run"),
        ("run", "--join"),
        ("undo", run),
        ("clean",),
        ("out", "build"),
        ("out", "build", "--version", "3"),
        ("out", "switch", "out_demo_1_2"),
        ("out", "rollback"),
        ("out", "retire", "out_demo_1_2"),
        ("out", "retire", "out_demo_1_2", "--on", "2000-01-01"),
        ("grants", "--apply"),
        ("status",),
    ):
        ended = older(site, *command)
        assert ended.code == 4, (command, ended)
        assert "Traceback" not in ended.err
        assert written(site) == before, command
    assert site.partner("select * from process_tracking") == handed_over
    assert site.etl("run").code == 0
    assert site.value("select count(*) from out_demo_1_2.client") == 2


@pytest.mark.nightly
def test_a_service_of_it_writes_nothing(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It keeps trying, also to note since when hand-overs are watched."""
    older = OlderProgram(tmp_path_factory)
    before = written(site)
    with older.started(site, "run", "--loop") as service:
        assert service.stdout
        seen: list[str] = []
        until = time.monotonic() + 60
        while not any("put off" in line for line in seen) and time.monotonic() < until:
            seen.append(service.stdout.readline())
        assert any("does not exist" in line for line in seen), seen
        until = time.monotonic() + 60
        while not any("fresh" in line for line in seen) and time.monotonic() < until:
            seen.append(service.stdout.readline())
    assert written(site) == before
