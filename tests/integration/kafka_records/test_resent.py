"""Rejected records that are sent back: with resendMode=older-loses they leave what later ones have changed."""

from collections.abc import Iterator
from typing import Any

import pytest

from etl.engine import undo
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, record

BAD = {"Later": "1"}


@pytest.fixture
def older(topic: Topic) -> Iterator[Topic]:
    """Records that were sent back lose; a field that is not known yet rejects the first try."""
    with topic.with_rules(resent_loses=True):
        yield topic


def resend(topic: Topic, offset: int, given: dict[str, Any]) -> None:
    """The record is right by now."""
    topic.merge([topic.sent_back(offset, given)])


def client(**given: Any) -> dict[str, Any]:
    return record("Client", "c", **given)


def test_the_newest_record_counts_unless_the_settings_say_otherwise(topic: Topic) -> None:
    topic.send(client(Name="a"), client(Name="b", **BAD), client(Name="c"))
    resend(topic, 1, client(Name="b"))
    assert topic.values("Client", "name") == {"c": ("b",)}


@pytest.mark.parametrize("batches", [1, 2], ids=["one batch", "a batch each"])
def test_fields_that_were_changed_since_stay(older: Topic, batches: int) -> None:
    older.send(client(Name="a", Amount="1", Active="true", Email="a@x.kz"))
    given = [
        client(Name="b", Amount="2", Active="false", Note="b", Email="b@x.kz", **BAD),
        client(Name="c", Active=None, Email="c@x.kz"),
    ]
    if batches == 1:
        older.send(*given)
    else:
        for one in given:
            older.send(one)
    good = client(Name="b", Amount="2", Active="false", Note="b", Email="b@x.kz")
    resend(older, 1, good)
    assert older.values("Client", "name, amount, active, note, email") == {"c": ("c", 2, None, "b", "c@x.kz")}


def test_later_records_of_its_own_batch_count_too(older: Topic) -> None:
    older.send(client(Name="a"), client(Name="b", Amount="2", **BAD))
    later = older.messages(client(Name="c"))
    older.merge([*later, older.sent_back(1, client(Name="b", Amount="2"))])
    assert older.values("Client", "name, amount") == {"c": ("c", 2)}


def test_earlier_records_of_its_first_batch_do_not_count(older: Topic) -> None:
    older.send(client(Name="a"))
    older.send(client(Name="x"), client(Name="b", **BAD), record("Client", "d"))
    resend(older, 2, client(Name="b"))
    assert older.values("Client", "name") == {"c": ("b",), "d": (None,)}


def test_the_journal_has_one_change_an_instance_and_batch(older: Topic) -> None:
    """So what a batch has changed before and after the rejected record stays: nothing newer is overwritten."""
    older.send(client(Name="a"))
    older.send(client(Name="x"), client(Name="b", Note="b", **BAD), client(Amount="3"))
    resend(older, 2, client(Name="b", Note="b"))
    assert older.values("Client", "name, amount, note") == {"c": ("x", 3, "b")}


def test_what_another_partition_or_source_has_changed_since_stays(older: Topic) -> None:
    older.send(client(Name="a", Amount="1"))
    older.send(client(Name="b", Amount="2", Note="b", **BAD))
    other = Topic(older.site, older.runtime, older.rules, number=1)
    other.send(client(Name="other"))
    partner = older.site.partner
    partner.fill("in_Client", {"in_id": "c", "name": "other", "amount": 7})
    partner.hand_over()
    older.site.run()
    resend(older, 1, client(Name="b", Amount="2", Note="b"))
    assert older.values("Client", "name, amount, note") == {"c": ("other", 7, "b")}


def test_an_instance_that_was_made_since(older: Topic) -> None:
    older.send(client(Name="b", Amount="2", **BAD))
    older.send(client(Name="c"))
    resend(older, 0, client(Name="b", Amount="2"))
    assert older.values("Client", "name, amount") == {"c": ("c", 2)}


def test_an_instance_that_only_the_rejected_record_names(older: Topic) -> None:
    older.send(client(Name="b", **BAD))
    resend(older, 0, client(Name="b"))
    assert older.values("Client", "name, _state") == {"c": ("b", "ACTUAL")}


def test_instances_are_found_in_every_way(older: Topic) -> None:
    """By id, by a further external id, and by a unique value."""
    older.send(client(Name="a", Email="c@x.kz"))
    instance = older.stored("Client")["c"]["_id"]
    older.send(record("Client", "further", id=instance))
    ways = [
        record("Client", id=instance),
        record("Client", "further"),
        record("Client", Email="c@x.kz"),
    ]
    first = older.offset
    older.send(*({**way, "fields": [*way["fields"], {"code": "Later", "apiValue": "1"}]} for way in ways))
    older.send(client(Name="c"))
    for number, way in enumerate(ways):
        name, note = {"code": "Name", "apiValue": "b"}, {"code": "Note", "apiValue": str(number)}
        resend(older, first + number, {**way, "fields": [*way["fields"], name, note]})
        expected = {"c": ("c", "0")}  # the first of them is later than the others
        assert older.values("Client", "name, note") == expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ({"state": "ARCHIVED"}, "ARCHIVED"),
        ({"Name": "c"}, "REMOVED"),
        ({"state": "ACTUAL"}, "REMOVED"),  # it was: nothing has changed
    ],
)
def test_the_state_is_a_field_like_others(older: Topic, later: dict[str, str], expected: str) -> None:
    older.send(client(Name="a"))
    older.send(client(state="REMOVED", **BAD))
    older.send(client(**later))
    resend(older, 1, client(state="REMOVED"))
    assert older.values("Client", "_state") == {"c": (expected,)}


