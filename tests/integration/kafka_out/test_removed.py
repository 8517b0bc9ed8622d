"""REMOVED instances in an empty store: two recoveries bring them with what they had, and with what still names them."""

from pathlib import Path

import pytest

from etl.engine import prepare
from etl.engine.kafka_out.recovery import begin_recovery, continue_recovery
from etl.errors import EnvironmentFault
from etl.outputs.kafka.reading import RemovedRows
from tests.fix_company import STORE, MakeSite, Site
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_out.output import Output, links, values
from tests.integration.kafka_records.topic import Topic, link, record

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Level": f"""
code: Level
category: DICTIONARY
fields: [{{code: code, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}, {{code: name, type: INPUT_TEXT, {_FLAGS}}}]
""",
    "Client": f"""
code: Client
fields:
  - {{code: Email, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}
  - {{code: Level, type: RADIO_BUTTON_GROUP, dictionary: Level, {_FLAGS}}}
  - {{code: Friend, type: BO, bo: Client, {_FLAGS}}}
""",
}


@pytest.fixture
def output(make_site: MakeSite, kafka_url: str, make_topic: MakeTopic) -> Output:
    """A client whose level is REMOVED; REMOVED clients, of which one had an email that is another client's by now."""
    found = Output(make_site(DOCUMENTS), kafka_url, make_topic, make_topic())
    found.progress_of(found.topic)
    found.configure(outTombstone="true")
    with found.site.runtime() as runtime:
        prepare(runtime)
    found.merge(record("Level", "L1", code="gold", name="Gold"), record("Level", "L2", code="old", name="Old"))
    friend = [link("Friend", "gone@x", "Email")]
    found.merge(
        record("Client", "gone", Email="gone@x", Level="gold"),
        record("Client", "before", Email="ann@x", Level="old"),
        record("Client", "c", Email="c@x", Level="old", links=friend),
    )
    found.merge(record("Client", "before", state="REMOVED"), record("Client", "gone", state="REMOVED"))
    found.merge(record("Client", "now", Email="ann@x"), record("Level", "L2", state="REMOVED"))
    return found


def content(site: Site, *, with_email: bool = True) -> list[object]:
    """All of it; the email of the one who had another's is in one store alone."""
    email = "email" if with_email else "case _in_id when 'before' then null else email end"
    rows = site.look(f"select _id, _in_id, _state, {email} as email, level from {STORE}.bo_client order by 1")
    rows += site.look(f"select _id, _in_id, _state, code, name from {STORE}.bo_level order by 1")
    return [*rows, *site.look(f"select _owner, _target from {STORE}.link_client_friend order by 1, 2")]


def test_two_recoveries_make_an_empty_store_equal(output: Output, make_site: MakeSite, tmp_path: Path) -> None:
    empty = make_site(DOCUMENTS, url=f"file:{tmp_path / 'second'}")
    with output.site.runtime() as runtime, empty.runtime() as reader:
        prepare(reader)
        topic, read = Topic(empty, reader, output.rules), 0
        for removed in (RemovedRows.ARCHIVED, RemovedRows.ONLY):
            begin_recovery(runtime, removed=removed)
            # Of the second one with a tombstone each.
            assert continue_recovery(runtime).records == {"Level": 2, "Client": 4}
            messages = output.messages()
            topic.merge(topic.messages(*(one.value for one in messages[read:])))
            read = len(messages)
        assert topic.faults() == []
        assert topic.waiting() == []
    assert content(empty) == content(output.site, with_email=False)
    assert [row["_in_id"] for row in empty.look(f"select * from {STORE}.bo_client where _state = 'REMOVED'")]


def test_a_killed_recovery_continues_in_the_same_way(output: Output) -> None:
    with output.site.runtime() as runtime:
        begin_recovery(runtime, codes=["Client"], removed=RemovedRows.ARCHIVED)
        with pytest.raises(EnvironmentFault, match=r"1 unfinished tasks: `etl kafka recover --continue`"):
            begin_recovery(runtime)
    assert output.site.etl("kafka", "recover", "--continue").code == 0
    found = {one["externalId"]: one for one in output.records()}
    assert {name: one["state"] for name, one in found.items()} == {
        "gone": "ARCHIVED",
        "before": "ARCHIVED",
        "c": "ACTUAL",
        "now": "ACTUAL",
    }
    assert values(found["before"]) == {"Email": None, "Level": "old"}
    assert values(found["gone"]) == {"Email": "gone@x", "Level": "gold"}
    assert links(found["c"]) == {("Friend", None, "externalId", "gone")}
    done = output.site.etl("kafka", "recover", "--removed", "only", "--bo-codes", "Client")
    assert done.code == 0, done.err
    removals = output.records()[4:]
    assert [one.get("state") for one in removals] == ["REMOVED", None] * 2
    assert {one["externalId"] for one in removals if one} == {"gone", "before"}
    assert all(one["fields"] == one["boFields"] == [] for one in removals if one)
