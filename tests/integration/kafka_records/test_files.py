"""Files that records name by an id, or bring in Base64."""

from base64 import b64encode
from typing import Any

from etl.engine import undo
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, nest, record


def photo(external_id: str, content: bytes | str, file_id: str | None = None, **more: Any) -> dict[str, Any]:
    text = content if isinstance(content, str) else b64encode(content).decode()
    item = {"code": "Photo", "apiValue": file_id, "content": text, **more}
    return {"boCode": "Client", "externalId": external_id, "fields": [item]}


def test_a_record_brings_a_file(topic: Topic) -> None:
    """Each content once; another record may name it, in the same batch or later."""
    outcome = topic.send(
        photo("a", b"one", "F-1", fileName="one.txt", mimeType="text/plain"),
        record("Client", "b", Photo="F-1"),
        photo("c", b"one", "F-2"),
        photo("d", b""),
        record("Claim", "k", links=[nest("Watcher", photo("e", b"two"))]),
    )
    assert (outcome.merged, topic.faults()) == (5, [])
    assert topic.send(record("Client", "f", Photo="F-2")).merged == 1
    files = {
        row["_id"]: (row["file_name"], bytes(row["content"]))
        for row in topic.site.look(
            f"select f._id, f.file_name, s.content from {STORE}.stored_file f "
            f"join {STORE}.file_storage s on s._id = f.content"
        )
    }
    found = {key: files[file] for key, (file,) in topic.values("Client", "photo").items()}
    assert found == {
        "a": ("one.txt", b"one"),
        "b": ("one.txt", b"one"),
        "c": (None, b"one"),
        "d": (None, b""),
        "e": (None, b"two"),
        "f": (None, b"one"),
    }
    assert topic.site.count(f"{STORE}.file_storage") == 3


def test_what_is_wrong_with_a_file(topic: Topic) -> None:
    tree = record("Claim", "k", links=[nest("Watcher", record("Client", "x", Photo="nowhere"))])
    topic.site.set(maxValueBytes=1000)
    with topic.site.runtime() as runtime:
        topic.runtime = runtime
        outcome = topic.send(
            record("Client", "a", Name="n", Photo="nowhere"),
            tree,
            photo("b", "no Base64!"),
            photo("c", b"x" * 1001),
            photo("d", b"x", "f" * 33),
            photo("e", b"x", fileName="n" * 301),
            {"boCode": "Client", "externalId": "g", "fields": [{"code": "Name", "apiValue": "n", "content": "eA=="}]},
            record("Client", "x", Name="good", Photo=None),
        )
    assert topic.faults() == [
        (0, "FILE_UNKNOWN", "$.fields[1].apiValue"),
        (1, "FILE_UNKNOWN", "$.boFields[0].boiInput.fields[0].apiValue"),
        (2, "BAD_VALUE", "$.fields[0].content"),
        (3, "VALUE_TOO_LONG", "$.fields[0].content"),
        (4, "BAD_VALUE", "$.fields[0].content"),
        (5, "BAD_VALUE", "$.fields[0].content"),
        (6, "BAD_SHAPE", "$.fields[0].content"),
    ]
    assert (outcome.merged, outcome.rejected) == (1, 7)
    assert topic.values("Client", "name, photo") == {"x": ("good", None)}
    assert topic.stored("Claim") == {}


def test_an_undo_gives_the_fields_their_files_back(topic: Topic) -> None:
    topic.send(photo("a", b"one", "F"))
    [before] = topic.values("Client", "photo").values()
    outcome = topic.send(photo("a", b"two", "F"))
    assert outcome.unit
    assert topic.values("Client", "photo")["a"] != before
    undo(topic.runtime, outcome.unit)
    assert topic.values("Client", "photo") == {"a": before}
    topic.send(record("Client", "b", Photo="F"))
    assert topic.values("Client", "photo")["b"] == before
