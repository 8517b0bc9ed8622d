"""Runners that share one run, as processes: each takes tasks, and one that dies or freezes leaves nothing behind."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from etl.engine import run_or_help
from etl.errors import MarkerHeld
from tests.fix_company import BOTH_LAYOUTS, STORE, Ended, MakeSite, Site, ended, until

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
TABLES = [f"Part{number}" for number in range(1, 7)]
DOCUMENTS = {
    code: f"""
code: {code}
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Next, type: BO, bo: {code}, {_FLAGS}}}
"""
    for code in TABLES
}
ROWS = 50
# Long enough for a busy machine, on which a process may stand still for seconds.
LEASE: dict[str, Any] = {"leaseSeconds": 5, "heartbeatSeconds": 1}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The golden tables are there, and a batch of six tables and their links is ready."""
    site = make_site(DOCUMENTS, copyTables="false", **LEASE)
    assert site.run().run
    for code in TABLES:
        site.partner(f"insert into in_{code} (in_id, name) select 'r' || n, 'new' from generate_series(1, {ROWS}) n")
        site.partner(
            f"insert into in_{code}_Next ({code}_id, next_id) select 'r' || n, 'r' || n % {ROWS} + 1 "
            f"from generate_series(1, {ROWS}) n"
        )
    site.partner.hand_over()
    return site


def check_complete(site: Site) -> None:
    """Each row and link is there once, and the receipts say so."""
    for code in TABLES:
        assert site.value(f"select count(*) from {STORE}.bo_{code}") == ROWS
        assert site.value(f"select count(*) from {STORE}.link_{code}_Next") == ROWS
    assert site.value(f"select count(*) from {STORE}.journal where change = 'created'") == len(TABLES) * ROWS
    counts = site.look(
        "select sum(claimed) as claimed, sum(created) as created from in_tables.migration_receipt "
        "where run = (select max(id) from in_tables.run)"
    )
    both = 2 * len(TABLES) * ROWS
    assert counts == [{"claimed": both, "created": both}]
    assert site.partner.marker()["ins_inkafka_status"] == 1
    assert site.look("select 1 from in_tables.task where state <> 'done'") == []


def owners(site: Site) -> dict[str, int]:
    """Runner -> tasks of the newest run that it has finished."""
    rows = site.look(
        "select owner, count(*) as n from in_tables.task where run = (select max(id) from in_tables.run) "
        "and state = 'done' group by owner"
    )
    return {row["owner"]: row["n"] for row in rows}


def wait_for_helpers(site: Site, number: int = 1) -> None:
    """Waits until this many helpers have joined the current run."""
    query = (
        "select h.pid from in_tables.runner h join in_tables.run r on r.id = h.run and r.state = 'running' "
        "where h.heartbeat_at is not null"
    )
    until(lambda: len(site.look(query)) >= number, f"{number} helpers have joined")


def wait_for_task(site: Site, process: "subprocess.Popen[str]", code: str) -> None:
    """Waits until that process performs the task of that table."""
    query = (
        "select 1 from in_tables.task t join in_tables.runner h on h.run = t.run and h.owner = t.owner "
        "where t.state = 'running' and t.in_table = %s and h.pid = %s"
    )
    until(lambda: site.look(query, [f"in_{code}", process.pid]), f"it has begun with {code}")


