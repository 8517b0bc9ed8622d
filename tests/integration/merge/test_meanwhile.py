"""What the partner does while a run is at it: nothing half, nothing lost, nothing twice."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from etl.engine import Outcome
from etl.errors import RunStopped
from etl.sources.in_tables.receipts import Receipt
from tests.fix_company import BOTH_LAYOUTS, Session
from tests.integration.merge.conftest import Inbound


@contextmanager
def claimed(inbound: Inbound, meanwhile: Session | None = None) -> Iterator["Future[Outcome]"]:
    """A run that has claimed what is ready and is held up before it merges anything; it continues at the end.

    `meanwhile` is a partner's session whose changes commit when the run has come to wait for them.
    """
    inbound.partner.hand_over()
    with ThreadPoolExecutor(1) as pool:
        with inbound.site.holding_after_claims():
            run = pool.submit(inbound.site.run)
            inbound.site.wait_for_blocked()
            yield run
        if meanwhile:
            inbound.site.wait_for_blocked(by=meanwhile.info.backend_pid)
            meanwhile.commit()


@pytest.fixture
def ready(inbound: Inbound) -> Inbound:
    """Three clients and their claims are ready; the golden tables are there."""
    inbound.merge()
    inbound.partner.fill("in_Client", *({"in_id": one, "name": f"first {one}"} for one in "abc"))
    inbound.partner.fill("in_Claim", {"in_id": "k"})
    inbound.partner.fill("in_Claim_Watcher", *({"claim_id": "k", "watcher_id": one} for one in "abc"))
    return inbound


def receipt(run: "Future[Outcome]", table: str = "in_Client") -> Receipt:
    return next(one for one in run.result().receipts if one.in_table == table)


def names(inbound: Inbound) -> dict[str, str]:
    return {key: row["name"] for key, row in inbound.golden().items()}


def test_a_row_that_is_changed_after_its_claim_is_merged_as_it_stands_then(ready: Inbound) -> None:
    with claimed(ready) as run:
        ready.partner("update in_Client set name = 'second b' where in_id = 'b'")
    assert receipt(run) == Receipt("in_Client", claimed=3, created=3)
    assert names(ready) == {"a": "first a", "b": "second b", "c": "first c"}


def test_a_row_that_is_being_changed_is_waited_for(ready: Inbound) -> None:
    with claimed(ready) as run, ready.partner.holding("update in_Client set name = 'second b' where in_id = 'b'"):
        pass
    assert receipt(run) == Receipt("in_Client", claimed=3, created=3)
    assert names(ready)["b"] == "second b"


@BOTH_LAYOUTS
def test_a_change_that_commits_while_its_task_waits_for_it(ready: Inbound) -> None:
    """The task has read the old row when it meets the partner's lock: it reads again, and takes the new one."""
    with ready.partner.holding() as session, claimed(ready, session) as run:
        session.execute("update in_tables.in_Client set name = 'second b', amount = 7 where in_id = 'b'")
    assert receipt(run) == Receipt("in_Client", claimed=3, created=3)
    golden = ready.golden()["b"]
    assert (golden["name"], golden["amount"]) == ("second b", 7)
    assert ready.partner.statuses("in_Client") == {"DONE": 3}


@BOTH_LAYOUTS
def test_a_deletion_that_commits_while_its_task_waits_for_it(ready: Inbound) -> None:
    with ready.partner.holding() as session, claimed(ready, session) as run:
        session.execute("delete from in_tables.in_Client where in_id = 'b'")
    assert receipt(run) == Receipt("in_Client", claimed=3, created=2, vanished=1)
    assert sorted(names(ready)) == ["a", "c"]


@pytest.mark.usefixtures("both_ways")
def test_a_link_that_is_deleted_while_its_task_waits_for_it(ready: Inbound) -> None:
    with ready.partner.holding() as session, claimed(ready, session) as run:
        session.execute("delete from in_tables.in_Claim_Watcher where watcher_id = 'b'")
    assert receipt(run, "in_Claim_Watcher") == Receipt("in_Claim_Watcher", claimed=3, created=2, vanished=1)
    assert ready.links("Watcher") == [("k", "a"), ("k", "c")]


@pytest.mark.usefixtures("both_ways")
def test_a_link_that_is_changed_while_its_task_waits_for_it(ready: Inbound) -> None:
    with ready.partner.holding() as session, claimed(ready, session) as run:
        session.execute("update in_tables.in_Claim_Watcher set watcher_id = 'later' where watcher_id = 'b'")
    assert receipt(run, "in_Claim_Watcher") == Receipt("in_Claim_Watcher", claimed=3, created=2, waiting=1)
    assert ready.links("Watcher") == [("k", "a"), ("k", "c")]
    assert ready.waiting() == [("Watcher", "k", "later")]


