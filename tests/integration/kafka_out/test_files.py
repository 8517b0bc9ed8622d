"""Files that an output brings into the store of a reader, and what does not fit into its topic."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from etl.engine import prepare
from etl.engine.kafka_out.recovery import begin_recovery, continue_recovery
from tests.fix_company import STORE, MakeSite, Row, Site
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_records.topic import Topic

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Photo, type: FILE_UPLOAD, {_FLAGS}}}
  - {{code: Scan, type: FILE_UPLOAD, {_FLAGS}}}
""",
}
PNG = bytes(range(256)) * 4


def client(name: str, **files: tuple[str, bytes, str | None]) -> dict[str, Any]:
    """Of each field the id that the partner gives, the content and the name."""
    given = [
        {"code": code, "apiValue": known, "content": b64encode(content).decode(), "fileName": called}
        for code, (known, content, called) in files.items()
    ]
    return {"boCode": "Client", "externalId": name, "fields": [{"code": "Name", "apiValue": name}, *given]}


def files(site: Site) -> list[Row]:
    """External id, field, name, type and content of each file that an instance has."""
    return site.look(
        f"""
        select c._in_id, v.field, f.file_name, f.mime_type, s.content
        from {STORE}.bo_client c
        cross join lateral (values ('photo', c.photo), ('scan', c.scan)) as v (field, file)
        join {STORE}.stored_file f on f._id = v.file
        join {STORE}.file_storage s on s._id = f.content
        where c._state <> 'REMOVED'
        order by 1, 2
        """
    )


@pytest.fixture
def output(make_site: MakeSite, kafka_url: str, make_topic: MakeTopic) -> Output:
    found = Output(make_site(DOCUMENTS), kafka_url, make_topic, make_topic(max_message_bytes=20_000))
    found.progress_of(found.topic)
    found.configure(outFiles="content")
    with found.site.runtime() as runtime:
        prepare(runtime)
    found.write()
    return found


def test_the_store_of_a_reader_has_equal_files(output: Output, make_site: MakeSite, tmp_path: Path) -> None:
    """By a recovery, and by the changes that follow it."""
    output.merge(
        client("a", Photo=("F-1", PNG, "a.png"), Scan=("F-2", b"text", None)),
        client("b", Photo=("F-3", PNG, "other.png")),
        client("c", Photo=("F-1", PNG, "a.png"), Scan=("F-4", b"", "empty")),
        client("gone", Photo=("F-5", b"gone", None)),
        client("none"),
    )
    output.merge({"boCode": "Client", "externalId": "gone", "state": "REMOVED"})
    empty = make_site(DOCUMENTS, url=f"file:{tmp_path / 'second'}")
    with output.site.runtime() as runtime, empty.runtime() as reader:
        prepare(reader)
        begin_recovery(runtime)
        assert continue_recovery(runtime).files == {}
        topic = Topic(empty, reader, output.rules)
        recovered = output.messages()
        topic.merge(topic.messages(*(one.value for one in recovered)))
        assert topic.faults() == []
        assert len(files(empty)) == 5
        assert files(empty) == files(output.site)
        output.write()
        output.merge(client("b", Scan=("F-6", b"later", "later.txt")), client("none", Photo=("F-7", PNG, None)))
        output.write()
        topic.merge(topic.messages(*(one.value for one in output.messages()[len(recovered) :])))
        assert topic.faults() == []
        assert len(files(empty)) == 7
        assert files(empty) == files(output.site)


def test_a_content_that_does_not_fit_is_left_out_and_said(output: Output) -> None:
    output.merge(client("a", Photo=("F-1", b"x" * 14_000, None), Scan=("F-2", b"y" * 3_000, "y")))
    done = output.site.etl("kafka", "recover")
    assert done.code == 0, done.err
    assert "Client.Scan: 1 records name a file without its content" in done.out
    [record] = output.records()
    photo, scan = (one for one in record["fields"] if one["code"] in ("Photo", "Scan"))
    assert len(photo["content"]) > 14_000
    assert "content" not in scan
    assert len(scan["apiValue"]) == 16
    assert output.site.count(f"{STORE}.kafka_unsent_record") == 0