def test_a_removed_instance_does_not_come_back(older: Topic) -> None:
    older.send(client(Name="a"))
    older.send(client(state="ACTUAL", Name="b", **BAD), client(state="REMOVED"))
    resend(older, 1, client(state="ACTUAL", Name="b"))
    assert older.values("Client", "name, _state") == {"c": ("b", "REMOVED")}


def claim(*links: dict[str, Any], **given: Any) -> dict[str, Any]:
    return record("Claim", "k", links=list(links), **given)


def test_links_that_were_changed_since_stay(older: Topic) -> None:
    older.send(*(record("Client", name, Email=f"{name}@x.kz") for name in "abcd"))
    older.send(claim(link("Client", "a"), link("Watcher", "a"), link("Team", "a"), link("Watcher", "d")))
    given = claim(
        link("Client", "b"),
        link("Watcher", "b"),
        link("Watcher", "d@x.kz", "Email"),
        link("Team", "b"),
        link("Party", "b"),
    )
    at = older.offset
    older.send({**given, "fields": [{"code": "Later", "apiValue": "1"}]})
    older.send(claim(link("Client", "c"), link("Team", "c"), link("Watcher", "d", unlink=True)))
    resend(older, at, given)
    assert older.links("Claim", "Client") == {("k", "c")}
    assert older.links("Claim", "Team") == {("k", "c")}
    assert older.links("Claim", "Watcher") == {("k", "a"), ("k", "b")}
    assert older.links("Claim", "Party") == {("k", "b")}


def test_a_later_link_that_still_waits_counts(older: Topic) -> None:
    older.send(record("Client", "b"), claim())
    older.send(claim(link("Client", "b"), **BAD))
    older.send(claim(link("Client", "late")))
    resend(older, 2, claim(link("Client", "b")))
    assert (older.links("Claim", "Client"), len(older.waiting())) == (set(), 1)
    older.send(record("Client", "late"))
    assert older.links("Claim", "Client") == {("k", "late")}


def test_nested_objects_leave_what_was_changed_too(older: Topic) -> None:
    inner = record("Client", "c", Name="b", Amount="2")
    given = claim({"fieldCode": "Client", "boiInput": inner})
    older.send(client(Name="a"))
    older.send({**given, "fields": [{"code": "Later", "apiValue": "1"}]})
    older.send(client(Name="c"))
    resend(older, 1, given)
    assert older.values("Client", "name, amount") == {"c": ("c", 2)}
    assert older.links("Claim", "Client") == {("k", "c")}


def test_a_record_that_is_rejected_again_keeps_its_first_place(older: Topic) -> None:
    older.send(client(Name="a"), client(Name="b", **BAD))
    resend(older, 1, client(Name="b", **BAD))
    letters = older.site.look(
        f"select attempt, original_partition, original_offset from {STORE}.kafka_dead_letter order by id"
    )
    assert [tuple(row.values()) for row in letters] == [(1, None, None), (2, 0, 1)]
    older.send(client(Name="c"))
    older.merge([older.sent_back(1, client(Name="b", Note="b"), attempt=3)])
    assert older.values("Client", "name, note") == {"c": ("c", "b")}


def test_a_place_of_which_nothing_is_known_makes_nothing_older(older: Topic) -> None:
    """A partner may write any headers."""
    older.send(client(Name="a"), client(Name="c"))
    resend(older, 0, client(Name="b"))
    assert older.values("Client", "name") == {"c": ("b",)}


def test_the_corrected_record_of_a_partner_comes_before_the_rejected_one(older: Topic) -> None:
    older.send(client(Name="a"), client(Name="b", record_id="r", **BAD))
    corrected = older.messages(client(Name="c", record_id="r"))
    outcome = older.merge([*corrected, older.sent_back(1, client(Name="b", record_id="r"))])
    assert (outcome.merged, outcome.reused) == (1, 1)
    assert older.values("Client", "name") == {"c": ("c",)}


def test_an_undo_is_a_later_change(older: Topic) -> None:
    older.send(client(Name="a"))
    older.send(client(Name="b", **BAD))
    outcome = older.send(client(Name="c"))
    assert outcome.unit
    undo(older.runtime, outcome.unit)
    resend(older, 1, client(Name="b", Amount="2"))
    assert older.values("Client", "name, amount") == {"c": ("a", 2)}
