"""The task table: record, take, mark, resume."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import sqlalchemy

from etl.database import Access, Connection, bring_up, open_engine, transaction
from etl.errors import EnvironmentFault, FencedOut, TransientFault
from etl.retry import RetryPolicy
from etl.runs import Chunk, Counters, Kind, Task, TaskQueue, backoffs_of, perform
from etl.sources.in_tables.handshake import Handshake, RunLease
from etl.sources.in_tables.own_tables import IMPORT
from tests.fix_company import CLAIMS, MakeSite, Site

BACKOFFS = partial(backoffs_of, outage_seconds=0)
PLAN = [
    Task(1, 1, Kind.MIGRATE_SINGLE_FIELDS, "first", "in_A", Chunk(5, None, 10)),
    Task(2, 1, Kind.MIGRATE_SINGLE_FIELDS, "second", "in_A", Chunk(5, 10, None)),
    Task(3, 2, Kind.NOP, "barrier"),
    Task(4, 3, Kind.RUN_PROCESSES, "last"),
]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


@pytest.fixture
def engine(site: Site) -> Iterator[sqlalchemy.Engine]:
    database = site.database
    engine = open_engine(Access(database.host, database.port, database.name, database.username), pool_size=10)
    with transaction(engine) as connection:
        bring_up(connection, "in_tables", [IMPORT])
    yield engine
    engine.dispose()


def handshake(engine: sqlalchemy.Engine, owner: str) -> Handshake:
    return Handshake(engine, "in_tables", "demo", owner, 60)


@pytest.fixture
def lease(engine: sqlalchemy.Engine) -> RunLease:
    _, lease = handshake(engine, "a").acquire()
    assert lease
    return lease


@pytest.fixture
def queue(engine: sqlalchemy.Engine, lease: RunLease) -> TaskQueue:
    queue = TaskQueue(engine, "in_tables", lease.run, lease.owner, lease.fence)
    with transaction(engine) as connection:
        queue.record(connection, PLAN)
    return queue


def new_owner(site: Site, engine: sqlalchemy.Engine) -> TaskQueue:
    """Another runner, after the lease has run out."""
    site.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '61 s'")
    _, lease = handshake(engine, "b").acquire()
    assert lease
    return TaskQueue(engine, "in_tables", lease.run, lease.owner, lease.fence)


def states(site: Site) -> list[str]:
    return [row["state"] for row in site.look("select state from in_tables.task order by seq")]


def done(queue: TaskQueue) -> str | None:
    """Takes a task and performs it without any work; its title."""
    taken = queue.take()
    if taken:
        perform(queue, taken, lambda connection, task: {}, retry_policy=RetryPolicy(BACKOFFS))
    return taken.task.title if taken else None


def test_a_plan_is_taken_in_order_and_as_it_was_recorded(queue: TaskQueue) -> None:
    taken = queue.take()
    assert taken is not None
    assert (taken.task, taken.attempts) == (PLAN[0], 1)


def test_recording_twice_changes_nothing(site: Site, engine: sqlalchemy.Engine, queue: TaskQueue) -> None:
    done(queue)
    with transaction(engine) as connection:
        queue.record(connection, PLAN)
    assert states(site) == ["done", "todo", "todo", "todo"]


def test_a_stage_waits_for_the_whole_stage_before(queue: TaskQueue) -> None:
    first, second = queue.take(), queue.take()
    assert first is not None
    assert second is not None
    assert queue.take() is None
    perform(queue, first, lambda connection, task: {}, retry_policy=RetryPolicy(BACKOFFS))
    assert queue.take() is None
    perform(queue, second, lambda connection, task: {}, retry_policy=RetryPolicy(BACKOFFS))
    assert [done(queue), done(queue), done(queue)] == ["barrier", "last", None]
    left = queue.left()
    assert (left.todo, left.running, left.is_over) == (0, 0, True)


def test_a_serial_key_keeps_its_order_and_holds_up_no_one_else(site: Site, queue: TaskQueue) -> None:
    serial_keys = {10: "a", 11: "a", 12: "b", 13: "", 14: "", 15: "b"}
    with transaction(queue.engine) as connection:
        connection.execute(sqlalchemy.text("delete from in_tables.task"))
        queue.record(connection, [Task(seq, 1, Kind.NOP, str(seq), serial_key=key) for seq, key in serial_keys.items()])
    taken = {one.task.seq: one for one in (queue.take(), queue.take(), queue.take(), queue.take()) if one}
    assert (set(taken), queue.take()) == ({10, 12, 13, 14}, None)
    perform(queue, taken[10], lambda connection, task: {}, retry_policy=RetryPolicy(BACKOFFS))
    assert done(queue) == "11"
    assert queue.take() is None
    queue.put_back(taken[12], "failed")
    again = queue.take()
    assert again is not None
    assert again.task == Task(12, 1, Kind.NOP, "12", chunk=Chunk(0), serial_key="b")


def test_eight_workers_take_every_task_once(site: Site, queue: TaskQueue) -> None:
    with transaction(queue.engine) as connection:
        queue.record(connection, [Task(n, 1, Kind.NOP, f"task {n}") for n in range(10, 60)])
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        while done(queue):
            pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while done(queue):  # what a stage's last worker left behind when it found nothing to take
        pass
    assert set(states(site)) == {"done"}
    assert site.value("select max(attempts) from in_tables.task") == 1


def test_counters_and_state_are_one_with_the_work(site: Site, queue: TaskQueue) -> None:
    taken = queue.take()
    assert taken is not None

    def work(connection: sqlalchemy.Connection, task: Task) -> Counters:
        connection.execute(sqlalchemy.text("create table in_tables.effect ()"))
        return {"created": 3}

    assert perform(queue, taken, work, retry_policy=RetryPolicy(BACKOFFS)) == {"created": 3}
    assert queue.done_counters(taken) == {"created": 3}
    assert site.value("select to_regclass('in_tables.effect') is not null")


def test_a_fault_rolls_back_and_frees_the_task_with_its_reason(site: Site, queue: TaskQueue) -> None:
    taken = queue.take()
    assert taken is not None

    def work(connection: sqlalchemy.Connection, task: Task) -> Counters:
        connection.execute(sqlalchemy.text("create table in_tables.effect ()"))
        raise EnvironmentFault("disk full")

    with pytest.raises(EnvironmentFault):
        perform(queue, taken, work, retry_policy=RetryPolicy(BACKOFFS))
    assert site.value("select to_regclass('in_tables.effect') is null")
    assert site.look("select state, error, owner from in_tables.task where seq = 1") == [
        {"state": "todo", "error": "disk full", "owner": None}
    ]
    again = queue.take()
    assert again is not None
    assert (again.task, again.attempts) == (PLAN[0], 2)


def test_a_transient_fault_is_tried_again_as_a_whole(queue: TaskQueue) -> None:
    taken = queue.take()
    assert taken is not None
    tries: list[int] = []

    def work(connection: sqlalchemy.Connection, task: Task) -> Counters:
        connection.execute(sqlalchemy.text("create table in_tables.effect ()"))
        tries.append(1)
        if len(tries) < 3:
            fault = TransientFault("deadlock detected")
            fault.sqlstate = "40P01"
            raise fault
        return {"created": len(tries)}

    assert perform(queue, taken, work, retry_policy=RetryPolicy(BACKOFFS)) == {"created": 3}


def test_the_check_before_each_try_ends_the_tries(site: Site, queue: TaskQueue) -> None:
    taken = queue.take()
    assert taken is not None

    def lost() -> None:
        raise FencedOut("lost")

    with pytest.raises(FencedOut):
        perform(queue, taken, lambda connection, task: {}, retry_policy=RetryPolicy(BACKOFFS, lost))
    assert states(site)[0] != "done"


def test_an_new_owner_takes_what_was_begun_and_the_old_owner_finishes_nothing(
    site: Site, engine: sqlalchemy.Engine, queue: TaskQueue
) -> None:
    begun = queue.take()
    assert begun is not None
    other = new_owner(site, engine)
    other.inherit()
    with pytest.raises(FencedOut):
        perform(queue, begun, lambda connection, task: {}, retry_policy=RetryPolicy(BACKOFFS))
    assert queue.take() is None
    again = other.take()
    assert again is not None
    assert (again.task, again.attempts) == (PLAN[0], 2)
    perform(other, again, lambda connection, task: {}, retry_policy=RetryPolicy(BACKOFFS))


def test_a_task_under_way_keeps_the_new_owner_waiting(site: Site, engine: sqlalchemy.Engine, queue: TaskQueue) -> None:
    """While a task's transaction lives no other can raise the fence: no effect of an old owner commits after it."""
    with transaction(engine) as connection:
        queue.assert_fence(connection)
        site.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '61 s'")
        with pytest.raises(TransientFault):
            handshake(engine, "b").acquire()
    assert handshake(engine, "b").acquire()[1]


def test_a_task_whose_commit_was_not_answered_is_not_done_twice(site: Site, queue: TaskQueue) -> None:
    taken, tries = queue.take(), list[int]()
    assert taken is not None

    @contextmanager
    def unanswered(connection: Connection) -> Iterator[Connection]:
        yield connection
        connection.get_transaction().commit()  # type: ignore[union-attr]
        raise TransientFault("the answer is lost")

    def work(connection: Connection, task: Task) -> Counters:
        tries.append(1)
        return {"created": 7}

    found = perform(queue, taken, work, retry_policy=RetryPolicy(BACKOFFS), connections=unanswered)
    assert (found, len(tries), states(site)[0]) == ({"created": 7}, 1, "done")


def test_a_task_that_another_runner_has_is_not_marked(site: Site, queue: TaskQueue) -> None:
    taken = queue.take()
    assert taken is not None
    queue.put_back(taken, "its helper was lost")
    with (
        pytest.raises(FencedOut, match=rf"^task first of run {queue.run} is no longer this runner's$"),
        transaction(queue.engine) as connection,
    ):
        queue.mark_done(connection, taken, {})
    assert states(site)[0] == "todo"
