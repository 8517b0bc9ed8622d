"""The one sentence for an operator: which of several things comes first, and what can be done about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from etl.database import FULL_DISK_ADVICE
from etl.engine import ListedVersion, Status
from etl.engine.directory import SyncsState
from etl.engine.topic_alerts import AlertKind
from etl.monitoring import Act, Grade, LockWait, Situation, State, TopicsStatus, verdict
from etl.monitoring.kafka_status import PartitionStatus
from etl.notifications.alerts import Alert
from etl.notifications.freshness import Feed
from etl.sources.directory.stored.syncs import ListedSync
from etl.sources.in_tables.receipts import Receipt
from etl.store import Hold

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
RUN = 1883069173526821927


def ago(**units: float) -> datetime:
    return NOW - timedelta(**units)


def run(state: str = "done", message: str | None = None, **values: Any) -> dict[str, Any]:
    ended = None if state == "running" else ago(minutes=1)
    whole: dict[str, Any] = {
        "run": RUN,
        "state": state,
        "owner": "a",
        "fence": 1,
        "started_at": ago(minutes=9),
        "finished_at": ended,
    }
    return whole | {"message": message, "beat_age": 3.0 if state == "running" else None} | values


def task(state: str, error: str | None = None, *, ended: datetime | None = None, rows: int = 100) -> dict[str, Any]:
    return {
        "kind": "MIGRATE_SINGLE_FIELDS",
        "state": state,
        "tasks": 1,
        "claimed_rows": rows,
        "error": error,
        "started_at": ago(minutes=8),
        "finished_at": ended,
    }


def status(decision: str = "wait", **values: Any) -> Status:
    whole: dict[str, Any] = {
        "company": "demo",
        "in_schema": "in_tables",
        "reason": "why",
        "looked_at": NOW,
        "run": run(),
    }
    return Status(decision=decision, **whole | values)


def running(*tasks: dict[str, Any], **values: Any) -> Status:
    return status("held", run=run("running"), tasks=tasks, **values)


def now(found: Status | None, **values: Any) -> Situation:
    return Situation(company="demo", status=found, **{"services": 1, **values})


def partition(**values: Any) -> PartitionStatus:
    whole: dict[str, Any] = {
        "topic": "people",
        "partition": 3,
        "next_offset": 7,
        "end": 9,
        "lag": 2,
        "lag_seconds": 5.0,
        "owner": "",
    }
    whole |= {"token": 1, "committed_at": None, "last_timestamp": None, "stopped": "", "is_chosen": True}
    return PartitionStatus(**whole | values)


def topics(**values: Any) -> TopicsStatus:
    return TopicsStatus(is_reading=True, **values)


def stopped(message: str) -> Status:
    marker = {"id": 1, "ins_inkafka_status": 2, "load_status": 1}
    return status(marker=marker, run=run("stopped", message))


def syncs(result: str | None, *, running: ListedSync | None = None) -> SyncsState:
    return SyncsState(looked_at=NOW, newest=sync(result), running=running)


def sync(result: str | None, *, is_running: bool = False) -> ListedSync:
    ended = ago(minutes=1) if result else None
    return ListedSync(7, "a", None, ago(minutes=2), ended, None, 0, {}, (), result, "too many", is_running)


LOCK = LockWait(task="in_Contract", pid=4711, role="report", application="report_job", since=NOW)
HELD = partition(open_at=9, is_held=True, since=ago(minutes=5))
SILENT = status("take_over", run=run("running", beat_age=80.0))
FULL = f"waits: PostgreSQL: no space left on device: {FULL_DISK_ADVICE}"
MOVED = task("done", ended=ago(seconds=20))
RECEIPT = Receipt("in_Client", 10, created=8, rejected=2)
ASIDE = task("quarantined", "crashed", ended=ago(minutes=2))
UNREAD = {"in_table": "in_Client", "code": "CHUNK_QUARANTINED", "column_name": None, "severity": "error", "rows": 100}
GUARD = "would remove 90 of 100 instances of Client (maxRemovedShare=50)"
HOLD = Hold("", "new disks", "root on db1", NOW)
ALERT = Alert(AlertKind.OUTPUT_STOPPED, "people", "the output people waits", ago(minutes=3))
BEHIND = ListedVersion(
    *("out_demo_1_1", "1", "1", "live", 100, "", 3, RUN, ago(days=9), ago(days=1), None, None, None, False, None),
    stays_behind="value too long for type character varying(32)",
)

SITUATIONS = {
    State.AWAY: (now(None, fault="PostgreSQL is away"), [Act.SHOW_CHECKS]),
    State.UNREADABLE: (now(status("none", is_unreadable=True)), [Act.SHOW_CHECKS]),
    State.ON_HOLD: (now(status("start", holds=(HOLD,))), [Act.RELEASE, Act.SHOW_RUN]),
    State.OWNER_SILENT: (now(SILENT, services=0), [Act.START]),
    State.OWNER_REPLACED: (now(SILENT), [Act.SHOW_RUN]),
    State.LOCKED: (now(running(task("running", "waits: x")), locks=(LOCK,)), [Act.SHOW_HOLDER, Act.SHOW_RUN]),
    State.DISK_FULL: (now(running(task("running", FULL))), [Act.SHOW_CHECKS, Act.SHOW_RUN]),
    State.SERVER_WAITED_FOR: (now(running(task("running", "waits: a standby"))), [Act.SHOW_CHECKS, Act.SHOW_RUN]),
    State.STALLED: (now(running(task("running"))), [Act.SHOW_RUN, Act.SHOW_CHECKS]),
    State.RUNNING: (now(running(MOVED, task("running", rows=300))), [Act.SHOW_RUN]),
    State.MARKER_FAULTY: (now(status(is_marker_faulty=True)), [Act.SHOW_CHECKS]),
    State.GUARD_STOPPED: (now(stopped(GUARD)), [Act.ACCEPT, Act.SHOW_RUN]),
    State.STOPPED: (now(stopped("run 1 has rejected 7 rows, and errorLimit is 5")), [Act.SHOW_ERRORS, Act.SHOW_RUN]),
    State.BROKERS_AWAY: (now(status(), topics=topics(fault="no broker")), [Act.SHOW_KAFKA]),
    State.PARTITION_STOPPED: (now(status(), topics=topics(partitions=(partition(stopped="x"),))), [Act.SHOW_KAFKA]),
    State.PARTITION_HELD: (now(status(), topics=topics(partitions=(HELD,))), [Act.SHOW_KAFKA]),
    State.TOPICS_STOPPED: (now(status(), topics=topics(alerts=(ALERT,))), [Act.SHOW_KAFKA]),
    State.QUARANTINED: (
        now(status(tasks=(ASIDE,), errors=(UNREAD,), receipts=(RECEIPT,)), has_open_quarantine=True),
        [Act.RETRY_QUARANTINED, Act.SHOW_RUN],
    ),
    State.NO_SERVICE: (now(status("start"), services=0), [Act.START]),
    State.HANDED_OVER: (now(status("start")), [Act.START]),
    State.VERSION_BEHIND: (now(status(out_versions=(BEHIND,))), [Act.SHOW_OUT]),
    State.SYNC_STOPPED: (now(status(), syncs=syncs("stopped")), [Act.SHOW_SYNC]),
    State.SYNC_FAILED: (now(status(), syncs=syncs(None)), [Act.SHOW_DIRECTORY]),
    State.LATE: (now(status(), feed=Feed(NOW, ago(days=1), None, ago(hours=1), None)), [Act.SHOW_SCHEDULE]),
    State.REJECTED: (now(status(receipts=(RECEIPT,))), [Act.SHOW_ERRORS, Act.SHOW_RUN]),
    State.SWITCHED_OFF: (now(status(run=None), has_runs=False), []),
    State.NEVER_RUN: (now(status("none", run=None)), []),
    State.QUIET: (now(status()), [Act.SHOW_RUN]),
}


@pytest.mark.parametrize("state", State)
def test_each_state_has_its_situation_and_fitting_acts(state: State) -> None:
    situation, acts = SITUATIONS[state]
    found = verdict(situation)
    assert (found.state, list(found.acts)) == (state, acts)


def test_what_is_most_urgent_comes_first() -> None:
    found = running(task("running", FULL), errors=(UNREAD,), receipts=(RECEIPT,))
    assert verdict(now(found, locks=(LOCK,), topics=topics(partitions=(HELD,)))).state is State.LOCKED
    assert verdict(now(found, topics=topics(partitions=(HELD,)))).state is State.DISK_FULL


def test_a_run_says_how_far_it_is() -> None:
    found = verdict(SITUATIONS[State.RUNNING][0])
    assert found.values["percent"] == 25
    assert (found.values["rows_done"], found.values["rows"], found.values["idle_seconds"]) == (100, 400, 20.0)
    assert found.grade is Grade.BUSY


def test_a_lock_names_task_and_holder() -> None:
    values = verdict(SITUATIONS[State.LOCKED][0]).values
    assert (values["task"], values["pid"], values["application"]) == (LOCK.task, 4711, "report_job")


def test_rows_that_were_offered_again_are_no_reason_to_act() -> None:
    situation = replace(SITUATIONS[State.QUARANTINED][0], has_open_quarantine=False)
    assert verdict(situation).state is State.REJECTED


def test_a_hold_of_one_host_is_not_the_first_thing_to_know() -> None:
    assert verdict(now(status(holds=(replace(HOLD, host="db1"),)))).state is State.QUIET


def test_runners_that_cannot_be_counted_are_not_said_to_be_absent() -> None:
    assert verdict(now(status("start"), services=None)).state is State.HANDED_OVER
    assert verdict(now(SILENT, services=None)).state is State.OWNER_SILENT


def test_every_state_but_the_quiet_ones_is_at_least_a_warning() -> None:
    calm = {state for state in State if verdict(SITUATIONS[state][0]).grade in (Grade.GOOD, Grade.BUSY)}
    assert calm == {
        *(State.QUIET, State.NEVER_RUN, State.SWITCHED_OFF, State.RUNNING, State.HANDED_OVER, State.OWNER_REPLACED)
    }


def test_topics_in_which_all_is_well_are_no_reason_to_act() -> None:
    fine = topics(partitions=(partition(), partition(partition=4)))
    assert verdict(now(status(), topics=fine)).state is State.QUIET


def test_a_sync_that_is_done_or_under_way_is_no_reason_to_act() -> None:
    again = syncs("stopped", running=sync(None, is_running=True))
    assert [verdict(now(status(), syncs=one)).state for one in (syncs("done"), again)] == [State.QUIET] * 2
