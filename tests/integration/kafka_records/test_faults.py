"""What is wrong with a record rejects that record, says where in it, and nothing else."""

import json
from typing import Any

from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, nest, record

GOOD = record("Client", "good", Name="Good")
DEEP = b'{"boCode":"Claim","boFields":[' + b'{"fieldCode":"Claim","boiInput":{"boCode":"Claim","boFields":[' * 3000


def raw(text: str) -> bytes:
    return text.encode()


def deep(levels: int) -> dict[str, Any]:
    found = record("Claim", "c0")
    for level in range(1, levels):
        found = record("Claim", f"c{level}", links=[nest("Claim", found)])
    return found


FAULTY: list[tuple[str, Any, str, str]] = [
    # no JSON at all
    ("empty", b"", "BAD_JSON", "$"),
    ("blank", b" \n", "BAD_JSON", "$"),
    ("text", b"hello", "BAD_JSON", "$"),
    ("cut", raw('{"boCode": "Client", "fields": ['), "BAD_JSON", "$"),
    ("mark", b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), "BAD_JSON", "$"),
    ("latin", '{"boCode":"Client","externalId":"é"}'.encode("latin-1"), "BAD_JSON", "$"),
    ("utf-16", json.dumps(GOOD).encode("utf-16"), "BAD_JSON", "$"),
    ("two", json.dumps(GOOD).encode() * 2, "BAD_JSON", "$"),
    ("rest", json.dumps(GOOD).encode() + b" x", "BAD_JSON", "$"),
    ("not a number", raw('{"boCode":"Client","externalId":NaN}'), "BAD_JSON", "$"),
    ("surrogate", raw('{"boCode":"Client","externalId":"\\ud800"}'), "BAD_JSON", "$"),
    ("control", raw('{"boCode":"Client","externalId":"a\nb"}'), "BAD_JSON", "$"),
    ("comment", raw('{"boCode":"Client" /* x */}'), "BAD_JSON", "$"),
    ("single quotes", raw("{'boCode':'Client'}"), "BAD_JSON", "$"),
    ("NUL behind", json.dumps(GOOD).encode() + b"\x00", "BAD_JSON", "$"),
    ("never ends", DEEP, "TOO_DEEP", "$"),
    ("too deep", deep(33), "TOO_DEEP", "$" + ".boFields[0].boiInput" * 32),
    # another shape
    ("list", b"[]", "BAD_SHAPE", "$"),
    ("number", b"7", "BAD_SHAPE", "$"),
    ("null", b"null", "BAD_SHAPE", "$"),
    ("list of records", json.dumps([GOOD]).encode(), "BAD_SHAPE", "$"),
    ("no code", {"externalId": "x"}, "BAD_SHAPE", "$"),
    ("code null", {"boCode": None}, "BAD_SHAPE", "$.boCode"),
    ("code is a list", {"boCode": ["Client"]}, "BAD_SHAPE", "$.boCode"),
    ("fields is a map", {"boCode": "Client", "externalId": "x", "fields": {"Name": "a"}}, "BAD_SHAPE", "$.fields"),
    ("fields is a text", {"boCode": "Client", "externalId": "x", "fields": "Name"}, "BAD_SHAPE", "$.fields"),
    ("field is a text", {"boCode": "Client", "externalId": "x", "fields": ["Name"]}, "BAD_SHAPE", "$.fields[0]"),
    ("field without code", {"boCode": "Client", "fields": [{"apiValue": "a"}]}, "BAD_SHAPE", "$.fields[0]"),
    ("value is a list", record("Client", "x", Name=["a"]), "BAD_SHAPE", "$.fields[0].apiValue"),
    ("value is an object", record("Client", "x", Name={"a": 1}), "BAD_SHAPE", "$.fields[0].apiValue"),
    ("links are a map", {"boCode": "Claim", "externalId": "x", "boFields": {"a": 1}}, "BAD_SHAPE", "$.boFields"),
    ("id is an object", {"boCode": "Client", "id": {}}, "BAD_SHAPE", "$.id"),
    ("unlink is a text", record("Claim", "x", links=[link("Watcher", "c", unlink="yes")]), "BAD_SHAPE",
     "$.boFields[0].unlink"),
    # codes
    ("unknown object", record("Clinet", "x"), "UNKNOWN_OBJECT", "$.boCode"),
    ("small letters", record("client", "x"), "UNKNOWN_OBJECT", "$.boCode"),
    ("empty code", record("", "x"), "UNKNOWN_OBJECT", "$.boCode"),
    ("composite", record("Party", "x"), "NOT_ALLOWED", "$.boCode"),
    ("process", record("Flow", "x"), "NOT_ALLOWED", "$.boCode"),
    ("not loaded", record("Secret", "x"), "NOT_ALLOWED", "$.boCode"),
    ("unknown field", record("Client", "x", Nmae="a"), "UNKNOWN_FIELD", "$.fields[0].code"),
    ("field in small letters", record("Client", "x", Amount="1", name="a"), "UNKNOWN_FIELD", "$.fields[1].code"),
    ("native field", record("Client", "x", CREATED_AT="2024-01-01"), "UNKNOWN_FIELD", "$.fields[0].code"),
    ("unknown link", record("Claim", "x", links=[link("Wacher", "c")]), "UNKNOWN_FIELD", "$.boFields[0].fieldCode"),
    ("value as link", record("Claim", "x", links=[link("Title", "c")]), "UNKNOWN_FIELD", "$.boFields[0].fieldCode"),
    ("NUL in a code", record("Client", "x", **{"a\0b": "1"}), "UNKNOWN_FIELD", "$.fields[0].code"),
    ("NUL in an object", record("Cli\0ent", "x"), "UNKNOWN_OBJECT", "$.boCode"),
    ("huge code", record("C" * 100_000, "x"), "UNKNOWN_OBJECT", "$.boCode"),
    ("huge field", record("Client", "x", **{"N" * 100_000: "1"}), "UNKNOWN_FIELD", "$.fields[0].code"),
    ("huge link", record("Claim", "x", links=[link("W" * 100_000, "c")]), "UNKNOWN_FIELD", "$.boFields[0].fieldCode"),
    ("huge target", record("Claim", "x", links=[link("Watcher", "c", "\0" * 9999)]), "NOT_UNIQUE",
     "$.boFields[0].toFieldCode"),
    ("NUL in a link", record("Claim", "x", links=[link("Watcher", "a\0", "Email")]), "BAD_VALUE",
     "$.boFields[0].apiValue"),
    ("unknown state", record("Client", "x", state="DELETED"), "UNKNOWN_STATE", "$.state"),
    ("state in small letters", record("Client", "x", state="actual"), "UNKNOWN_STATE", "$.state"),
    # ids
    ("no id", record("Client", None, Name="a"), "NO_ID", "$"),
    ("empty ids", record("Client", "", id="", Name="a"), "NO_ID", "$"),
    ("unique value null", record("Client", None, Email=None, Name="a"), "NO_ID", "$"),
    ("unknown id", record("Client", "x", id="0123456789abcdef"), "OUT_ID_UNKNOWN", "$"),
    ("short id", record("Client", "x", id="0123"), "OUT_ID_UNKNOWN", "$.id"),
    ("id of another alphabet", record("Client", "x", id="0123456789abcdeя"), "OUT_ID_UNKNOWN", "$.id"),
    ("long external id", record("Client", "x" * 101), "BAD_ID", "$.externalId"),
    ("NUL in the external id", record("Client", "a\0b"), "BAD_ID", "$.externalId"),
    ("long recordId", record("Client", "x", record_id="r" * 256), "BAD_ID", "$.recordId"),
    ("NUL in the recordId", record("Client", "x", record_id="\0"), "BAD_ID", "$.recordId"),
    ("key and external id", record("Firm", "1", Bin="2"), "KEY_DIFFERS", "$.externalId"),
    # values
    ("NUL", record("Client", "x", Name="a\0b"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("no number", record("Client", "x", Name="a", Amount="1,5"), "BAD_VALUE", "$.fields[1].apiValue"),
    ("NaN", record("Client", "x", Amount="NaN"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("infinite", record("Client", "x", Amount="-Infinity"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("too large", record("Client", "x", Amount="1e20"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("hexadecimal", record("Client", "x", Amount="0x1F"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("other digits", record("Client", "x", Amount="١٢"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("many digits", record("Client", "x", Amount="1" * 100_000), "BAD_VALUE", "$.fields[0].apiValue"),
    ("long time", record("Client", "x", Seen=" " * 9999 + "2024-01-01"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("long unique value", record("Client", "x", Email="e" * 2001), "UNIQUE_TOO_LONG", "$.fields[0].apiValue"),
    ("no boolean", record("Client", "x", Active="yes"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("no date", record("Client", "x", Born="2024-02-31"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("word", record("Client", "x", Born="today"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("date of another order", record("Client", "x", Seen="31.12.2024"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("hour 25", record("Client", "x", Seen="2024-01-01T25:00:00Z"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("long choice", record("Client", "x", Kind="n" * 33), "BAD_VALUE", "$.fields[0].apiValue"),
    ("unknown option", record("Client", "x", Name="a", Kind="newest"), "OPTION_UNKNOWN", "$.fields[1].apiValue"),
    ("unknown row", record("Client", "x", Level="L9"), "OPTION_UNKNOWN", "$.fields[0].apiValue"),
    ("no place", record("Client", "x", Place="here"), "JSON_INVALID", "$.fields[0].apiValue"),
    ("other place", record("Client", "x", Place='{"lat": 1}'), "JSON_SHAPE", "$.fields[0].apiValue"),
    # links
    ("no unique field", record("Claim", "x", links=[link("Watcher", "a", "Name")]), "NOT_UNIQUE",
     "$.boFields[0].toFieldCode"),
    ("unknown target field", record("Claim", "x", links=[link("Watcher", "a", "Mail")]), "NOT_UNIQUE",
     "$.boFields[0].toFieldCode"),
    ("empty value", record("Claim", "x", links=[link("Watcher", "")]), "LINK_END_EMPTY", "$.boFields[0].apiValue"),
    ("no value", record("Claim", "x", links=[link("Watcher", "", "Email") | {"apiValue": None}]), "LINK_END_EMPTY",
     "$.boFields[0].apiValue"),
    ("blank number", record("Claim", "x", links=[link("Watcher", " ", "Number")]), "LINK_END_EMPTY",
     "$.boFields[0].apiValue"),
    ("value of another type", record("Claim", "x", links=[link("Watcher", "one", "Number")]), "BAD_VALUE",
     "$.boFields[0].apiValue"),
    ("no target at all", record("Claim", "x", links=[{"fieldCode": "Watcher"}]), "BAD_SHAPE", "$.boFields[0]"),
    ("value alone", record("Claim", "x", links=[{"fieldCode": "Watcher", "apiValue": "a"}]), "BAD_SHAPE",
     "$.boFields[0]"),
    ("both forms", record("Claim", "x", links=[link("Watcher", "a", boiInput=GOOD)]), "BAD_SHAPE", "$.boFields[0]"),
    ("wrong member", record("Claim", "x", links=[link("Watcher", "a", toBoCode="Firm")]), "WRONG_TARGET",
     "$.boFields[0].toBoCode"),
    ("no member", record("Claim", "x", links=[link("Party", "a", toBoCode="Claim")]), "WRONG_TARGET",
     "$.boFields[0].toBoCode"),
    ("wrong nested", record("Claim", "x", links=[nest("Watcher", record("Firm", "f"))]), "WRONG_TARGET",
     "$.boFields[0].boiInput.boCode"),
    ("unknown target id", record("Claim", "x", links=[link("Watcher", "0123456789abcdef", "id")]), "LINK_END_INVALID",
     "$.boFields[0]"),
    ("no id", record("Claim", "x", links=[link("Watcher", "0123", "id")]), "LINK_END_INVALID",
     "$.boFields[0].apiValue"),
    ("links that are no ids", record("Claim", "x", Watcher="c1"), "BAD_VALUE", "$.fields[0].apiValue"),
    ("unlink without a target", record("Claim", "x", links=[{"fieldCode": "Watcher", "unlink": True}]), "BAD_SHAPE",
     "$.boFields[0]"),
    # what is nested
    ("nested without ids", record("Claim", "x", links=[nest("Watcher", record("Client", None, Name="a"))]), "NO_ID",
     "$.boFields[0].boiInput"),
    ("nested unknown", record("Claim", "x", links=[nest("Watcher", record("Cilent", "c"))]), "UNKNOWN_OBJECT",
     "$.boFields[0].boiInput.boCode"),
    ("nested field", record("Claim", "x", links=[link("Watcher", "a"), nest("Watcher", record("Client", "c", No="1"))]),
     "UNKNOWN_FIELD", "$.boFields[1].boiInput.fields[0].code"),
    ("nested option", record("Claim", "x", links=[nest("Watcher", record("Client", "c", Name="n", Kind="?"))]),
     "OPTION_UNKNOWN", "$.boFields[0].boiInput.fields[1].apiValue"),
    ("nested text", record("Claim", "x", links=[nest("Watcher", "no JSON")]), "BAD_JSON",  # type: ignore[arg-type]
     "$.boFields[0].boiInput"),
    ("deep nested", record("Claim", "x", links=[nest("Claim", record("Claim", "y", links=[nest("Client", record(
        "Client", "z", Amount="x"))]))]), "BAD_VALUE", f"$.{'boFields[0].boiInput.' * 2}fields[0].apiValue"),
]  # fmt: skip


def test_each_fault_rejects_its_record_alone(topic: Topic) -> None:
    """Faults 17 to 22, 24, 29: all in one batch between good records, each rejected with its code and its path."""
    records = []
    for number, (_, faulty, _, _) in enumerate(FAULTY):
        records += [record("Client", f"good {number}", Name="Good"), faulty]
    outcome = topic.send(*records)
    found = {offset: (code, path) for offset, code, path in topic.faults()}
    expected = {2 * n + 1: (code, path) for n, (_, _, code, path) in enumerate(FAULTY)}
    assert found == expected
    assert topic.dead() == [(offset, code) for offset, (code, _) in sorted(expected.items())]
    assert (outcome.merged, outcome.rejected) == (len(FAULTY), len(FAULTY))
    assert sorted(topic.stored("Client")) == sorted(f"good {n}" for n in range(len(FAULTY)))
    assert (topic.stored("Claim"), topic.stored("Firm"), topic.waiting()) == ({}, {}, [])
    assert topic.next_offset() == len(records)
    assert not topic.site.look(f"select * from {STORE}.err where message like '%%{{%%' or message_rus like '%%{{%%'")


def test_each_fault_alone(topic: Topic) -> None:
    """Each in a batch of its own: the same code and path, and the message as it came among the dead letters."""
    for number, (name, faulty, code, path) in enumerate(FAULTY):
        outcome = topic.send(faulty)
        assert topic.faults()[number:] == [(number, code, path)], name
        assert (outcome.merged, outcome.rejected, topic.next_offset()) == (0, 1, number + 1)
        [row] = topic.site.look(f"select * from {STORE}.kafka_dead_letter where record_offset = {number}")
        sent = faulty if isinstance(faulty, bytes) else json.dumps(faulty, ensure_ascii=False).encode()
        assert (bytes(row["value"]), bytes(row["key"]), row["value_bytes"]) == (sent, b"key", len(sent)), name
        assert (row["code"], row["path"], row["sent_at"]) == (code, path, None)
    assert topic.stored("Client") == {}


def test_values_that_can_be_taken_as_texts(topic: Topic) -> None:
    """A number or a boolean is taken as it is written, with a warning; null and {} are no list."""
    text = (
        '{"boCode": "Client", "externalId": 7, "recordId": 1.50, "boFields": {}, "fields": ['
        '{"code": "Name", "apiValue": 1.10}, {"code": "Note", "apiValue": true}, {"code": "Amount", "apiValue": 1E2}, '
        '{"code": "Active", "apiValue": false}, {"code": "Number", "apiValue": 12345678901234567890}]}'
    )
    outcome = topic.send(raw(text), {"boCode": "Client", "externalId": "n", "fields": None, "boFields": None})
    assert (outcome.merged, topic.faults()) == (2, [])
    assert topic.faults("warning") == [(0, "NOT_TEXT", "$.externalId")]
    assert topic.values("Client", "name, note, amount, active, cast(number as text) as number") == {
        "7": ("1.10", "true", 100, False, "12345678901234567890.0000"),
        "n": (None, None, None, None, None),
    }
    assert topic.site.value(f"select record_id from {STORE}.kafka_record") == "1.50"


def test_odd_values_that_are_good(topic: Topic) -> None:
    outcome = topic.send(
        record("Client", "numbers", Amount=" +1.00005 ", Number="-.5e1", Score="1e19"),
        record("Client", "times", Seen='"2024-05-01T10:00:00.123456789+05:00"', Born="2024-05-01"),
        record("Client", "others", Active=" TRUE ", Kind="WbX5Wa8gcabbVbF1", Name="a\tb\\c\n{column}", Note=""),
        record("Client", "skipped", Mood="bad", Name="kept"),
        record("Client", "  ", Name="blank id"),
    )
    assert (outcome.merged, topic.faults()) == (5, [])
    assert topic.faults("warning") == [(3, "OPTION_UNKNOWN", "$.fields[0].apiValue")]
    values = topic.values("Client", "amount, number, seen, born, active, kind, name, note, mood")
    assert [str(one) for one in values["numbers"][:2]] == ["1.0001", "-5.0000"]
    assert [f"{one:%Y-%m-%d %H:%M:%S.%f%z}" for one in values["times"][2:4]] == [
        "2024-05-01 05:00:00.123457+0000",
        "2024-05-01 00:00:00.000000+0000",
    ]
    assert values["others"][4:8] == (True, "old", "a\tb\\c\n{column}", "")
    assert values["skipped"][6:] == ("kept", None, None)


def test_a_message_over_the_limit_leaves_its_size(topic: Topic) -> None:
    with topic.with_rules(max_record_bytes=1000):
        outcome = topic.send(GOOD, record("Client", "large", Name="x" * 1000))
    assert (outcome.merged, outcome.rejected) == (1, 1)
    assert topic.faults() == [(1, "TOO_LARGE", "$")]
    [row] = topic.site.look(f"select value, value_bytes, message from {STORE}.kafka_dead_letter")
    assert row["value"] is None
    assert row["value_bytes"] > 1000
    assert row["message"] == f"the message has {row['value_bytes']} bytes, and maxRecordBytes is 1000"


def test_a_fault_in_a_tree_rejects_the_whole_tree(topic: Topic) -> None:
    """Fault 30. Found by the merge, when others of the tree have taken part already: nothing of it stays, or waits."""
    faulty = record(
        "Claim",
        "bad",
        links=[
            link("Client", "nowhere"),
            nest("Watcher", record("Client", "w1", Email="ann@corp.kz")),
            nest("Watcher", record("Client", "w2", Kind="unknown")),
        ],
    )
    outcome = topic.send(record("Claim", "before"), faulty, record("Client", "w1", Name="after"))
    assert (outcome.merged, outcome.rejected) == (2, 1)
    assert topic.faults() == [(1, "OPTION_UNKNOWN", "$.boFields[2].boiInput.fields[0].apiValue")]
    assert topic.values("Client", "name, email") == {"w1": ("after", None)}
    assert list(topic.stored("Claim")) == ["before"]
    assert topic.waiting() == []
    assert topic.site.count(f"{STORE}.journal") == 2


def test_a_record_that_a_rejected_one_stood_in_the_way_of_is_merged(topic: Topic) -> None:
    """The value of a rejected tree is free for the next record of the same batch, and for chains of such."""
    records = []
    for n in range(6):
        bad = [nest("Watcher", record("Client", f"bad {n}", Email="ann@corp.kz"))]
        bad += [nest("Watcher", record("Client", f"worse {n}", Level="L9"))] if n < 5 else []
        records.append(record("Claim", f"k{n}", links=bad))
    outcome = topic.send(*records, record("Client", "late", Email="ANN@corp.kz"))
    assert topic.values("Client", "email") == {"bad 5": ("ann@corp.kz",)}
    assert outcome.rejected == 6
    assert topic.faults()[-1] == (6, "UNIQUE_TAKEN", "$.fields[0].apiValue")
    assert [code for _, code, _ in topic.faults()[:5]] == ["OPTION_UNKNOWN"] * 5


def test_a_link_fault_rejects_its_record(topic: Topic) -> None:
    topic.send(record("Client", "c", Email="a@b.kz"), record("Firm", "f", Email="a@b.kz"))
    outcome = topic.send(
        record("Claim", "one", links=[link("Party", "c"), link("Party", "a@b.kz", "Email")]),
        record("Claim", "two", links=[link("Party", "a@b.kz", "Email", toBoCode="Firm")]),
    )
    assert (outcome.merged, outcome.rejected) == (1, 1)
    assert topic.faults() == [(2, "AMBIGUOUS", "$.boFields[1]")]
    [row] = topic.site.look(f"select in_table, in_id, column_name, value from {STORE}.err")
    assert list(row.values()) == ["in_Claim", "one", "Party", "email a@b.kz"]
    assert topic.links("Claim", "Party") == {("two", "f")}
    assert list(topic.stored("Claim")) == ["two"]


def test_what_the_server_refuses_is_found_by_halving(topic: Topic) -> None:
    """A constraint that the engine knows nothing of."""
    topic.site.look(f"alter table {STORE}.bo_client add constraint polite check (name <> 'rude')")
    records = [record("Client", f"c{n}", Name="rude" if n in (3, 17) else "kind") for n in range(40)]
    records[17] = record("Claim", "k", links=[nest("Watcher", records[17])])
    outcome = topic.send(*records)
    assert (outcome.merged, outcome.rejected) == (38, 2)
    assert [(offset, code) for offset, code, _ in topic.faults()] == [(3, "ROW_QUARANTINED"), (17, "ROW_QUARANTINED")]
    assert "polite" in topic.site.value(f"select min(message) from {STORE}.err")
    assert len(topic.stored("Client")) == 38
    assert topic.stored("Claim") == {}


def test_a_unique_index_that_the_engine_does_not_know(topic: Topic) -> None:
    """Another transaction may have caused the first refusal; the second try rejects the record."""
    topic.site.look(f"create unique index on {STORE}.bo_client (note)")
    topic.send(record("Client", "a", Note="taken"))
    outcome = topic.send(record("Client", "b", Note="taken"), record("Client", "c", Note="free"))
    assert (outcome.merged, outcome.rejected) == (1, 1)
    assert topic.faults() == [(1, "ROW_QUARANTINED", "$")]
    assert sorted(topic.stored("Client")) == ["a", "c"]


def test_objects_and_fields_can_be_narrowed(topic: Topic) -> None:
    with topic.with_rules(
        allowed_objects=frozenset({"Client"}), allowed_fields={"Client": frozenset({"Name", "Note"})}
    ):
        topic.send(record("Firm", "f"), record("Client", "c", Amount="1"), record("Client", "d", Name="a", Note="b"))
    assert [(code, path) for _, code, path in topic.faults()] == [
        ("NOT_ALLOWED", "$.boCode"),
        ("UNKNOWN_FIELD", "$.fields[0].code"),
    ]
    assert topic.values("Client", "name, note") == {"d": ("a", "b")}


def test_unknown_fields_can_be_skipped(topic: Topic) -> None:
    with topic.with_rules(skips_unknown_fields=True):
        topic.send(record("Client", "c", Nmae="x", Name="a"), record("Claim", "k", links=[link("Wacher", "c")]))
    assert topic.values("Client", "name") == {"c": ("a",)}
    assert topic.faults() == []
    assert topic.faults("warning") == [
        (0, "UNKNOWN_FIELD", "$.fields[0].code"),
        (1, "UNKNOWN_FIELD", "$.boFields[0].fieldCode"),
    ]


def test_a_record_for_a_field_that_comes_later_is_a_dead_letter_that_can_come_again(topic: Topic) -> None:
    """Metadata that change meanwhile: the same recordId is merged then, as it was not remembered."""
    early = record("Client", "c", record_id="r1", Extra="x")
    topic.send(early)
    assert topic.dead() == [(0, "UNKNOWN_FIELD")]
    with topic.with_rules(skips_unknown_fields=True):
        outcome = topic.send(early)
    assert (outcome.merged, outcome.known) == (1, 0)