def test_rows_that_are_added_during_a_run_wait_for_the_next(ready: Inbound) -> None:
    with claimed(ready) as run:
        ready.partner.fill("in_Client", {"in_id": "d", "name": "late"})
        ready.partner.fill("in_Claim_Watcher", {"claim_id": "k", "watcher_id": "d"})
    assert receipt(run).claimed == 3
    assert ready.partner.statuses("in_Client") == {"DONE": 3, "": 1}
    assert ready.partner.statuses("in_Claim_Watcher") == {"DONE": 3, "": 1}
    ready.merge()
    assert sorted(names(ready)) == ["a", "b", "c", "d"]
    assert len(ready.links("Watcher")) == 4


def test_a_row_that_the_partner_makes_ready_again_is_left_to_the_next_run(ready: Inbound) -> None:
    with claimed(ready) as run:
        ready.partner("update in_Client set name = 'second b', in_status = '' where in_id = 'b'")
    assert receipt(run) == Receipt("in_Client", claimed=3, created=2, vanished=1)
    assert ready.partner.statuses("in_Client") == {"DONE": 2, "": 1}
    ready.merge()
    assert names(ready)["b"] == "second b"


@pytest.mark.usefixtures("both_ways")
def test_rows_that_vanish_are_counted_and_links_to_them_wait(ready: Inbound) -> None:
    with claimed(ready) as run:
        ready.partner("delete from in_Client where in_id = 'b'")
    assert receipt(run) == Receipt("in_Client", claimed=3, created=2, vanished=1)
    assert receipt(run, "in_Claim_Watcher") == Receipt("in_Claim_Watcher", claimed=3, created=2, waiting=1)
    assert ready.waiting() == [("Watcher", "k", "b")]


def test_a_truncated_table_stops_the_run_with_the_golden_store_whole(ready: Inbound) -> None:
    before = ready.site.fingerprint()
    with claimed(ready) as run:
        ready.partner("truncate in_Client")
    with pytest.raises(RunStopped) as stopped:
        run.result()
    assert stopped.value.exit_code == 3
    assert "in_Client" in str(stopped.value)
    assert ready.site.fingerprint() == before
    marker = ready.partner.marker()
    assert (marker["ins_inkafka_status"], marker["occupied_by_process"]) == (2, 0)
    assert ready.partner.statuses("in_Claim") == {"": 1}
    assert ready.partner.statuses("in_Claim_Watcher") == {"": 3}
    assert ready.site.value("select state from in_tables.run order by id desc limit 1") == "stopped"

    assert ready.site.run().run is None  # not before the partner hands over again
    ready.partner.fill("in_Client", {"in_id": "a", "name": "again"})
    ready.merge()
    assert names(ready) == {"a": "again"}
    assert ready.waiting() == [("Watcher", "k", "b"), ("Watcher", "k", "c")]


@pytest.mark.usefixtures("both_ways")
def test_a_truncated_link_table_stops_the_run(ready: Inbound) -> None:
    with claimed(ready) as run:
        ready.partner("truncate in_Claim_Watcher")
    with pytest.raises(RunStopped, match="in_Claim_Watcher"):
        run.result()
    assert (ready.links("Watcher"), ready.waiting()) == ([], [])
    assert ready.partner.marker()["ins_inkafka_status"] == 2
    ready.partner.fill("in_Claim_Watcher", {"claim_id": "k", "watcher_id": "a"})
    ready.merge()
    assert ready.links("Watcher") == [("k", "a")]


def test_a_table_that_is_locked_is_waited_for(ready: Inbound) -> None:
    with claimed(ready) as run, ready.partner.holding("lock table in_tables.in_Client in access exclusive mode"):
        pass
    assert receipt(run).created == 3


@pytest.mark.parametrize("act", ["delete from process_tracking", "update process_tracking set load_status = 1"])
def test_a_marker_that_is_deleted_or_rewritten_starts_no_second_run(ready: Inbound, act: str) -> None:
    with claimed(ready) as run:
        ready.partner(act)
        with ready.site.runtime() as runtime, runtime.engine.connect() as connection:
            assert runtime.handshake.decide(connection)[0].action == "held"
    assert run.result().exit_code == 0
    assert sorted(names(ready)) == ["a", "b", "c"]
    assert ready.site.value("select count(*) from in_tables.run where state = 'running'") == 0


def test_a_hand_over_during_a_run_starts_the_next_one(ready: Inbound) -> None:
    with claimed(ready) as run:
        ready.partner.fill("in_Client", {"in_id": "d", "name": "late"})
        number = ready.partner.hand_over_by_row()
    first = run.result()
    row = ready.partner.marker()
    assert (row["id"], row["load_status"], row["ins_inkafka_status"]) == (number, 1, 0)
    second = ready.site.run()
    assert second.run not in (None, first.run)
    assert "d" in names(ready)
    assert ready.partner.marker()["ins_inkafka_status"] == 1
