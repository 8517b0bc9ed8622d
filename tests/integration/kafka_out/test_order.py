"""The order in which a store is recovered into an empty one: what other instances need comes first."""

from pathlib import Path

from etl.engine import prepare
from etl.engine.kafka_out.recovery import begin_recovery, continue_recovery
from tests.fix_company import STORE, MakeSite, Row, Site
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import Topic, link, record

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Level": f"""
code: Level
category: DICTIONARY
fields: [{{code: code, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}]
""",
    "Client": f"""
code: Client
fields:
  - {{code: Level, type: RADIO_BUTTON_GROUP, dictionary: Level, {_FLAGS}}}
  - {{code: Photo, type: FILE_UPLOAD, {_FLAGS}}}
  - {{code: Who, type: BO, bo: Person, {_FLAGS}}}
""",
}


def clients(site: Site) -> list[Row]:
    return site.look(
        f"select c._in_id, c.level, p.email, p.name from {STORE}.bo_client c "
        f"join {STORE}.link_client_who l on l._owner = c._id join {STORE}.bo_person p on p._id = l._target"
    )


def test_dictionaries_then_persons_then_the_others(
    make_site: MakeSite, kafka_url: str, make_topic: MakeTopic, tmp_path: Path
) -> None:
    output = Output(make_site(DOCUMENTS), kafka_url, make_topic, make_topic())
    output.progress_of(output.topic)
    output.configure(fields__Person="name,email")
    with output.site.runtime() as runtime:
        prepare(runtime)
    person = record("Person", "p1", email="ann@example.com", name="Ann")
    output.merge(record("Level", "L1", code="gold"), record("Level", "L2", code="old"), person)
    who = [link("Who", "ann@example.com", "email")]
    output.merge(record("Client", "c1", Level="gold", links=who), record("Client", "c2", Level="old"))
    picture = {"code": "Photo", "apiValue": "F-1", "content": "aGVsbG8="}
    output.merge({"boCode": "Client", "externalId": "c3", "fields": [picture]})
    output.merge(record("Level", "L2", state="REMOVED"))
    empty = make_site(DOCUMENTS, url=f"file:{tmp_path / 'second'}")
    with output.site.runtime() as runtime, empty.runtime() as reader:
        prepare(reader)
        topic = Topic(empty, reader, output.rules)
        for codes in (["Client"], ["Level"], ["Person"], ["Client"]):
            begun = len(output.messages())
            begin_recovery(runtime, codes=codes)
            recovered = continue_recovery(runtime)
            assert recovered.files == ({"Client.Photo": 1} if codes == ["Client"] else {})
            topic.merge(topic.messages(*(one.value for one in output.messages()[begun:])))
    codes = [code for _, code in topic.dead()]
    # First none of the dictionary's rows was there; then that which is REMOVED, and the file, were not.
    assert sorted(codes) == sorted(["OPTION_UNKNOWN"] * 3 + ["FILE_UNKNOWN"] * 2)
    assert clients(empty) == clients(output.site) != []
