"""Runs in states that come seldom: without a plan, closed without an answer, behind the store, without out_ tables."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from etl.database import transaction
from etl.engine import Runtime, explain, history, prepare, read_status, run_once, undo
from etl.engine.cleaning import Cleaned, clean
from etl.engine.helper import help_run
from etl.engine.partner_view import read_not_merged, read_partner_links
from etl.engine.preparation import enter_store
from etl.engine.privilege_errors import naming_causes
from etl.engine.record_batches import show_batches
from etl.engine.run import _freeing
from etl.engine.run_context import heartbeat_of, retry_policy_of, task_queue_of
from etl.engine.store_cleaning import CleanedStore, clean_store
from etl.engine.topic_alerts import AlertKind, TopicAlerts
from etl.engine.upgrading import upgrade
from etl.errors import EnvironmentFault, FencedOut, LockTimeout, RunStopped, TransientFault
from etl.sources.in_tables.errors.error_states import ErrorState, ErrorStates
from etl.sources.in_tables.handshake import Action, RunLease
from tests.fix_company import CLAIMS, ONLY_APART, OUT, OUT_CONFIG, STORE, MakeSite, Site
from tests.integration.hooks.listener import listening

LOADED = "needLoadFromInTables: true"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def acquired(runtime: Runtime) -> RunLease:
    prepare(runtime)
    _, lease = runtime.handshake.acquire()
    assert lease is not None
    return lease


def end(runtime: Runtime, lease: RunLease, state: str, message: str = "") -> None:
    with transaction(runtime.engine) as connection:
        runtime.handshake.end(connection, lease, state=state, message=message)


def test_help_for_a_run_that_ends_without_a_plan(site: Site) -> None:
    with site.runtime() as owner, site.runtime() as helper:
        lease = acquired(owner)
        looks = []

        def look() -> None:
            looks.append(1)
            if len(looks) == 2:
                end(owner, lease, "stopped")

        assert help_run(helper, check_cancelled=look) == 0
        assert len(looks) >= 2
        looks.clear()
        assert help_run(helper, check_cancelled=look) == 0, "there is no run to be helped"
        assert looks == []


def test_a_step_between_tasks_waits_for_a_lock(site: Site) -> None:
    """A signal is noticed meanwhile, and so is a lease that was lost."""
    with site.runtime() as runtime:
        lease = acquired(runtime)
        queue, beat, looks = task_queue_of(runtime, lease), heartbeat_of(runtime.handshake, lease, 1), list[int]()
        policy = retry_policy_of(runtime, queue, beat, lambda: looks.append(1))
        faults = [LockTimeout("locked"), LockTimeout("locked")]

        def step() -> str:
            if faults:
                raise faults.pop()
            return "done"

        assert policy.run_with_retry("a step", step) == "done"
        assert len(looks) >= 2


def test_what_became_of_a_run_whose_end_was_not_answered(site: Site) -> None:
    with site.runtime() as runtime:

        def lost(*, end_first: str) -> None:
            lease = acquired(runtime)
            try:
                with _freeing(runtime.handshake, lease):
                    if end_first:
                        end(runtime, lease, end_first, "too many rows are rejected")
                    raise TransientFault("the answer is lost")
            finally:
                site.partner.hand_over()

        lost(end_first="done")
        with pytest.raises(RunStopped, match=r"^too many rows are rejected$"):
            lost(end_first="stopped")
        with pytest.raises(TransientFault, match=r"^the answer is lost$"):
            lost(end_first="")
        with transaction(runtime.engine) as connection:
            decision, _, running = runtime.handshake.decide(connection)
        assert running is not None
        assert (decision.action, running.beat_age) == (Action.TAKE_OVER, None), "it is free for the next runner"


def test_a_number_that_was_passed_is_followed_by_another_one(site: Site) -> None:
    site.run()
    site.partner.hand_over()
    with site.runtime() as runtime:
        given = runtime.handshake.next_number
        stale: list[Callable[[int], int]] = [lambda above: above]

        def next_number(above: int) -> int:
            return (stale.pop() if stale else given)(above)

        outcome = run_once(replace(runtime, handshake=replace(runtime.handshake, next_number=next_number)))
    assert stale == []
    assert outcome.run == site.value("select max(id) from in_tables.run")


def test_a_store_that_knows_a_higher_token_of_the_same_run(site: Site) -> None:
    """The runner was taken over, and no run came after it: another import's moment is not to blame."""
    with site.runtime() as runtime:
        lease = acquired(runtime)
        enter_store(runtime, lease)
        with transaction(runtime.store_engine) as connection:
            runtime.store_fence.raise_to(connection, replace(lease, fence=lease.fence + 1).token)
        with pytest.raises(FencedOut):
            enter_store(runtime, lease)


def test_sessions_in_the_way_of_a_run_are_named(site: Site) -> None:
    with site.runtime() as runtime:
        acquired(runtime)
        with site.locking("in_tables.runner"):
            found = read_status(runtime).warnings
    assert [one for one in found if one.startswith("others hold what the run needs: runner: locked by session ")]