@contextmanager
def task_held(site: Site, code: str) -> Iterator[None]:
    """The runner that takes that table's task waits; all others continue."""
    with site.locking(f"{STORE}.bo_{code}"):
        yield


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(site: Site) -> Iterator[Start]:
    """Starts `etl run`; processes that are left at the end are killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> "subprocess.Popen[str]":
        started.append(site.start("run", "--json", *arguments))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def ended_cleanly(process: "subprocess.Popen[str]") -> Ended:
    done = ended(process)
    assert "Traceback" not in done.err, done.err
    return done


@BOTH_LAYOUTS
def test_three_processes_share_a_run(site: Site, start: Start) -> None:
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        with task_held(site, "Part2"):
            first = start("--join")
            wait_for_task(site, first, "Part2")
            second = start("--join")
            wait_for_helpers(site, 2)
            until(lambda: len(owners(site)) == 2, "the second helper has performed a task")
    codes = [ended_cleanly(process) for process in (owner, first, second)]
    assert [one.code for one in codes] == [0, 0, 0], codes
    assert len(owners(site)) == 3
    helped = [json.loads(one.out)["helped"] for one in codes]
    assert helped[0] == 0
    assert min(helped[1:]) > 0
    assert site.value("select max(attempts) from in_tables.task") == 1
    check_complete(site)


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_helper_killed_in_the_middle_of_a_task(site: Site, start: Start) -> None:
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        with task_held(site, "Part2"):
            helper = start("--join")
            wait_for_task(site, helper, "Part2")
            helper.kill()
            assert ended_cleanly(helper).code == -signal.SIGKILL
    assert ended_cleanly(owner).code == 0
    assert [row["attempts"] for row in site.look("select attempts from in_tables.task where attempts > 1")] == [2]
    check_complete(site)


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_frozen_helper_that_wakes_writes_nothing(site: Site, start: Start) -> None:
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        with task_held(site, "Part2"):
            helper = start("--join")
            wait_for_task(site, helper, "Part2")
            helper.send_signal(signal.SIGSTOP)
    assert ended_cleanly(owner).code == 0
    check_complete(site)
    before = site.fingerprint()
    finished = owners(site)
    helper.send_signal(signal.SIGCONT)
    assert ended_cleanly(helper).code == 0
    assert site.fingerprint() == before
    assert owners(site) == finished


@BOTH_LAYOUTS
def test_a_helper_takes_over_when_the_owner_dies(site: Site, start: Start) -> None:
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        with task_held(site, "Part2"):
            helper = start("--join")
            wait_for_task(site, helper, "Part2")
            owner.kill()
            assert ended_cleanly(owner).code == -signal.SIGKILL
            until(lambda: site.value("select fence from in_tables.run_fence") == 3, "the run is taken over")
    new_owner = ended_cleanly(helper)
    assert new_owner.code == 0
    assert json.loads(new_owner.out)["taken_over"]
    check_complete(site)


@pytest.mark.nightly
def test_a_helper_is_asked_to_end(site: Site, start: Start) -> None:
    """Its task is free again at once, and no crash is counted."""
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        with task_held(site, "Part2"):
            helper = start("--join")
            wait_for_task(site, helper, "Part2")
            helper.send_signal(signal.SIGTERM)
            assert ended_cleanly(helper).code == 143
            query = (
                "select crash_count from in_tables.task where in_table = 'in_Part2' and state = 'todo' and attempts = 1"
            )
            assert site.look(query) == [{"crash_count": 0}]
    assert ended_cleanly(owner).code == 0
    check_complete(site)


@pytest.mark.nightly
def test_a_helper_with_other_metadata_leaves_the_run_alone(site: Site, start: Start) -> None:
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        site.set(copyTables="false", nullPolicy="keep", **LEASE)
        refused = ended_cleanly(start("--join"))
        assert refused.code == 75
        assert "is left alone: its runner" in refused.err
        assert f"pid {owner.pid}" in refused.err
    assert ended_cleanly(owner).code == 0
    assert len(owners(site)) == 1
    check_complete(site)


def test_without_join_the_other_one_is_left_to_it(site: Site, start: Start) -> None:
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        assert ended_cleanly(start()).code == 75
    assert ended_cleanly(owner).code == 0


def test_a_run_that_is_stopped_sends_its_helpers_away_first(site: Site, start: Start) -> None:
    """The helper sits in a merge; what it has done is undone before the rows are ready again."""
    site.partner("update in_Part3 set in_id = null")
    site.set(copyTables="false", errorLimit=0, **LEASE)
    with task_held(site, "Part2"):
        with task_held(site, "Part1"):
            owner = start()
            wait_for_task(site, owner, "Part1")
            helper = start("--join")
            wait_for_task(site, helper, "Part2")
        assert ended_cleanly(owner).code == 3
        assert site.look("select state from in_tables.run order by id desc limit 1") == [{"state": "stopped"}]
        assert site.partner.statuses("in_Part2") == {"": ROWS}
    sent_away = ended_cleanly(helper)
    assert sent_away.code == 0
    assert "ins_inkafka_status=2: that run was stopped" in sent_away.out
    assert site.count(f"{STORE}.bo_Part2") == 0


@pytest.mark.nightly
def test_a_helper_that_finds_why_the_run_must_stop_leaves_that_to_its_owner(site: Site, start: Start) -> None:
    site.partner("update in_Part3 set in_id = null")
    site.set(copyTables="false", errorLimit=0, **LEASE)
    with task_held(site, "Part1"):
        owner = start()
        wait_for_task(site, owner, "Part1")
        helper = ended_cleanly(start("--join"))
        assert helper.code == 75
        assert "is left to its owner" in helper.err
        assert site.look("select state from in_tables.run order by id desc limit 1") == [{"state": "running"}]
    assert ended_cleanly(owner).code == 3


def test_joining_inside_one_process_says_what_it_did(site: Site) -> None:
    """Without a run to help `run_or_help` is `run_once`."""
    with site.runtime() as runtime:
        outcome = run_or_help(runtime)
    assert outcome.run
    assert outcome.helped == 0
    check_complete(site)


def test_a_run_that_cannot_be_joined_is_not_asked_again_and_again(site: Site) -> None:
    """Its owner is this very runner, which lost its link before it could say so; or one that says nothing of itself."""
    with site.runtime() as runtime:
        _, lease = runtime.handshake.acquire()
        assert lease
        with pytest.raises(MarkerHeld, match="its lease must run out"):
            run_or_help(runtime)
        with site.runtime() as other:
            site.look("delete from in_tables.runner")
            with pytest.raises(MarkerHeld, match="is left alone"):
                run_or_help(other)
        runtime.handshake.give_up(lease)
        assert run_or_help(runtime).taken_over
    check_complete(site)
