"""After a newer program: what may not write is refused, with both versions, and what may read does."""

import json

import pytest

from etl.engine import prepare
from etl.errors import EnvironmentFault
from tests.fix_company import APART, BOTH_LAYOUTS, CLAIMS, ONE, MakeSite, Site, ended, until
from tests.fix_database import Database
from tests.integration.upgrade.older import PROGRAM, newer, written

PARTS = ("import", "store", "out", "mirror")


def home(site: Site, part: str) -> Database:
    """Where a run meets the part first."""
    return {"import": site.database, "mirror": site.out_database}.get(part, site.store_database)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, leaseSeconds=3, heartbeatSeconds=1)
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"}, {"in_id": "a", "name": "Anna"})
    site.partner.hand_over()
    assert site.etl("run").code == 1
    site.partner.fill("in_Client", *({"in_id": f"c{n}", "name": "new"} for n in range(3)))
    site.partner.hand_over()
    return site


@BOTH_LAYOUTS
@pytest.mark.parametrize("part", PARTS)
def test_only_newer_programs_may_write(site: Site, part: str, layout: str) -> None:
    if part == "mirror" and layout != APART:
        pytest.skip("a mirror is only in an out database of its own")
    newer(site, part, home(site, part), oldest_writer=99)
    before, handed_over = written(site), site.partner("select * from process_tracking")
    run = str(site.value("select max(id) from in_tables.run"))
    commands = [
        ("run",),
        ("run", "--dry-run"),
        ("undo", run),
        ("clean",),
        ("out", "build", "--version", "3"),
        ("out", "switch", "out_demo_1_1"),
        ("out", "rollback"),
        ("out", "retire", "out_demo_1_1"),
        ("grants", "--apply"),
        ("upgrade", "start"),
    ]
    for command in commands:
        refused = site.etl(*command)
        assert refused.code == 4, (command, refused)
        assert "has version 99, made by etl 0.9.0" in refused.err, (command, refused)
        assert f"part {part} " in refused.err
        assert f"etl 0.1.0 has version {PROGRAM[part]}" in refused.err
        assert written(site) == before, command
    assert site.partner("select * from process_tracking") == handed_over
    status = site.etl("status")
    assert status.code == 0
    assert (
        f"has version 99, made by etl 0.9.0, and etl 0.1.0 has version {PROGRAM[part]}; this program may not write "
        f"there" in status.out
    )
    assert "Newest run" in status.out
    checked = json.loads(site.etl("check", "--json").out)
    [finding] = [one for one in checked["findings"] if one["what"] == f"version of {part}" and one["level"] != "ok"]
    assert (finding["level"], checked["ok"]) == ("error", False)
    assert "version 99" in finding["found"]
    assert f"version {PROGRAM[part]}" in finding["found"]


@pytest.mark.parametrize("part", ["import", "store", "out"])
def test_programs_of_this_version_may_still_write(site: Site, part: str, layout: str) -> None:
    newer(site, part, home(site, part))
    assert site.etl("run").code == 0
    shown = json.loads(site.etl("status", "--json").out)
    [found] = [one for one in shown["versions"] if one["part"] == part]
    assert (found["version"], found["program"], found["oldest_writer"], found["made_by"]) == (
        99,
        PROGRAM[part],
        1,
        "0.9.0",
    )
    assert any("has version 99" in warning for warning in shown["warnings"])
    assert site.etl("check").code == 0


@pytest.mark.parametrize("part", ["import", "store"])
def test_only_newer_programs_may_read(site: Site, part: str, layout: str) -> None:
    newer(site, part, home(site, part), oldest_writer=99, oldest_reader=99)
    status = site.etl("status")
    assert (status.code, "version 99" in status.out, f"has version {PROGRAM[part]}" in status.out) == (0, True, True)
    assert "Newest run" not in status.out
    assert json.loads(site.etl("status", "--json").out)["is_unreadable"]
    for command in (("errors",), ("waiting",), ("out", "list")):
        assert site.etl(*command).code == 4, command


@pytest.mark.parametrize(
    ("layout", "part"), [(ONE, "import"), (ONE, "store"), (APART, "store"), (APART, "out")], indirect=["layout"]
)
def test_a_run_under_way_ends_at_its_next_task(site: Site, part: str, layout: str) -> None:
    """So does a helper; and what they had claimed is taken over later."""
    site.partner("insert into in_Client (in_id, name) select 'n' || n, 'new' from generate_series(1, 50) n")
    with site.holding_after_claims():
        owner = site.start("run")
        site.wait_for_blocked()
        helper = site.start("run", "--join")
        joined = "select 1 from in_tables.runner where heartbeat_at is not null"
        until(lambda: site.look(joined), "a helper has joined")
        newer(site, part, home(site, part), oldest_writer=99)
        instances = site.count("store_demo.bo_Client")
    results = [ended(owner), ended(helper)]
    assert results[0].code == 4, results
    assert "has version 99, made by etl 0.9.0" in results[0].err
    assert results[1].code in (4, 75), results
    assert site.count("store_demo.bo_Client") == instances
    schema = "in_tables" if part == "import" else "store_demo"
    noted = f"update {schema}.etl_schema set version = {PROGRAM[part]}, oldest_writer = {PROGRAM[part]}"
    site.look(f"{noted} where part = '{part}'", at=home(site, part))
    until(lambda: site.etl("run").code != 75, "the lease has run out")
    assert site.count("store_demo.bo_Client") == 54


@pytest.mark.parametrize("part", ["import", "store", "out"])
def test_no_marker_is_won_when_an_upgrade_came_in_between(site: Site, part: str, layout: str) -> None:
    """After the runner has looked at the versions, and before it has the fence."""
    with site.runtime() as runtime:
        prepare(runtime)
        newer(site, part, home(site, part), oldest_writer=99)
        before = written(site)
        with pytest.raises(EnvironmentFault, match=f"part {part} .* has version 99"):
            runtime.handshake.acquire()
    numbers = {name: rows for name, rows in written(site).items() if not name.endswith("unit_number")}
    assert numbers == {name: rows for name, rows in before.items() if name in numbers}
