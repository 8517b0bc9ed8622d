"""What records of an output say: the vendor's example, changes, images, links, states."""

import json
from datetime import datetime

import pytest

from tests.documentation import KAFKA_OUT, blocks
from tests.fix_company import BOTH_LAYOUTS, STORE
from tests.integration.kafka_out.output import Output, links, unlinks, values
from tests.integration.kafka_records.topic import example, link, record

IIN, TARGET = "1101010101010", "yKjoIid~C@R1h2Nf"


@BOTH_LAYOUTS
def test_the_guides_example(output: Output) -> None:
    """The vendor's record of a client that was just made, to the letter but for the time and the order of fields."""
    output.configure(outRecordId="null", businessObjects="client")
    expected = example("out_client")
    output.merge(
        record("doc", number="1"),
        record("client", id=TARGET, iin=IIN, name="Test", lastname="Testtest", links=[link("doc", "1", "number")]),
    )
    output.write()
    [found] = output.records()
    [started] = output.site.look(f"select max(started_at) as at from {STORE}.unit")
    at: datetime = started["at"]
    moments = {one.pop("updatedAt") for one in (*found["fields"], *found["boFields"])}
    assert moments == {int(at.timestamp() * 1000)}
    for one in (*expected["fields"], *expected["boFields"]):
        del one["updatedAt"]
    for one in (found, expected):
        one["fields"].sort(key=lambda item: item["code"])
    assert found == expected
    assert list(found) == list(expected)
    [message] = output.messages()
    assert message.key == f"client:{TARGET}".encode()
    assert dict(message.headers) == {"content-type": b"application/json", "etl-company": b"demo"}


def test_a_change_has_what_changed_and_the_unique_fields(output: Output) -> None:
    with output.site.runtime() as runtime:
        output.send(runtime, record("client", "c", iin=IIN, name="a", lastname="x", secret="s", amount="1.5"))
        output.write()
        output.send(runtime, record("client", "c", name="b", lastname=None))
        output.write()
        output.send(runtime, record("client", "c", iin="2"))
        output.write()
        output.send(runtime, record("client", "c", secret="t"))
        output.write()
    new, changed, unique = output.records()
    assert values(new) == {"iin": IIN, "name": "a", "lastname": "x", "amount": "1.5"}
    [page] = [json.loads(block.text) for block in blocks(KAFKA_OUT) if block.language == "json"]
    assert list(changed) == list(page)
    assert list(changed["fields"][0]) == list(page["fields"][0])
    assert "unchangedUniqueFields" not in new
    assert new["externalId"] == "c"
    assert values(changed) == {"name": "b", "lastname": None}
    assert values(changed, "unchangedUniqueFields") == {"iin": IIN}
    assert (values(unique), "unchangedUniqueFields" in unique) == ({"iin": "2"}, False)
    assert len({one["recordId"] for one in (new, changed, unique)}) == 3
    assert {one["id"] for one in (new, changed, unique)} == {new["id"]}
    assert all(
        one["recordId"].endswith(f"-{one['id']}") and one["recordId"].startswith("demo/out-") for one in (new, unique)
    )


def test_values_are_texts(output: Output) -> None:
    output.merge(
        record("client", "a", amount="12.5000", active="true", seen="2026-11-28T10:00:00.5Z", name='"ö\n'),
        record("client", "b", amount="-7", active="false", seen="2026-11-28T10:00:00.123456+05:00"),
    )
    output.write()
    found = {one["externalId"]: values(one) for one in output.records()}
    assert found == {
        "a": {"amount": "12.5", "active": "true", "seen": "2026-11-28T10:00:00.500Z", "name": '"ö\n'},
        "b": {"amount": "-7", "active": "false", "seen": "2026-11-28T05:00:00.123456Z"},
    }


def test_many_changes_of_an_instance_are_one_record(output: Output) -> None:
    output.merge(record("client", "c", name="a", iin="1"))
    output.write()
    for number in range(5):
        output.merge(record("client", "c", name=f"b{number}"), record("client", "c", amount=str(number)))
    output.merge(record("client", "d", name="new"), record("client", "d", name="newer"))
    output.write()
    _, *later = output.records()
    found = {one["externalId"]: values(one) for one in later}
    assert found == {"c": {"name": "b4", "amount": "4"}, "d": {"name": "newer"}}
    assert len(later) == 2


