"""Sequences that are behind the numbers of their tables, as a restore by other means may leave them."""

import etl.monitoring
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, CODE, STORE, MakeSite, Site

SEQUENCES = ("in_tables.err_id_seq", "in_tables.task_id_seq", f"{STORE}.journal_n_seq")


def deliver(site: Site, number: int) -> None:
    """A client and a claim that are new, and a link without an end, which is an error."""
    site.partner.redeliver("in_client", {"in_id": f"c{number}", "name": f"Name {number}"})
    site.partner.redeliver("in_claim", {"in_id": f"k{number}", "title": f"Claim {number}"})
    site.partner.redeliver("in_claim_client", {"claim_id": "", "client_id": "c0"})
    site.partner.hand_over()


@BOTH_LAYOUTS
def test_a_run_raises_them_before_it_writes(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    for number in range(2):
        deliver(site, number)
        assert site.etl("run").code == 1
    was_behind = [site.value(f"select last_value from {name}") for name in SEQUENCES]
    assert min(was_behind) > 1
    for name in SEQUENCES:
        site.look(f"select setval('{name}', 1)")
    warned = [one for one in etl.monitoring.check(site.url, CODE, site.environ) if one.what == "sequences"]
    assert [one.found for one in warned] == [
        f"in_tables.task_id_seq is at 1, and task.id has {was_behind[1]} already",
        f"in_tables.err_id_seq is at 1, and err.id has {was_behind[0]} already",
        f"{STORE}.journal_n_seq is at 1, and journal.n has {was_behind[2]} already",
    ]

    deliver(site, 2)
    ended = site.etl("run")
    assert (ended.code, ended.err.count("it was raised to")) == (1, 3)
    assert len(site.errors()) == 1
    newest = f"select max(run) from {STORE}.journal"
    assert site.value(f"select min(n) from {STORE}.journal where run = ({newest})") == was_behind[2] + 1
    assert not [one for one in etl.monitoring.check(site.url, CODE, site.environ) if one.what == "sequences"]
    deliver(site, 3)
    assert "it was raised" not in site.etl("run").err
