"""The store of a company, written into a topic and read by an empty one."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AclOperation, ResourceType

from etl.database import transaction
from etl.engine import Runtime, prepare
from etl.engine.kafka_out.recovery import begin_recovery, continue_recovery
from etl.errors import ConfigurationError, EnvironmentFault
from etl.outputs.kafka.recovery import RecoveryWriter
from etl.runs.recovery_tasks import RecoveryTasks
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Site, until
from tests.fix_kafka import SecureKafka, make_topic_at
from tests.integration.kafka.test_check import secure_lines
from tests.integration.kafka.test_security import Acls
from tests.integration.kafka_out.conftest import DOCUMENTS
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import Topic, link, record

COLUMNS = {"client": "iin, name, lastname, amount, active, seen", "doc": "number", "firm": "name"}
LINKS = ("doc", "firm", "party", "team")


def fill(output: Output) -> None:
    output.merge(
        *(record("doc", f"D{one}", number=str(one)) for one in range(5)),
        *(record("firm", f"F{one}", name=f"firm {one}") for one in range(5)),
        record("firm", name="of the platform", id="abcdefghijklmnop"),
    )
    output.merge(
        *(
            record(
                "client",
                f"C{one}",
                iin=str(one),
                name=f"name {one}",
                amount=f"{one}.25",
                active="true",
                seen=f"2026-11-28T10:00:00.00000{one}Z",
                state=("ACTUAL", "ARCHIVED", "TEST")[one % 3],
                links=[
                    link("doc", str(one % 5), "number"),
                    link("firm", "abcdefghijklmnop", "id"),
                    link("party", f"F{one % 5}", toBoCode="firm"),
                    link("team", f"F{one % 5}"),
                ],
            )
            for one in range(9)
        )
    )
    output.merge(record("client", "gone", name="x"), record("doc", "D4", state="REMOVED"))
    output.merge(record("client", "gone", state="REMOVED"))


def content(site: Site) -> dict[str, Any]:
    """What is not REMOVED."""
    found: dict[str, Any] = {}
    for code, columns in COLUMNS.items():
        rows = site.look(f"select _id, _in_id, _state, {columns} from {STORE}.bo_{code} where _state <> 'REMOVED'")
        found[code] = sorted(tuple(row.values()) for row in rows)
    for field in LINKS:
        rows = site.look(
            f"select l._owner, l._target, l._target_bo from {STORE}.link_client_{field} l "
            f"join {STORE}.bo_client c on c._id = l._owner and c._state <> 'REMOVED' "
            f"where not exists (select from {STORE}.bo_doc d where d._id = l._target and d._state = 'REMOVED')"
        )
        found[field] = sorted(tuple(row.values()) for row in rows)
    return found


@BOTH_LAYOUTS
def test_an_empty_store_that_reads_a_recovery_is_equal(output: Output, make_site: MakeSite, tmp_path: Path) -> None:
    fill(output)
    with output.site.runtime() as runtime:
        number = begin_recovery(runtime)
        recovered = continue_recovery(runtime)
    assert recovered.number == number
    assert recovered.records == {"doc": 5, "firm": 6, "client": 10}
    [state] = {row["state"] for row in output.site.look("select state from in_tables.last_migration_state")}
    assert state == "done"
    empty = make_site(DOCUMENTS, url=f"file:{tmp_path / 'second'}")
    with empty.runtime() as runtime:
        prepare(runtime)
        topic = Topic(empty, runtime, output.rules)
        topic.merge(topic.messages(*(one.value for one in output.messages())))
        assert topic.faults() == []
        assert topic.waiting() == []
        before = content(empty)
        assert before == content(output.site)
        assert all(before.values())
        # Once more changes nothing.
        topic.merge(topic.messages(*(one.value for one in output.messages())))
        assert content(empty) == before


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_killed_recovery_goes_on_where_it_was(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(output)
    output.configure(batchRecords=2)
    whole = RecoveryWriter._commit
    expected = 21
    for kill_at in (1, 3, 4):
        calls = [0]

        def counted(self: Any, place: Any, moved: Any, calls: list[int] = calls, kill_at: int = kill_at) -> int:
            calls[0] += 1

            def moves(records: int) -> None:
                if calls[0] == kill_at:
                    raise Killed
                moved(records)

            return whole(self, place, moves)

        monkeypatch.setattr(RecoveryWriter, "_commit", counted)
        with output.site.runtime() as runtime:
            if kill_at == 1:
                begin_recovery(runtime)
            else:
                with pytest.raises(EnvironmentFault, match="unfinished tasks"):
                    begin_recovery(runtime)
            with pytest.raises(Killed):
                continue_recovery(runtime)
    monkeypatch.setattr(RecoveryWriter, "_commit", whole)
    with output.site.runtime() as runtime:
        recovered = continue_recovery(runtime)
        with pytest.raises(ConfigurationError, match="no unfinished recovery"):
            continue_recovery(runtime)
    found = output.records()
    assert len(found) == expected
    assert len({one["recordId"] for one in found}) == expected
    assert recovered.records["client"] == 10
    tasks = output.site.look("select title, state, counters from in_tables.last_migration_state order by seq")
    assert {row["title"].split()[2]: row["counters"]["records"] for row in tasks} == {"doc": 5, "firm": 6, "client": 10}


def test_chosen_objects_into_another_topic(output: Output) -> None:
    fill(output)
    other = output.make_topic()
    ended = output.site.etl(
        "kafka", "recover", "--bo-codes", "doc,client", "--exclude-bo-codes", "client", "--topic", other, "--json"
    )
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["records"] == {"doc": 5}
    assert {one["boCode"] for one in output.records(other)} == {"doc"}
    assert output.records() == []
    [removed] = [one for one in output.records(other) if one["state"] == "REMOVED"]
    assert removed["externalId"] == "D4"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--bo-codes", "clinet"], "there is no business object clinet; did you mean client?"),
        (["--exclude-bo-codes", "Doc"], "there is no business object Doc"),
        (["--bo-codes", "doc", "--exclude-bo-codes", "doc"], "no object is left"),
        (["--bo-codes", ","], "has no code: write codes of business objects"),
        (["--topic", "a b"], "--topic: `a b` is not the name of a topic"),
        (["--output", "crm"], "there is no output crm"),
        (["--continue"], "there is no unfinished recovery"),
        (["--continue", "--bo-codes", "doc"], "stand alone"),
    ],
)
def test_refused(output: Output, words: list[str], expected: str) -> None:
    ended = output.site.etl("kafka", "recover", *words)
    assert (ended.code, expected in ended.err) == (2, True), ended.err


def test_refused_beside_unfinished_tasks_and_given_up(output: Output) -> None:
    output.merge(record("doc", number="1"))
    with output.site.runtime() as runtime:
        begin_recovery(runtime)
    ended = output.site.etl("kafka", "recover")
    assert ended.code == 4
    assert "--continue" in ended.err
    assert output.site.etl("kafka", "recover", "--give-up").out == "3 tasks were dropped.\n"
    assert json.loads(output.site.etl("kafka", "recover", "--give-up", "--json").out) == {"dropped": 0}
    assert output.site.etl("kafka", "recover").code == 0


def test_two_that_begin_at_once_make_one_recovery(output: Output) -> None:
    """Both look for unfinished tasks only when the other one has made its own."""
    begun: list[int] = []
    refused: list[str] = []

    def begin(runtime: Runtime) -> None:
        try:
            begun.append(begin_recovery(runtime))
        except EnvironmentFault as fault:
            refused.append(str(fault))

    output.site.etl("kafka", "recover")
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = "
    waiting += "(select oid from pg_database where datname = current_database())"
    with output.site.runtime() as holder, output.site.runtime() as one, output.site.runtime() as other:
        threads = [threading.Thread(target=begin, args=(runtime,)) for runtime in (one, other)]
        with transaction(holder.engine) as connection:
            RecoveryTasks(holder.in_schema).refuse_unfinished(connection)
            for thread in threads:
                thread.start()
            until(lambda: output.site.value(waiting) == 2, "both wait")
        for thread in threads:
            thread.join()
    assert len(begun) == 1
    assert [text for text in refused if "3 unfinished tasks" in text] == refused
    assert len(refused) == 1


def test_a_producer_that_is_refused_leaves_no_task(make_site: MakeSite, secure_kafka: SecureKafka) -> None:
    topic, site = make_topic_at(secure_kafka.plain), make_site(DOCUMENTS)
    progress = make_topic_at(secure_kafka.plain, f"{topic}.progress", cleanup_policy="compact")
    site.write(KAFKA, "\n".join(secure_lines(secure_kafka, secure_kafka.password)))
    site.write(OUT_KAFKA, f"hasOutMigrationKafka=true\ntopic={topic}")
    acls = Acls(secure_kafka)
    try:
        for name in (topic, progress):
            acls.allow(ResourceType.TOPIC, name, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)
        operations = AclOperation.WRITE, AclOperation.DESCRIBE
        acls.allow(ResourceType.TRANSACTIONAL_ID, "etl-demo-out", *operations)
        ended = site.etl("kafka", "recover")
        assert (ended.code, "uthoriz" in ended.err) == (4, True), ended.err
        assert site.value("select count(*) from in_tables.task") == 0
        acls.allow(ResourceType.TRANSACTIONAL_ID, "etl-demo-out-recovery", *operations)
        ended = site.etl("kafka", "recover")
        assert ended.code == 0, ended.err
    finally:
        acls.forget()


def test_forgetting_what_is_not_known(output: Output) -> None:
    ended = output.site.etl("kafka", "forget-output", "x\ny")
    assert ended.code == 2
    assert r"there is no output x\ny: `etl kafka status`" in ended.err


def test_a_recovery_is_no_run(output: Output) -> None:
    """A run that comes later has a higher number, and its own tasks."""
    output.merge(record("doc", number="1"))
    assert output.site.etl("kafka", "recover").code == 0
    output.site.partner.hand_over()
    outcome = output.site.run()
    newest = output.site.value("select max(run) from in_tables.last_migration_state")
    assert newest == outcome.run


def test_topics_that_a_recovery_must_not_write_into(output: Output) -> None:
    """No task is recorded, so that the next recovery is not held up."""
    output.site.write(IN_KAFKA, "hasInMigrationKafka=true\ntopics=read_here")
    with output.site.runtime() as runtime:
        progress = f"{output.topic}.progress"
        for topic, use in ((progress, "the progress"), ("read_here", "records that are"), ("read_here.errors", "rej")):
            with pytest.raises(ConfigurationError, match=f"{topic} is the topic of {use}"):
                begin_recovery(runtime, topic=topic)
        with pytest.raises(EnvironmentFault, match="nowhere is not there"):
            begin_recovery(runtime, topic="nowhere")
        begin_recovery(runtime)
