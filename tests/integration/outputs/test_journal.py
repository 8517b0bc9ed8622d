"""Several writers, whose transactions end in another order than they began: nothing is passed by."""

import random
from contextlib import ExitStack

from etl.runs import Counters
from tests.fix_company import OUT, STORE
from tests.integration.outputs.conftest import Outbound, follow
from tests.integration.outputs.writers import Writer, populate, session, wrong_rows

ROUNDS, WRITERS = 25, 4


def test_several_writers_lose_nothing_but_to_a_naive_follower(outbound: Outbound) -> None:
    site = outbound.site
    populate(site, 300)
    chance = random.Random(11)
    naive_last, naive_seen, moved_twice = 0, set[int](), 0
    with site.runtime() as runtime, ExitStack() as stack:
        writers = [Writer(stack.enter_context(session(site.store_database)), random.Random(n)) for n in range(WRITERS)]

        def look() -> Counters:
            nonlocal naive_last
            rows = site.look(f"select n from {STORE}.journal where n > {naive_last} order by n")
            naive_seen.update(row["n"] for row in rows)
            naive_last = max([naive_last, *(row["n"] for row in rows)])
            return follow(runtime)

        look()
        for _ in range(ROUNDS):
            for writer in writers:
                writer.change()
            for writer in chance.sample(writers, WRITERS):
                writer.session.commit()
                look()
                moved_twice += sum(look().values())  # nothing is left for a second look
        written = {number for writer in writers for number in writer.numbers}
        assert len(written) > ROUNDS * WRITERS / 2
        assert wrong_rows(site, OUT) == {}
        assert moved_twice == 0
    assert written - naive_seen, "the control lost nothing: the test proves nothing"
