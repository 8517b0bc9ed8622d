"""Several runners and one marker, by the real command."""

import json
from typing import Any

import pytest

from tests.fix_company import CLAIMS, MakeSite, Site, ended

RUNNERS = 8
ROUNDS = 1


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", *({"in_id": f"c{n}", "name": f"Client {n}"} for n in range(100)))
    return site


def test_a_second_runner_learns_that_the_first_holds_the_marker(site: Site) -> None:
    with site.partner.holding("lock table in_Client in share mode"):
        first = site.start("run")
        site.wait_for_blocked()
        second = site.etl("run")
    assert second.code == 75
    assert second.out == ""
    [run] = site.look("select id, owner from in_tables.run")
    assert f"run {run['id']} is held by runner {run['owner']}" in second.err
    assert ended(first).code == 0
    assert site.partner.statuses("in_Client") == {"DONE": 100}
    assert site.count("in_tables.run") == 1


def test_one_of_eight_that_start_in_the_same_instant_wins(site: Site) -> None:
    for number in range(1, ROUNDS + 1):
        site.partner("update in_Client set in_status = '', name = name || '!'")
        site.partner.hand_over_by_row()
        runners = [site.start("run", "--json") for _ in range(RUNNERS)]
        results = [ended(runner) for runner in runners]
        assert {result.code for result in results} <= {0, 75}, results
        answers: list[Any] = [json.loads(result.out) for result in results if result.code == 0]
        assert len([answer for answer in answers if answer["run"]]) == 1, results
        assert site.count("in_tables.run") == number
        assert site.value("select sum(changed + created) from in_tables.migration_receipt") == 100 * number
        assert site.value("select count(*) from in_tables.run where state = 'done'") == number
