"""The program of before online changes, by its wheel, and this one on the same tables, while they get another form."""

from collections.abc import Callable

import pytest

from tests.fix_company import CLAIMS, ONLY_ONE, STORE, Ended, MakeSite, Site, ended
from tests.fix_restore import done
from tests.integration.upgrade.older import STORE_12, OlderProgram, session, written

pytestmark = ONLY_ONE
JOURNAL = f"select n, run, bo, field, instance, target, change, before from {STORE}.journal order by n"
ERR = "select * from in_tables.err order by id"

Program = Callable[..., Ended]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


@pytest.fixture
def older_program(tmp_path_factory: pytest.TempPathFactory) -> OlderProgram:
    return OlderProgram(tmp_path_factory, STORE_12)


@pytest.fixture
def older(site: Site, older_program: OlderProgram) -> Program:
    return lambda *arguments: older_program(site, *arguments)


def hand_over(site: Site, number: int) -> None:
    """Five rows and one that is rejected."""
    good = [{"in_id": f"c{n}", "name": f"Name {n} of {number}", "amount": 1} for n in range(5)]
    site.partner.redeliver("in_client", *good, {"in_id": f"bad{number}", "name": None, "amount": "NaN"})
    site.partner.hand_over()


def deliver(site: Site, number: int, program: Program) -> None:
    hand_over(site, number)
    run = program("run")
    assert run.code == 1, run
    names = {row["name"] for row in site.look("select name from out_demo.client")}
    assert names == {f"Name {n} of {number}" for n in range(5)}


def refused(site: Site, program: Program, number: int) -> None:
    hand_over(site, number)
    before = written(site)
    for command in (("run",), ("clean",), ("undo", str(site.value("select max(id) from in_tables.run")))):
        answer = program(*command)
        assert (answer.code, "install the newer etl" in answer.err) == (4, True), (command, answer)
    assert written(site) == before


def rows(site: Site) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    return site.look(JOURNAL), site.look(ERR)


def test_both_write_until_the_switch_and_after_a_rollback(site: Site, older: Program) -> None:
    deliver(site, 1, older)
    done(site.etl("upgrade", "start"))
    deliver(site, 2, older)
    done(older("clean"))
    deliver(site, 3, site.etl)
    done(site.etl("upgrade", "start"))
    whole = rows(site)
    assert len(whole[1]) == 3
    done(site.etl("upgrade", "switch"))
    assert rows(site) == whole
    refused(site, older, 4)
    deliver(site, 5, site.etl)
    whole = rows(site)
    done(site.etl("upgrade", "rollback"))
    assert rows(site) == whole
    deliver(site, 6, older)
    deliver(site, 7, site.etl)
    whole = rows(site)
    for words in (("start",), ("switch",), ("finish", "--yes")):
        done(site.etl("upgrade", *words))
    assert rows(site) == whole
    refused(site, older, 8)
    assert site.etl("run").code == 1


@pytest.mark.nightly
def test_one_that_knows_no_pins_writes_until_there_is_one(site: Site, older: Program) -> None:
    deliver(site, 1, older)
    deliver(site, 2, site.etl)
    deliver(site, 3, older)
    done(site.etl("pin", "Client", "c1", "Name", "Pinned", "--reason", "says so herself"))
    refused(site, older, 4)
    assert site.etl("run").code == 1
    names = {row["name"] for row in site.look("select name from out_demo.client")}
    assert names == {"Pinned"} | {f"Name {n} of 4" for n in (0, 2, 3, 4)}
    done(site.etl("pin", "remove", "Client", "c1", "Name"))
    refused(site, older, 5)


@pytest.mark.parametrize("is_older_first", [True, False], ids=["older first", "newer first"])
def test_they_share_no_run(site: Site, older: Program, older_program: OlderProgram, is_older_first: bool) -> None:
    """While the tables are copied: who comes second leaves the run alone."""
    hand_over(site, 1)
    assert site.etl("run").code == 1
    done(site.etl("upgrade", "start"))
    hand_over(site, 2)
    second: Program = site.etl if is_older_first else older
    with site.holding_after_claims():
        if is_older_first:
            with older_program.started(site, "run") as owner:
                site.wait_for_blocked()
                alone(site, second)
                owner.kill()
        else:
            process = site.start("run")
            site.wait_for_blocked()
            alone(site, second)
            process.kill()
            ended(process)


def alone(site: Site, second: Program) -> None:
    answer = second("run", "--join")
    assert answer.code == 75, answer
    assert "is left alone" in answer.err + answer.out, answer
    with session(site.database) as looked:
        [found] = looked.execute("select count(*) as n from in_tables.runner where heartbeat_at is not null").fetchall()
    assert found["n"] == 0
