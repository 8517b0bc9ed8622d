"""Links in long chains and in circles (failure catalogue 46, 47): sets, not walks, so length costs nothing."""

from tests.fix_company import STORE
from tests.integration.merge.conftest import Inbound

LENGTH = 10_000


def count(inbound: Inbound, where: str = "true") -> int:
    return int(inbound.site.value(f"select count(*) from {STORE}.link_Claim_Claim where {where}"))


def test_a_chain_of_ten_thousand_that_closes_into_a_circle(inbound: Inbound) -> None:
    inbound.partner(f"insert into in_Claim (in_id, title) select 'k' || n, 'x' from generate_series(1, {LENGTH}) n")
    link = "insert into in_Claim_Claim (claim_id, claim_id_2) select 'k' || n, 'k' || n + 1"
    inbound.partner(f"{link} from generate_series(1, {LENGTH - 1}) n")
    inbound.partner("insert into in_Claim_Claim values ('k1', 'k1'), ('k2', 'k1')")
    inbound.partner(f"insert into in_Claim_Claim values ('k{LENGTH}', 'k1')")
    inbound.merge()
    assert count(inbound) == LENGTH + 2
    assert count(inbound, "_owner = _target") == 1
    reached = inbound.site.value(
        f"with recursive walk as (select _id from {STORE}.bo_Claim where _in_id = 'k1' "
        f"union select l._target from walk join {STORE}.link_Claim_Claim l on l._owner = walk._id) "
        "select count(*) from walk"
    )
    assert reached == LENGTH


def test_a_chain_whose_middle_comes_last(inbound: Inbound) -> None:
    """Every link waits for one end at least; the last arrival leaves none behind."""
    link = "insert into in_Claim_Claim (claim_id, claim_id_2) select 'k' || n, 'k' || n + 1"
    inbound.partner(f"{link} from generate_series(1, {LENGTH - 1}) n")
    claim = f"insert into in_Claim (in_id) select 'k' || n from generate_series(1, {LENGTH}) n"
    inbound.partner(f"{claim} where n % 2 = 1")
    inbound.merge()
    assert count(inbound) == 0
    assert len(inbound.waiting()) == LENGTH - 1
    inbound.partner(f"{claim} where n % 2 = 0")
    outcome = inbound.merge()
    assert outcome.resolved == LENGTH - 1
    assert count(inbound) == LENGTH - 1
    assert inbound.waiting() == []
    assert inbound.partner.statuses("in_Claim_Claim") == {"DONE": LENGTH - 1}
