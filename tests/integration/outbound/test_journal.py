"""Several writers, whose transactions end in another order than they began: nothing is passed by."""

import random
from contextlib import ExitStack

from etl.database import transaction
from etl.outbound import bring_up_to_date
from tests.fix_company import OUT, STORE
from tests.integration.outbound.conftest import Outbound
from tests.integration.outbound.writers import Writer, populate, session, wrong_rows

ROUNDS, WRITERS = 25, 4


def test_several_writers_lose_nothing_but_to_a_naive_follower(outbound: Outbound) -> None:
    site = outbound.site
    populate(site, 300)
    chance = random.Random(11)
    naive_last, naive_seen, moved_twice = 0, set[int](), 0
    with site.house() as house, ExitStack() as stack:
        writers = [Writer(stack.enter_context(session(site)), random.Random(n)) for n in range(WRITERS)]

        def follow() -> dict[str, int]:
            nonlocal naive_last
            rows = site.look(f"select n from {STORE}.journal where n > {naive_last} order by n")
            naive_seen.update(row["n"] for row in rows)
            naive_last = max([naive_last, *(row["n"] for row in rows)])
            with transaction(house.engine) as connection:
                return bring_up_to_date(connection, house.versions)

        follow()
        for _ in range(ROUNDS):
            for writer in writers:
                writer.change()
            for writer in chance.sample(writers, WRITERS):
                writer.session.commit()
                follow()
                moved_twice += sum(follow().values())  # nothing is left for a second look
        written = {number for writer in writers for number in writer.numbers}
        assert len(written) > ROUNDS * WRITERS / 2
        assert wrong_rows(site, OUT) == {}
        assert moved_twice == 0
    assert written - naive_seen, "the control lost nothing: the test proves nothing"