def test_links_name_targets_by_unique_field_external_id_or_id(output: Output) -> None:
    output.configure(businessObjects="client")
    output.merge(
        record("doc", "D", number="7"),
        record("firm", "F", name="f"),
        record("firm", id="abcdefghijklmnop", name="g"),
        record(
            "client",
            "c",
            links=[
                link("doc", "7", "number"),
                link("firm", "F"),
                link("firm", "abcdefghijklmnop", "id"),
                link("party", "F", toBoCode="firm"),
                link("party", "7", "number", toBoCode="doc"),
            ],
        ),
    )
    output.write()
    [found] = output.records()
    assert links(found) == {
        ("doc", None, "number", "7"),
        ("firm", None, "externalId", "F"),
        ("firm", None, "id", "abcdefghijklmnop"),
        ("party", "firm", "externalId", "F"),
        ("party", "doc", "number", "7"),
    }
    output.configure(businessObjects="client", outToBoCode="always")
    output.merge(record("client", "c", links=[link("doc", "8", "number")]), record("doc", number="8"))
    output.write()
    assert links(output.records()[-1]) == {("doc", "doc", "number", "8")}


def test_a_removed_target_is_not_named_by_a_value_that_another_may_have(output: Output) -> None:
    output.configure(businessObjects="client", outImage="full")
    output.merge(record("doc", "D", number="7"), record("client", "c", name="a", links=[link("doc", "7", "number")]))
    output.merge(record("doc", "D", state="REMOVED"))
    output.merge(record("doc", "E", number="7"), record("client", "c", name="b"))
    output.write()
    assert links(output.records()[-1]) == {("doc", None, "externalId", "D")}


def test_ended_links(output: Output) -> None:
    output.configure(businessObjects="client", outUnlinks="true")
    both = [link("doc", "1", "number"), link("doc", "2", "number")]
    output.merge(record("doc", number="1"), record("doc", number="2"), record("client", "c", iin="1", links=both))
    output.write()
    output.merge(record("client", "c", links=[link("doc", "1", "number", unlink=True)]))
    output.write()
    _, found = output.records()
    assert (values(found), links(found), unlinks(found)) == ({}, set(), {("doc", None, "number", "1")})
    output.configure(businessObjects="client")
    output.merge(record("client", "c", links=[link("doc", "2", "number", unlink=True)]))
    output.write()
    assert len(output.records()) == 2


def test_a_full_set_of_links_is_written_whole(output: Output) -> None:
    output.merge(*(record("firm", name, name=name) for name in "ABC"))
    output.merge(record("client", "c", links=[link("team", "A"), link("team", "B")]))
    output.write()
    output.merge(record("client", "c", links=[link("team", "B"), link("team", "C")]))
    output.write()
    assert links(output.records()[-1]) == {("team", None, "externalId", "B"), ("team", None, "externalId", "C")}


def test_full_images(output: Output) -> None:
    output.configure(businessObjects="client", outImage="full")
    output.merge(record("doc", number="1"))
    output.merge(record("client", "c", iin="1", name="a", lastname="x", links=[link("doc", "1", "number")]))
    output.write()
    output.merge(record("client", "c", name="b", lastname=None))
    output.write()
    output.merge(record("client", "c", secret="not written"))
    output.write()
    new, changed = output.records()
    assert values(new) == {"iin": "1", "name": "a", "lastname": "x"}
    assert values(changed) == {
        "iin": "1", "name": "b", "lastname": None, "amount": None, "active": None, "seen": None,
    }  # fmt: skip
    assert links(changed) == {("doc", None, "number", "1")}


@pytest.mark.parametrize("tombstone", ["false", "true"])
def test_states(output: Output, tombstone: str) -> None:
    output.configure(outTombstone=tombstone)
    output.merge(record("client", "c", iin="1", name="a"))
    output.write()
    for state in ("ARCHIVED", "TEST", "ACTUAL", "REMOVED"):
        output.merge(record("client", "c", state=state))
        output.write()
    found = output.records()
    tombstones = [None] if tombstone == "true" else []
    assert [one.get("state") for one in found] == [
        "ACTUAL", "ARCHIVED", "TEST", "ACTUAL", "REMOVED", *tombstones,
    ]  # fmt: skip
    assert values(found[1]) == {}
    assert values(found[1], "unchangedUniqueFields") == {"iin": "1"}
    assert len({one.key for one in output.messages()}) == 1


def test_chosen_objects_and_fields(output: Output) -> None:
    output.site.write("direct-configs/KafkaDistributionBoOverTopic.yaml", "")
    output.configure(businessObjects="client,firm", fields__client="name")
    output.merge(record("doc", number="1"), record("firm", "F", name="f"))
    output.merge(record("client", "c", iin="1", name="a", lastname="x", links=[link("doc", "1", "number")]))
    output.write()
    found = {one["boCode"]: one for one in output.records()}
    assert set(found) == {"client", "firm"}
    assert values(found["client"]) == {"iin": "1", "name": "a"}
    assert found["client"]["boFields"] == []


def test_what_an_undo_takes_back_is_a_change(output: Output) -> None:
    output.merge(record("client", "c", iin="1", name="a"))
    output.merge(record("client", "c", name="b"))
    output.write()
    number = output.site.value(f"select max(number) from {STORE}.unit")
    ended = output.site.etl("undo", str(number))
    assert ended.code == 0, ended.err
    output.write()
    assert values(output.records()[-1]) == {"name": "a"}
