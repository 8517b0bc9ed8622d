"""The index by which an instance's links are found is made when the first links are in: far cheaper then."""

import pytest

from tests.fix_company import CLAIMS, STORE, MakeSite, Site

pytestmark = pytest.mark.first_run


@pytest.mark.parametrize(("links", "runs"), [(10, 2), (10_000, 1)], ids=["few: by the next run", "many: at once"])
def test_a_new_store_gets_it_with_its_first_links(make_site: MakeSite, links: int, runs: int) -> None:
    site = make_site(CLAIMS)
    site.partner(f"insert into in_Client (in_id, name) select 'c' || n, 'x' from generate_series(1, {links}) n")
    site.partner.fill("in_Claim", {"in_id": "k", "title": "t"})
    site.partner(f"insert into in_Claim_Watchers select 'k', 'c' || n from generate_series(1, {links}) n")
    assert "_target" not in _indexed(site)
    for _ in range(runs):
        assert "_target" not in _indexed(site)
        site.partner.hand_over()
        site.run()
    assert "_target" in _indexed(site)
    assert site.count(f"{STORE}.link_Claim_Watchers") == links


def _indexed(site: Site) -> list[str]:
    """The columns that lead an index of the golden link table, other than its key."""
    rows = site.look(
        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] "
        f"where not i.indisprimary and i.indrelid = to_regclass('{STORE}.link_Claim_Watchers')"
    )
    return [row["attname"] for row in rows]