@ONLY_APART
def test_a_refusal_without_a_cause_is_what_it_was(site: Site, layout: str) -> None:
    """Every database is looked through, and the in_ tables."""
    refused = EnvironmentFault("permission denied")
    refused.sqlstate = "42501"
    with site.runtime() as runtime:
        prepare(runtime)
        with pytest.raises(EnvironmentFault, match=r"^permission denied$"), naming_causes(runtime):
            raise refused
        name, role = site.store_database.name, site.engine_role
        site.look(f"revoke temporary on database {name} from public", at=site.store_database)
        named = pytest.raises(EnvironmentFault, match=f"TEMPORARY on database {name}: grant .* to {role}")
        with named, naming_causes(runtime):
            raise refused


def test_partners_tables_that_cannot_be_read_in_time(site: Site) -> None:
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "c"})
    site.run()
    with site.runtime() as runtime:
        assert read_partner_links(runtime, limit=10, seconds=5) is not None
        assert read_not_merged(runtime, seconds=5).rows is not None
        with site.partner.holding("lock table in_client, in_claim_client in access exclusive mode"):
            assert read_partner_links(runtime, limit=10, seconds=0.05) is None
            assert read_not_merged(runtime, seconds=0.05).rows is None


def test_a_run_whose_out_tables_were_switched_off_meanwhile(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann"})
    run = site.run().run
    assert run
    site.look("update in_tables.run set state = 'running', heartbeat_at = null where id = %s", [run])
    site.look(
        "update in_tables.task set state = 'todo' where run = %s and kind in ('RUN_PROCESSES', 'FILL_OUT')", [run]
    )
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    outcome = site.run()
    assert (outcome.run, outcome.taken_over, outcome.out, outcome.out_schema) == (run, True, {}, "")
    with site.runtime() as runtime:
        assert show_batches(runtime) == {}
        assert undo(runtime, run).out == {}
    assert site.count(f"{OUT}.client") == 1


@pytest.mark.first_run
def test_what_was_never_made_has_no_rows(site: Site) -> None:
    """A company that is configured, and whose first run has yet to come."""
    with site.runtime() as runtime:
        assert (clean(runtime), upgrade(runtime)) == (Cleaned(), [])
        found = explain(runtime, "Client", "a")
    assert (found.rows, found.instance, found.out) == ((), None, {})


def test_states_of_errors_without_a_look_at_the_store(site: Site) -> None:
    """As a partner's console has it: what has become of a row that is gone is not known there."""
    site.partner.fill("in_Client", {"in_id": "a", "amount": "NaN"}, {"in_id": "b", "amount": "NaN"})
    site.run()
    site.partner("delete from in_client")
    site.partner.fill("in_Client", {"in_id": "a", "amount": 1})
    site.partner.hand_over()
    rejected = [one | {"is_repeated": False} for one in site.errors()]
    assert site.run().run
    site.partner("delete from in_client")
    found = {}
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        for has_store in (True, False):
            states = ErrorStates(runtime.company, runtime.in_schema, runtime.store.schema, has_store=has_store)
            with runtime.connections(connection) as connections:
                found[has_store] = states.of(connections, rejected)
    by_name = {one["in_id"]: one["id"] for one in rejected}
    assert [found[True][by_name[name]] for name in "ab"] == [ErrorState.CORRECTED, ErrorState.GONE]
    assert [found[False][by_name[name]] for name in "ab"] == [ErrorState.GONE, ErrorState.GONE]


def test_an_alert_that_begins_while_the_process_ends_is_sent(site: Site) -> None:
    with listening() as listener:
        site.set(hookUrl=listener.url)
        with site.runtime() as runtime:
            prepare(runtime)
            alerts = TopicAlerts(runtime, "topics")
            alerts.start()
            alerts.stop()
            assert listener.names == []
            alerts.begin(AlertKind.OUTPUT_STOPPED, "out", "the output out has stopped")
            alerts.stop()
    assert listener.names == ["output.stopped"]


def test_links_with_what_is_not_in_the_store_any_more(site: Site) -> None:
    """An operator has deleted it; the object that it was of is still said."""
    site.partner.fill("in_Client", {"in_id": "c"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "K"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "c"})
    site.run()
    site.document("Order", f"code: Order\nfields:\n  - {{code: Claim, type: BO, bo: Claim, {LOADED}}}\n")
    site.look(f"delete from {STORE}.bo_client")
    site.look(f"drop table {OUT}.claim cascade")
    with site.runtime() as runtime:
        found = history(runtime, "Claim", "k", limit=10)
        [linked] = [one.end for one in found.changes if one.field == "Client"]
        assert linked is not None
        assert (linked.bo, linked.in_id) == ("Client", None)
        assert explain(runtime, "Claim", "k").out == {}


@ONLY_APART
@pytest.mark.first_run
def test_an_out_database_that_has_nothing_yet_is_cleaned_too(site: Site, layout: str) -> None:
    """Out tables were switched on after the last run."""
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    site.partner.fill("in_Client", {"in_id": "a"})
    site.run()
    site.edit(OUT_CONFIG, "hasOutMigration=false", "hasOutMigration=true")
    with site.runtime() as runtime:
        assert clean(runtime) == Cleaned()
        assert clean_store(runtime) == CleanedStore()
        assert explain(runtime, "Client", "a").out == {}
    site.partner.hand_over()
    site.run()
    with site.runtime() as runtime:
        assert clean_store(runtime) == CleanedStore()
    assert site.count(f"{OUT}.client") == 1
